import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewLink } from '../../server/control/control.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createClickIdSigner } from '../../server/domain/links/click-id.ts'
import type { Link } from '../../server/domain/links/link.ts'
import { HOST, PHONE, type RunningEdge, startEdge } from './edge-harness.ts'

let running: RunningEdge
let domainId: number

beforeAll(async () => {
  running = await startEdge({ trustedProxies: ['127.0.0.1'] })
  domainId = (await running.control.domains.default()).id
})
afterAll(() => running.close())

let made = 0
async function makeLink(fields: Omit<Partial<NewLink>, 'domainId'> = {}): Promise<Link> {
  made++
  return running.control.links.create({
    domainId,
    slug: `link-${made}`,
    destination: 'https://shop.example/cars?model=x#offers',
    ...fields,
  })
}

async function hitOf(act: () => Promise<unknown>): Promise<RawHit> {
  const before = running.hits().length
  await act()
  const [hit, ...more] = running.hits().slice(before)
  if (!hit || more.length > 0) throw new Error(`expected one hit, got ${more.length + (hit ? 1 : 0)}`)
  return hit
}

async function signer() {
  const { keys } = running.control
  return createClickIdSigner({ current: await keys.current(), previous: await keys.previous() })
}

const clickIdIn = (location: string | undefined) => new URL(location ?? '').searchParams.get('jjk') ?? ''

