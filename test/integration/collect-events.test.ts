import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  attention,
  goal,
  happened,
  newId,
  ORIGIN,
  openShop,
  PAGE_URL,
  pageview,
  type Shop,
} from './collect-support.ts'
import type { Answer } from './edge-harness.ts'
import { PHONE } from './edge-harness.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.running.close())
beforeEach(() => void shop.newHits())

const problem = (answer: Answer) => JSON.parse(answer.body)
const fields = (answer: Answer) => problem(answer).errors.map(({ field }: { field: string }) => field)

describe('a batch of events', () => {
  it('becomes one hit an event, in its order', async () => {
    const view = pageview({
      referrer: 'https://www.google.com/',
      age: 9000,
      url: `${PAGE_URL}&utm_source=ig`,
    })
    const page = view.id
    const events = [
      view,
      attention({ page, engaged: 1500.4, scroll: 49.6, age: 4000 }),
      goal('dealer found', {
        page,
        value: 19.99,
        currency: 'EUR',
        key: 'order-1',
        props: { dealer: 12 },
        target: `${ORIGIN}/dealers?zip=80331&model=x#map`,
        age: 2000.4,
      }),
      happened('event', { type: 'outbound', page, target: 'https://dealer.example/book?token=secret' }),
      happened('event', { type: 'tel', page, target: 'tel:+49-89-123' }),
      happened('event', { type: 'mail', page, target: 'mailto:secret@dealer.example?subject=secret' }),
      happened('event', { type: 'form', page, name: 'test-drive', target: '/book' }),
    ]
    const answer = await shop.tell({ site: 'default', events })
    expect(answer).toMatchObject({ status: 202, body: '' })
    expect(answer.headers['set-cookie']).toBeUndefined()
    const hits = shop.newHits()
    expect(hits.map(({ hitId, kind }) => [hitId, kind])).toEqual(events.map(({ id, kind }) => [id, kind]))
    expect(hits.map(({ time, receivedAt }) => receivedAt - time)).toEqual([9000, 4000, 2000, 0, 0, 0, 0])
    const [first] = hits
    expect(hits.map(({ sequence }) => sequence)).toEqual(
      events.map((_, index) => (first?.sequence ?? 0) + index),
    )
    for (const hit of hits) {
      expect(hit).toMatchObject({
        siteId: shop.siteId,
        host: 'www.shop.example',
        status: 202,
        method: 'POST',
        userAgent: PHONE,
        visitor: first?.visitor,
        previousVisitor: first?.previousVisitor,
        consent: 'unasked',
        receivedAt: first?.receivedAt,
        cut: [],
        origin: 'edge',
      })
    }
    expect(first).toMatchObject({ referrer: 'https://www.google.com/', event: null, utm: { source: 'ig' } })
    expect(hits.slice(1).map(({ event, referrer }) => [event?.pageId, referrer])).toEqual(
      Array(6).fill([page, '']),
    )
    expect(hits[1]?.event).toMatchObject({ type: 'engagement', engagedMs: 1500, scroll: 50 })
    expect(hits[2]?.event).toMatchObject({
      type: 'custom',
      name: 'dealer found',
      value: '19.99',
      currency: 'EUR',
      key: 'order-1',
      props: { dealer: '12' },
      target: `${ORIGIN}/dealers?zip=&model=x`,
      version: 0,
      cancelled: false,
      externalId: '',
    })
    expect(hits.slice(3).map(({ event }) => [event?.type, event?.name, event?.target])).toEqual([
      ['outbound', '', 'https://dealer.example/book?token='],
      ['tel', '', 'tel:+4989123'],
      ['mail', '', 'mailto:(email)'],
      ['form', 'test-drive', `${ORIGIN}/book`],
    ])
    expect(shop.running.spooled()).not.toMatch(/127\.0\.0\.1|secret/)
  })

  it('of up to fifty is taken at once, as JSON too', async () => {
    const events = Array.from({ length: 50 }, () => attention())
    const asked = { 'content-type': 'application/json; charset=utf-8' }
    expect((await shop.tell({ events }, asked)).status).toBe(202)
    expect(shop.newHits().map(({ hitId }) => hitId)).toEqual(events.map(({ id }) => id))
  })

  it('is cut where it is long, and says so', async () => {
    const long = 'x'.repeat(3000)
    const target = `https://dealer.example/${long}`
    await shop.tell({
      events: [goal('a', { url: `${ORIGIN}/${long}`, target, props: { a: long.slice(0, 201) } })],
    })
    const [hit] = shop.newHits()
    expect(hit?.cut).toEqual(['url', 'target', 'props'])
    expect(hit?.event?.target).toHaveLength(2048)
    expect(hit?.event?.props.a).toHaveLength(200)
  })

  it('keeps texts of every kind as they are', async () => {
    const name = 'Händler “gefunden” 😀 \\ "'
    const props = { 'straße\n': 'a\tb\u0000c' }
    await shop.tell({ events: [goal(name, { key: 'Ä-1', props })] })
    expect(shop.newHits()[0]?.event).toMatchObject({ name, key: 'Ä-1', props })
  })

  it('tells ids of nobody who has not consented, and counts what it drops', async () => {
    const before = shop.running.edge.snapshot().identifiesIgnored
    const events = [happened('identify', { externalId: 'customer-7' }), goal('a')]
    expect((await shop.tell({ events })).status).toBe(202)
    expect((await shop.tell({ consent: false, events: events.slice(0, 1) })).status).toBe(202)
    expect(shop.newHits().map(({ event }) => event?.type)).toEqual(['custom', 'consent'])
    expect((await shop.tell({ events: events.slice(0, 1) })).status).toBe(202)
    expect(shop.newHits()).toEqual([])
    expect(shop.running.edge.snapshot().identifiesIgnored).toBe(before + 3)
  })
})

