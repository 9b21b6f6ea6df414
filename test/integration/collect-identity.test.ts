import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashedExternalId } from '../../server/domain/external-id.ts'
import { createClickIdSigner } from '../../server/domain/links/click-id.ts'
import { goal, happened, ORIGIN, openShop, PAGE_URL, pageview, type Shop } from './collect-support.ts'
import { type Answer, HOST } from './edge-harness.ts'

let shop: Shop
let slug: string

/** The short domain lies under the shop's own, so that the redirect meets the cookie too. */
const OWN_HOST = 'go.shop.example'

beforeAll(async () => {
  shop = await openShop()
  const { id } = await shop.running.control.domains.default()
  slug = (await shop.running.control.links.create({ domainId: id, destination: PAGE_URL })).slug
})
afterAll(() => shop.running.close())
beforeEach(() => void shop.newHits())
afterEach(() => configure({ respectGpc: true, respectDnt: false }))

async function configure(change: { respectGpc?: boolean; respectDnt?: boolean }): Promise<void> {
  await shop.running.control.sites.update(shop.siteId, change)
  await shop.running.settled()
}

const cookieOf = (answer: Answer) => answer.headers['set-cookie']?.[0] ?? ''
/** What the browser sends back. */
const sentBack = (answer: Answer) => cookieOf(answer).split(';')[0] ?? ''

async function consent(): Promise<{ cookie: string; visitor: string }> {
  const cookie = sentBack(await shop.tell({ consent: true, events: [pageview()] }))
  return { cookie, visitor: shop.newHits()[0]?.visitor ?? '' }
}

async function click(headers: Record<string, string> = {}) {
  const answer = await shop.running.ask(`/${slug}`, { headers: { host: OWN_HOST, ...headers } })
  const hit = shop.newHits().at(-1)
  const clickId = new URL(answer.headers.location ?? '').searchParams.get('jjk') ?? ''
  const keys = { current: await shop.running.control.keys.current(), previous: null }
  return { answer, hit, clickId: createClickIdSigner(keys).read(clickId) }
}

describe('consent', () => {
  it('gives the visitor an id, told by hits and kept by the browser alone', async () => {
    await shop.tell({ events: [pageview()] })
    const [before] = shop.newHits()
    const view = pageview({ age: 500 })
    const granted = await shop.tell({ consent: true, events: [view, goal('a', { page: view.id })] })
    expect(cookieOf(granted)).toMatch(
      /^jejak_id_1=[\w-]{22}; Path=\/; Max-Age=33955200; HttpOnly; SameSite=Lax; Secure$/,
    )
    const hits = shop.newHits()
    expect(hits.map(({ kind, event }) => [kind, event?.type])).toEqual([
      ['event', 'consent'],
      ['pageview', undefined],
      ['event', 'custom'],
    ])
    for (const hit of hits) {
      expect(hit).toMatchObject({
        consent: 'granted',
        visitor: hits[0]?.visitor,
        previousVisitor: before?.visitor,
      })
    }
    expect(hits[0]?.visitor).not.toBe(before?.visitor)
    expect(hits[0]).toMatchObject({ url: view.url, event: { pageId: view.id } })
    expect(hits[0]?.time).toBe(hits[1]?.time)

    const cookie = sentBack(granted)
    expect(shop.running.spooled()).not.toContain(cookie.slice('jejak_id_1='.length))
    for (const told of [{ consent: true }, {}]) {
      const later = await shop.tell({ ...told, events: [pageview()] }, { cookie: `theme=dark; ${cookie}` })
      expect(cookieOf(later)).toBe('')
      const [hit, ...rest] = shop.newHits()
      expect(rest).toEqual([])
      expect(hit).toMatchObject({
        consent: 'granted',
        visitor: hits[0]?.visitor,
        previousVisitor: before?.visitor,
      })
    }
  })

  it('that is told twice, for want of an answer, is one event', async () => {
    const message = { consent: true, events: [pageview()] }
    await shop.tell(message)
    await shop.tell(message)
    const ids = shop.newHits().map(({ hitId }) => hitId)
    expect(ids.slice(0, 2)).toEqual(ids.slice(2))
    expect(new Set(ids).size).toBe(2)
  })

  it('of a page on http gives a cookie for http', async () => {
    const origin = ORIGIN.replace('https', 'http')
    const answer = await shop.tell({ consent: true, events: [pageview()] }, { origin })
    expect(cookieOf(answer)).not.toContain('Secure')
  })

  it('gives no id where the browser would take no cookie, and is kept all the same', async () => {
    const answer = await shop.tell(
      { consent: true, events: [pageview()] },
      { 'sec-fetch-site': 'cross-site' },
    )
    expect(cookieOf(answer)).toBe('')
    await shop.tell({ events: [pageview()] })
    const [consented, other, ...rest] = shop.newHits()
    expect(rest).toEqual([])
    expect(consented).toMatchObject({ consent: 'granted', visitor: other?.visitor })
  })

  it('lets the page tell its own id of the visitor, of which a hash is kept', async () => {
    const events = [happened('identify', { externalId: 'customer-7' })]
    await shop.tell({ consent: true, events })
    const hit = shop.newHits().at(-1)
    const externalId = hashedExternalId(shop.siteId, 'customer-7')
    expect(hit).toMatchObject({
      kind: 'event',
      hitId: events[0]?.id,
      event: { type: 'identify', externalId },
    })
    expect(shop.running.spooled()).not.toContain('customer-7')
  })

  it('that is withdrawn takes the id away', async () => {
    const { cookie, visitor } = await consent()
    const answer = await shop.tell({ consent: false, events: [goal('a')] }, { cookie })
    expect(cookieOf(answer)).toBe('jejak_id_1=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure')
    const hits = shop.newHits()
    expect(hits.map(({ event }) => event?.type)).toEqual(['consent', 'custom'])
    for (const hit of hits) {
      expect(hit.consent).toBe('denied')
      expect([hit.visitor, hit.previousVisitor]).not.toContain(visitor)
    }
  })
})