describe('a redirect', () => {
  it('is a 302 that nobody keeps or indexes, without cookie and without a referrer policy', async () => {
    const link = await makeLink()
    const answer = await running.ask(`/${link.slug}`)
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toMatch(/^https:\/\/shop\.example\/cars\?model=x&jjk=[\w-]{40}#offers$/)
    expect(answer.headers['cache-control']).toBe('private, no-store')
    expect(answer.headers['x-robots-tag']).toBe('noindex')
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['referrer-policy']).toBeUndefined()
    expect(answer.body).toBe('')
  })

  it.each([301, 302, 307, 308] as const)('is a %i where the link says so', async (status) => {
    const link = await makeLink({ status })
    expect((await running.ask(`/${link.slug}`)).status).toBe(status)
  })

  it('carries a click id that says when, for which link, and is another one each time', async () => {
    const link = await makeLink()
    const first = await running.ask(`/${link.slug}`)
    const second = await running.ask(`/${link.slug}`)
    const id = clickIdIn(first.headers.location)
    expect(id).not.toBe(clickIdIn(second.headers.location))
    const reading = (await signer()).read(id)
    expect(reading).toMatchObject({ verdict: 'valid', kind: 'visit', linkId: link.id, prefetched: false })
    expect(running.hits().find((hit) => hit.clickId === id)?.time).toBe('time' in reading && reading.time)
  })

  it('names only the link, or nothing, where the link says so', async () => {
    const byLink = await makeLink({ clickId: 'link' })
    const answers = await Promise.all([running.ask(`/${byLink.slug}`), running.ask(`/${byLink.slug}`)])
    const ids = answers.map((answer) => clickIdIn(answer.headers.location))
    expect(ids[0]).toBe(ids[1])
    expect((await signer()).read(ids[0] ?? '')).toMatchObject({
      verdict: 'valid',
      kind: 'link',
      linkId: byLink.id,
    })
    const off = await makeLink({ clickId: 'off' })
    expect((await running.ask(`/${off.slug}`)).headers.location).toBe(
      'https://shop.example/cars?model=x#offers',
    )
  })

  it('gives HEAD and link-preview crawlers no click id', async () => {
    const link = await makeLink()
    const head = await running.ask(`/${link.slug}`, { method: 'HEAD' })
    const crawler = await running.ask(`/${link.slug}`, {
      headers: { 'user-agent': 'facebookexternalhit/1.1' },
    })
    for (const answer of [head, crawler]) {
      expect(answer.status).toBe(302)
      expect(answer.headers.location).toBe('https://shop.example/cars?model=x#offers')
    }
  })

  it.each(['purpose', 'x-purpose', 'sec-purpose', 'x-moz'])(
    'that was prefetched (%s) carries a click id that says so, and is stored',
    async (header) => {
      const link = await makeLink()
      let location: string | undefined
      const hit = await hitOf(async () => {
        location = (await running.ask(`/${link.slug}`, { headers: { [header]: 'prefetch' } })).headers
          .location
      })
      expect((await signer()).read(clickIdIn(location))).toMatchObject({ prefetched: true })
      expect(hit).toMatchObject({ outcome: 'redirected', headers: { [header]: 'prefetch' } })
    },
  )

  it('finds its link whatever the capitals, escapes, normal form or a trailing slash', async () => {
    const link = await makeLink({ slug: 'Frühling/Straße' })
    const slugs = ['fr%C3%BChling/stra%C3%9Fe', 'FR%C3%9CHLING/STRASSE', 'fru%CC%88hling/stra%C3%9Fe/']
    for (const slug of slugs) {
      const hit = await hitOf(() => running.ask(`/${slug}`))
      expect(hit).toMatchObject({ outcome: 'redirected', linkId: link.id })
    }
  })

  it('passes the visitor’s query on by policy and our own click id never', async () => {
    const link = await makeLink({
      clickId: 'off',
      utm: { source: 'bio', medium: '', campaign: '', term: '', content: '' },
    })
    const { headers } = await running.ask(`/${link.slug}?model=y&utm_source=me&fbclid=IwAR%zz&a=b&jjk=stolen`)
    expect(headers.location).toBe(
      'https://shop.example/cars?model=x&utm_source=bio&fbclid=IwAR%zz&a=b#offers',
    )
  })

  it('passes only click ids on where the address would pass 8 kB', async () => {
    const link = await makeLink({ clickId: 'off' })
    const { headers } = await running.ask(`/${link.slug}?gclid=Cj0K&q=${'x'.repeat(9000)}`)
    expect(headers.location).toBe('https://shop.example/cars?model=x&gclid=Cj0K#offers')
  })

  it('answers an unknown host by the default domain, and a target in absolute form by its own host', async () => {
    const link = await makeLink()
    const other = await running.control.domains.create({
      siteId: link.siteId,
      host: 'other.example',
      fallbackUrl: null,
      caseSensitive: false,
    })
    await running.control.links.create({
      domainId: other.id,
      slug: link.slug,
      destination: 'https://other.test/',
    })
    await running.settled()
    const asked = await running.ask(`/${link.slug}`, onHost('OTHER.example:80'))
    expect(asked.headers.location).toMatch(/^https:\/\/other\.test\//)
    expect((await running.ask(`/${link.slug}`, onHost('nobody.test'))).headers.location).toMatch(
      /shop\.example/,
    )
    expect((await running.ask(`http://other.example/${link.slug}`)).headers.location).toMatch(
      /^https:\/\/other\.test\//,
    )
  })
})

const onHost = (host: string) => ({ headers: { host } })
describe('what the hit of a redirect keeps', () => {
  it('is all that was said, made private, and no address', async () => {
    const link = await makeLink({
      platform: 'instagram',
      placement: 'story',
      paid: 'organic',
      postId: 'p1',
      campaignId: 'c1',
      utm: { source: 'ig', medium: 'social', campaign: 'frühling', term: '', content: '' },
    })
    const began = Date.now()
    let location = ''
    const hit = await hitOf(async () => {
      const answer = await running.ask(`/${link.slug}/?email=me@home.test&fbclid=IwAR1&utm_term=x`, {
        headers: {
          referer: 'https://l.instagram.com/?u=https%3A%2F%2Fgo.example&e=secret#f',
          accept: 'text/html',
          'accept-language': 'ms-MY',
          'sec-fetch-site': 'cross-site',
          'sec-ch-ua': '"Chromium";v="131"',
          'x-requested-with': 'com.instagram.android',
          dnt: '1',
          cookie: 'session=secret',
          'x-forwarded-for': '175.143.10.20',
        },
      })
      location = answer.headers.location ?? ''
    })
    expect(hit).toMatchObject({
      kind: 'click',
      siteId: link.siteId,
      host: HOST,
      slug: link.slug,
      linkId: link.id,
      linkVersion: link.version,
      outcome: 'redirected',
      status: 302,
      url: `/${link.slug}/?email=&fbclid=&utm_term=x`,
      referrer: 'https://l.instagram.com/?u=&e=',
      userAgent: PHONE,
      method: 'GET',
      httpVersion: '1.1',
      headers: {
        accept: 'text/html',
        'accept-language': 'ms-MY',
        'sec-fetch-site': 'cross-site',
        'sec-ch-ua': '"Chromium";v="131"',
        'x-requested-with': 'com.instagram.android',
        dnt: '1',
      },
      utm: { source: 'ig', medium: 'social', campaign: 'frühling', term: 'x', content: '' },
      clickIdKinds: ['fbclid'],
      country: 'MY',
      consent: 'unasked',
      clickId: clickIdIn(location),
      platform: 'instagram',
      placement: 'story',
      paid: 'organic',
      postId: 'p1',
      campaignId: 'c1',
      cut: [],
      origin: 'edge',
    })
    expect(hit.destination).toBe(
      'https://shop.example/cars?model=&utm_source=ig&utm_medium=social&utm_campaign=fr%C3%BChling&email=&fbclid=&utm_term=x',
    )
    expect(hit.hitId).toBe(hit.edgeRun + hit.sequence.toString(16).padStart(16, '0'))
    expect(hit.time).toBe(hit.receivedAt)
    expect(hit.receivedAt).toBeGreaterThanOrEqual(began)
    expect(hit.visitor).toMatch(/^[0-9a-f]{16}$/)
    expect(running.spooled()).not.toMatch(/175\.143|127\.0\.0\.1|me@home|secret/)
  })

  it('names the fields that were cut', async () => {
    const link = await makeLink()
    const hit = await hitOf(() =>
      running.ask(`/${link.slug}?utm_source=${'s'.repeat(3000)}`, {
        headers: {
          'user-agent': 'u'.repeat(2000),
          referer: `https://r.test/${'r'.repeat(2000)}`,
          accept: 'a'.repeat(999),
        },
      }),
    )
    expect(hit.cut.sort()).toEqual(['destination', 'headers', 'referrer', 'url', 'userAgent'])
    expect(hit.userAgent).toHaveLength(512)
    expect(hit.referrer).toHaveLength(1024)
    expect(hit.url).toHaveLength(2048)
    expect(hit.headers.accept).toHaveLength(256)
  })

  it('reads what a client wrote in UTF-8, and keeps odd bytes as they are', async () => {
    const link = await makeLink()
    const utf8 = Buffer.from('https://r.test/früh').toString('latin1')
    const hit = await hitOf(() =>
      running.send(
        Buffer.from(
          `GET /${link.slug} HTTP/1.1\r\nHost: ${HOST}\r\nReferer: ${utf8}\r\nUser-Agent: \xff"\\\r\nConnection: close\r\n\r\n`,
          'latin1',
        ),
      ),
    )
    expect(hit).toMatchObject({ referrer: 'https://r.test/früh', userAgent: 'ÿ"\\' })
  })

  it('tells visitors apart by address and user agent, IPv6 by its /64, and by site', async () => {
    const link = await makeLink()
    const key = async (address: string, agent = PHONE, slug = link.slug) =>
      (
        await hitOf(() =>
          running.ask(`/${slug}`, { headers: { 'x-forwarded-for': address, 'user-agent': agent } }),
        )
      ).visitor
    const first = await key('203.0.113.9')
    expect(await key('203.0.113.9')).toBe(first)
    expect(await key('::ffff:203.0.113.9')).toBe(first)
    expect(await key('203.0.113.10')).not.toBe(first)
    expect(await key('203.0.113.9', 'another')).not.toBe(first)
    expect(await key('2001:db8:1:1::1')).toBe(await key('2001:db8:1:1:ffff::2'))
    expect(await key('2001:db8:1:1::1')).not.toBe(await key('2001:db8:1:2::1'))
    expect(await key('unknown')).toBe('')
    const site = await running.control.sites.create({
      name: 'second',
      hostnames: [],
      timezone: 'Asia/Kuala_Lumpur',
      currency: 'MYR',
      pageKeys: [],
      keepClickIds: false,
    })
    const elsewhere = await running.control.links.create({
      domainId,
      siteId: site.id,
      destination: 'https://x.test/',
    })
    await running.settled()
    expect(await key('203.0.113.9', PHONE, elsewhere.slug)).toMatch(/^[0-9a-f]{16}$/)
    expect(await key('203.0.113.9', PHONE, elsewhere.slug)).not.toBe(first)
  })
})

describe('a slug that leads nowhere', () => {
  it('is a 404 with a small page when nobody made it, and kept as a hit', async () => {
    let answer: Awaited<ReturnType<typeof running.ask>> | undefined
    const hit = await hitOf(async () => {
      answer = await running.ask('/nobody-made-this?utm_source=x')
    })
    expect(answer?.status).toBe(404)
    expect(answer?.headers['cache-control']).toBe('no-store')
    expect(answer?.headers['content-security-policy']).toMatch(/^default-src 'none'/)
    expect(answer?.body).toMatch(/^<!doctype html>/)
    expect(hit).toMatchObject({
      outcome: 'unknown',
      status: 404,
      slug: 'nobody-made-this',
      linkId: 0,
      destination: '',
    })
  })

  it('is a 410 when the link has ended, whether disabled, archived or expired', async () => {
    const disabled = await makeLink({ state: 'disabled' })
    const archived = await makeLink()
    await running.control.links.archive(archived.id)
    const expired = await makeLink({ expiresAt: Date.now() - 1 })
    for (const [link, outcome] of [
      [disabled, 'disabled'],
      [archived, 'disabled'],
      [expired, 'expired'],
    ] as const) {
      const hit = await hitOf(async () => {
        const answer = await running.ask(`/${link.slug}`)
        expect(answer.status).toBe(410)
        expect(answer.headers['cache-control']).toBe('no-store')
      })
      expect(hit).toMatchObject({ outcome, status: 410, linkId: link.id })
    }
  })

  it('leads to the link’s own fallback, kept with its true outcome', async () => {
    const link = await makeLink({ state: 'disabled', fallbackUrl: 'https://shop.example/sorry' })
    const hit = await hitOf(async () => {
      const answer = await running.ask(`/${link.slug}?a=1`)
      expect(answer).toMatchObject({ status: 302, headers: { location: 'https://shop.example/sorry' } })
    })
    expect(hit).toMatchObject({
      outcome: 'disabled',
      status: 302,
      destination: 'https://shop.example/sorry',
      clickId: '',
    })
  })

  it('leads to the domain’s fallback where it has one', async () => {
    const { siteId } = await running.control.domains.default()
    await running.control.domains.create({
      siteId,
      host: 'fallback.example',
      fallbackUrl: 'https://shop.example/',
      caseSensitive: false,
    })
    const asked = onHost('fallback.example')
    await running.settled()
    expect((await running.ask('/nothing', asked)).headers.location).toBe('https://shop.example/')
    expect((await running.ask('/', asked)).headers.location).toBe('https://shop.example/')
  })
})

describe('slug+', () => {
  it('shows where the link leads, and counts nothing', async () => {
    const link = await makeLink({ destination: 'https://shop.example/?q=%22%3Cb%3E&x=\'"' })
    const before = running.hits().length
    for (const target of [`/${link.slug}+`, `/${link.slug}%2B`, `/${link.slug}+/`]) {
      const answer = await running.ask(target)
      expect(answer.status).toBe(200)
      expect(answer.body).toContain('shop.example/?q=%22%3Cb%3E&amp;x=')
      expect(answer.body).not.toContain('jjk')
    }
    expect((await running.ask('/nobody-made-that+')).status).toBe(404)
    expect(running.hits()).toHaveLength(before)
  })
})