describe('a batch that is refused', () => {
  it('for one event of many leaves nothing', async () => {
    const events = [pageview(), goal('a'), attention(), goal('b', { age: -1 }), goal('')]
    const answer = await shop.tell({ events })
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(fields(answer)).toEqual(['events[3].age', 'events[4].name'])
    expect(shop.newHits()).toEqual([])
  })

  it('names every page that is of no site, or of another one', async () => {
    const other = await shop.running.control.sites.create({
      name: 'blog',
      hostnames: ['blog.example'],
      timezone: 'UTC',
      currency: 'EUR',
      pageKeys: [],
      keepClickIds: false,
    })
    expect(other.respectGpc).toBe(true)
    await shop.running.settled()
    const events = [
      pageview(),
      goal('a', { url: 'https://blog.example/' }),
      attention({ url: 'https://evil.test/' }),
    ]
    const answer = await shop.tell({ events })
    expect([answer.status, fields(answer)]).toEqual([403, ['events[1].url', 'events[2].url']])
    const named = await shop.tell({ site: 'blog', events: [pageview()] })
    expect([named.status, fields(named)]).toEqual([403, ['events[0].url']])
    const unknown = await shop.tell({ site: 'nobody’s', events: [pageview()] })
    expect([unknown.status, fields(unknown)]).toEqual([403, ['events[0].url']])
    const elsewhere = await shop.tell({ events: [pageview()] }, { origin: 'https://blog.example' })
    expect(elsewhere.status).toBe(403)
    expect(shop.newHits()).toEqual([])
  })

  it.each([
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
  ])('as %s: 415', async (type) => {
    expect((await shop.tell({ events: [pageview()] }, { 'content-type': type })).status).toBe(415)
    expect(shop.newHits()).toEqual([])
  })
})

describe('the answer', () => {
  it('is for the site’s own pages to read, with their cookie', async () => {
    const asked = await shop.running.ask('/e', { method: 'OPTIONS', headers: { origin: ORIGIN } })
    const answers = [asked, await shop.tell({ events: [pageview()] }), await shop.post('{')]
    expect(answers.map(({ status }) => status)).toEqual([204, 202, 400])
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      })
    }
  })

  it('is for nobody else', async () => {
    for (const origin of ['https://evil.test', 'null', 'https://shop.example.evil.test', '%']) {
      const asked = await shop.running.ask('/e', { method: 'OPTIONS', headers: { origin } })
      const told = await shop.tell({ consent: true, events: [pageview()] }, { origin })
      expect(told.status).toBe(403)
      for (const { headers } of [asked, told]) {
        expect(headers['access-control-allow-origin']).toBeUndefined()
        expect(headers['access-control-allow-credentials']).toBeUndefined()
        expect(headers['set-cookie']).toBeUndefined()
        expect(headers.vary).toBe('Origin')
      }
    }
  })
})