describe('a click', () => {
  it('by somebody who has consented has the key of the visits', async () => {
    const { cookie, visitor } = await consent()
    const plain = await click()
    const { answer, hit } = await click({ cookie: `a=b; ${cookie}` })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(hit).toMatchObject({ consent: 'granted', visitor, previousVisitor: plain.hit?.visitor })
    expect(plain.hit).toMatchObject({ consent: 'unasked' })
    expect(plain.hit?.visitor).not.toBe(visitor)
  })

  it('under a domain that is not the site’s own does not', async () => {
    const { cookie, visitor } = await consent()
    for (const host of [HOST, 'shop.example.evil.test']) {
      const { hit } = await click({ host, cookie })
      expect(hit?.consent).toBe('unasked')
      expect(hit?.visitor).not.toBe(visitor)
    }
  })

  it('with a cookie that we never gave does not', async () => {
    for (const cookie of ['jejak_id_1=', 'jejak_id_1=visitor-7', 'session=1', ';;=']) {
      expect((await click({ cookie })).hit?.consent).toBe('unasked')
    }
  })
})

describe('a browser’s signal', () => {
  it('stands above the page’s word where the site heeds it, for pages and clicks', async () => {
    const { cookie, visitor } = await consent()
    const gpc = { 'sec-gpc': '1' }
    const told = await shop.tell(
      { consent: true, events: [pageview(), happened('identify', { externalId: '7' })] },
      gpc,
    )
    expect(cookieOf(told)).toBe('')
    const hits = shop.newHits()
    expect(hits.map(({ kind, consent }) => [kind, consent])).toEqual([['pageview', 'denied']])
    const known = await shop.tell({ events: [pageview()] }, { ...gpc, cookie })
    expect(cookieOf(known)).toContain('Max-Age=0')
    const clicked = await click({ ...gpc, cookie })
    expect(clicked.clickId).toMatchObject({ verdict: 'valid', kind: 'link' })
    const again = await click({ ...gpc, cookie })
    expect(again.answer.headers.location).toBe(clicked.answer.headers.location)
    expect(clicked.hit).toMatchObject({ consent: 'unasked', clickId: expect.stringMatching(/^[\w-]{20}$/) })
    expect(clicked.hit?.visitor).not.toBe(visitor)
  })

  it('changes nothing where it does not', async () => {
    const { cookie, visitor } = await consent()
    const dnt = await click({ dnt: '1', cookie })
    expect([dnt.clickId, dnt.hit?.visitor]).toEqual([expect.objectContaining({ kind: 'visit' }), visitor])
    expect((await click({ 'sec-gpc': '0' })).clickId).toMatchObject({ kind: 'visit' })
    await configure({ respectGpc: false, respectDnt: true })
    const gpc = await click({ 'sec-gpc': '1', cookie })
    expect([gpc.clickId, gpc.hit?.visitor]).toEqual([expect.objectContaining({ kind: 'visit' }), visitor])
    expect((await click({ dnt: '1', cookie })).clickId).toMatchObject({ kind: 'link' })
    const told = await shop.tell({ consent: true, events: [pageview()] }, { dnt: '1' })
    expect(cookieOf(told)).toBe('')
  })
})
