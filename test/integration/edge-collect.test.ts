import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, PHONE, type RunningEdge, startEdge } from './edge-harness.ts'

let running: RunningEdge
const ORIGIN = 'https://www.shop.example'

beforeAll(async () => {
  running = await startEdge()
  const site = await running.control.sites.byName('default')
  await running.control.sites.update(site?.id ?? 0, { hostnames: ['shop.example'], pageKeys: ['model'] })
  await running.settled()
})
afterAll(() => running.close())

const newId = () => randomBytes(16).toString('hex')
const pageview = { url: `${ORIGIN}/cars?model=x`, referrer: 'https://www.google.com/' }

function post(fields: object, headers: Record<string, string> = {}, id = newId()): Promise<Answer> {
  return postText(JSON.stringify({ id, ...pageview, ...fields }), headers)
}

function postText(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = { origin: ORIGIN, 'content-type': 'text/plain', ...headers }
  return running.ask('/e', { method: 'POST', headers: sent }, body)
}

const problem = (answer: Answer) => JSON.parse(answer.body)

describe('a pageview', () => {
  it('is taken with 202, readable by the page alone, and kept as a hit', async () => {
    const id = newId()
    const answer = await post(
      {
        url: `${ORIGIN}:8443/Cars/?model=x&color=red&utm_source=ig&UTM_Medium=social&gclid=1&jjk=abc-_1#x`,
        referrer: 'https://www.google.com/search?q=cars&ei=secret',
        age: 60_000,
      },
      { 'accept-language': 'ms', origin: `${ORIGIN}:8443` },
      id,
    )
    expect(answer).toMatchObject({ status: 202, body: '' })
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': `${ORIGIN}:8443`, vary: 'Origin' })
    const hit = running.hits().at(-1)
    expect(hit).toMatchObject({
      kind: 'pageview',
      hitId: id,
      host: 'www.shop.example:8443',
      slug: '',
      linkId: 0,
      outcome: '',
      status: 202,
      url: `${ORIGIN}:8443/Cars/?model=x&color=&utm_source=ig&UTM_Medium=social&gclid=`,
      destination: '',
      referrer: 'https://www.google.com/search?q=cars&ei=',
      userAgent: PHONE,
      method: 'POST',
      headers: { 'accept-language': 'ms' },
      utm: { source: 'ig', medium: 'social', campaign: '', term: '', content: '' },
      clickIdKinds: ['gclid'],
      clickId: 'abc-_1',
      cut: [],
      origin: 'edge',
    })
    expect(hit?.time).toBe((hit?.receivedAt ?? 0) - 60_000)
    expect(hit?.visitor).toMatch(/^[0-9a-f]{16}$/)
    expect(running.spooled()).not.toMatch(/127\.0\.0\.1|secret/)
  })

  it('has the same visitor key as the click that led to it', async () => {
    const { id } = await running.control.domains.default()
    const link = await running.control.links.create({ domainId: id, destination: `${ORIGIN}/` })
    const click = await running.ask(`/${link.slug}`)
    await post({ url: click.headers.location })
    const [clickHit, landing] = running.hits().slice(-2)
    expect(landing?.visitor).toBe(clickHit?.visitor)
    expect(landing?.clickId).toBe(clickHit?.clickId)
    expect(landing?.url).toBe(`${ORIGIN}/`)
  })

  it('may come as JSON after asking first, and name its site and click id', async () => {
    const asked = await running.ask('/e', { method: 'OPTIONS', headers: { origin: ORIGIN } })
    expect(asked).toMatchObject({ status: 204 })
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type',
    })
    const headers = { 'content-type': 'application/json' }
    expect((await post({ site: 'default', clickId: 'given' }, headers)).status).toBe(202)
    expect(running.hits().at(-1)?.clickId).toBe('given')
  })

  it('may come from a program that has no origin', async () => {
    expect(
      (await running.ask('/e', { method: 'POST' }, JSON.stringify({ id: newId(), ...pageview }))).status,
    ).toBe(202)
  })

  it('is cut where it is long, and says so', async () => {
    const long = 'x'.repeat(3000)
    await post({ url: `${ORIGIN}/${long}`, referrer: `https://r.test/${long}`, clickId: long })
    const hit = running.hits().at(-1)
    expect(hit?.cut).toEqual(['url', 'referrer', 'clickId'])
    expect(hit?.clickId).toHaveLength(64)
  })
})

describe('an event that is refused', () => {
  it.each<[string, object, string]>([
    ['an id that is not 32 hex digits', { id: 'abc' }, 'id'],
    ['an id in capitals', { id: 'A'.repeat(32) }, 'id'],
    ['no address', { url: undefined }, 'url'],
    ['an address that is none', { url: '/cars' }, 'url'],
    ['another scheme', { url: 'javascript:alert(1)' }, 'url'],
    ['a negative age', { age: -1 }, 'age'],
    ['an age above a day', { age: 86_400_001 }, 'age'],
    ['an age that is no number', { age: '5' }, 'age'],
    ['a referrer that is no text', { referrer: {} }, 'referrer'],
  ])('%s: 400 that names the field', async (_, fields, field) => {
    const answer = await post(fields)
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(problem(answer).errors).toEqual([expect.objectContaining({ field })])
  })

  it.each(['', 'nonsense', '[]', 'null', '"text"', '{"id":'])('a body of %j: 400', async (body) => {
    expect((await postText(body)).status).toBe(400)
  })

  it('a page of no site, or of another site than it names: 403', async () => {
    for (const fields of [
      { url: 'https://evil.test/' },
      { url: 'https://notshop.example/' },
      { site: 'other' },
    ]) {
      const answer = await post(fields)
      expect(answer.status).toBe(403)
      expect(problem(answer).errors[0].field).toBe('url')
    }
  })

  it('a page of another origin: 403, unreadable by it', async () => {
    for (const origin of ['https://evil.test', 'null', 'https://shop.example.evil.test']) {
      const answer = await post({}, { origin })
      expect(answer.status).toBe(403)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      const asked = await running.ask('/e', { method: 'OPTIONS', headers: { origin } })
      expect(asked.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('a body above 16 kB: 413, announced or not', async () => {
    const body = JSON.stringify({ id: newId(), ...pageview, filler: 'x'.repeat(17_000) })
    expect((await postText(body)).status).toBe(413)
    expect((await postText(body, { 'transfer-encoding': 'chunked' })).status).toBe(413)
  })

  it('another method: 405', async () => {
    expect(await running.ask('/e')).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } })
  })

  it('leaves no trace in the spool', () => {
    expect(running.hits().every((hit) => hit.kind !== 'pageview' || hit.host.includes('shop.example'))).toBe(
      true,
    )
  })
})

describe('a flood of events', () => {
  it('from one address is answered 429 after 3,000 in a minute', async () => {
    let instant = 1_800_000_000_000
    const flooded = await startEdge({ now: () => instant })
    try {
      const site = await flooded.control.sites.byName('default')
      await flooded.control.sites.update(site?.id ?? 0, { hostnames: ['shop.example'] })
      await flooded.settled()
      const headers = { origin: ORIGIN }
      const once = async () =>
        (await flooded.ask('/e', { method: 'POST', headers }, JSON.stringify({ id: newId(), ...pageview })))
          .status
      for (let i = 0; i < 3000; i++) expect(await once()).toBe(202)
      expect(await once()).toBe(429)
      instant += 60_000
      expect(await once()).toBe(202)
    } finally {
      await flooded.close()
    }
  })
})