describe('a flood', () => {
  it('is measured in events, and ends with the minute', async () => {
    let instant = 1_800_000_000_000 - (1_800_000_000_000 % 60_000) + 15_000
    const flooded = await openShop({ now: () => instant })
    try {
      const batch = (count: number) => ({ events: Array.from({ length: count }, () => attention()) })
      for (let i = 0; i < 59; i++) expect((await flooded.tell(batch(50))).status).toBe(202)
      expect((await flooded.tell(batch(49))).status).toBe(202)
      const refused = await flooded.tell(batch(2))
      expect([refused.status, refused.headers['retry-after']]).toEqual([429, '45'])
      expect((await flooded.tell({ id: newId(), url: PAGE_URL })).status).toBe(429)
      expect(flooded.newHits()).toHaveLength(2999)
      instant += 45_000
      expect((await flooded.tell(batch(2))).status).toBe(202)
    } finally {
      await flooded.running.close()
    }
  })
})

describe('a spool that is full', () => {
  it('is answered 503, and gives no id away', async () => {
    const full = await openShop({ spoolMaxBytes: 0 })
    try {
      const answer = await full.tell({ consent: true, events: [pageview(), goal('a')] })
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2'])
      expect(answer.headers['set-cookie']).toBeUndefined()
      const withdrawn = await full.tell({ consent: false, events: [pageview()] })
      expect([withdrawn.status, withdrawn.headers['set-cookie']?.[0]]).toEqual([
        503,
        expect.stringContaining('Max-Age=0'),
      ])
      expect(full.running.edge.snapshot()).toMatchObject({ eventsTaken: 0, lost: 5 })
    } finally {
      await full.running.close()
    }
  })
})

describe('any bytes', () => {
  it('get an answer, never a failure of ours', async () => {
    const strange = await openShop({ now: minutes() })
    const valid = JSON.stringify({
      consent: true,
      events: [pageview(), goal('a', { value: 1 }), attention()],
    })
    const anyEvent = fc.dictionary(
      fc.constantFrom(
        'id',
        'url',
        'page',
        'type',
        'name',
        'target',
        'value',
        'props',
        'age',
        'key',
        'scroll',
      ),
      fc.anything({ maxDepth: 1 }),
    )
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      // A message with some of its bytes replaced.
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
        const bytes = Buffer.from(valid)
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      }),
      fc
        .tuple(fc.constantFrom(pageview(), goal('a'), attention()), anyEvent)
        .map(([event, more]) => Buffer.from(JSON.stringify({ events: [{ ...event, ...more }] }) ?? '')),
    )
    const header = fc.constantFrom(
      '',
      '1',
      'jejak_id_1=',
      'jejak_id_1=AAAAAAAAAAAAAAAAAAAAAA; x',
      '\xff;=;',
      'cross-site',
    )
    const extra = fc.dictionary(
      fc.constantFrom('cookie', 'sec-gpc', 'dnt', 'sec-fetch-site', 'user-agent'),
      header,
    )
    try {
      await fc.assert(
        fc.asyncProperty(body, extra, async (bytes, headers) => {
          const { status } = await strange.post(bytes, headers)
          expect([202, 400, 403]).toContain(status)
        }),
        { numRuns: 400 },
      )
      expect(strange.running.edge.snapshot()).toMatchObject({ failed: 0, lost: 0, malformed: 0 })
      expect(strange.newHits().length).toBeGreaterThan(0)
    } finally {
      await strange.running.close()
    }
  })
})

/** A clock on which each look is a minute after the last, so that nothing is a flood. */
function minutes(): () => number {
  let instant = 1_800_000_000_000
  return () => {
    instant += 60_000
    return instant
  }
}
