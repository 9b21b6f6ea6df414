import { describe, expect, test } from 'vitest'
import { bitlyLine, testSite } from '../../test/support/import-files.ts'
import { bitlyParser } from './bitly.ts'

const NOW = Date.UTC(2024, 0, 1)
const parse = bitlyParser(testSite, () => NOW)

function hitOf(fields: Record<string, unknown> = {}) {
  const parsed = parse(Buffer.from(bitlyLine(fields)))
  if (parsed.kind !== 'hit') throw new Error(`not a hit: ${JSON.stringify(parsed)}`)
  return parsed.hit
}

describe('bitlyParser', () => {
  test('makes a click on the link of whoever shortened', () => {
    expect(hitOf()).toMatchObject({
      kind: 'click',
      origin: 'bitly',
      siteId: 1,
      time: 1_331_923_247_000,
      host: 'go.example.gov',
      slug: 'us3rHa',
      linkId: 0,
      outcome: 'redirected',
      method: 'GET',
      url: '/us3rHa',
      destination: 'http://agency.example.gov/report?utm_source=tw&utm_medium=social',
      referrer: 'http://www.facebook.com/l/x/go.example.gov/us3rHa',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:10.0) Gecko/20100101 Firefox/10.0',
      headers: { 'accept-language': 'en-US,en;q=0.5' },
      utm: { source: 'tw', medium: 'social', campaign: '', term: '', content: '' },
      country: 'US',
      region: 'ID',
      cityId: 0,
      visitor: '',
      cut: [],
    })
  })

  test('takes `direct` as no referrer', () => {
    expect(hitOf({ r: 'direct' }).referrer).toBe('')
  })

  test('keeps a custom slug in the address and counts the click for its link', () => {
    expect(hitOf({ kw: 'my-report' })).toMatchObject({ slug: 'us3rHa', url: '/my-report' })
  })

  test('takes an unknown country, and no language, region or user agent', () => {
    const hit = hitOf({ c: null, gr: undefined, al: undefined, a: undefined })
    expect(hit).toMatchObject({ country: '', region: '', userAgent: '', headers: {} })
  })

  test('keeps a region only where its code is ISO 3166-2', () => {
    expect(hitOf({ c: 'BR', gr: '27' }).region).toBe('')
    expect(hitOf({ c: 'FR', gr: 'A8' }).region).toBe('')
    expect(hitOf({ c: 'CA', gr: 'BC' }).region).toBe('BC')
  })

  test('keeps neither place nor maker, and destinations private', () => {
    const text = JSON.stringify(hitOf({ u: 'https://a.example.gov/x?token=secret' }))
    for (const gone of ['Boise', '43.6', 'somebody', 'Gl0bal', 'secret']) expect(text).not.toContain(gone)
  })

  test('takes a destination in any script', () => {
    expect(hitOf({ u: 'http://пример.example.gov/ж' }).destination).toMatch(/^http:\/\/xn--/)
  })

  test('skips heartbeats', () => {
    expect(parse(Buffer.from('{"_heartbeat_":1331923261}'))).toEqual({ kind: 'skipped', reason: 'heartbeat' })
  })

  test.each([
    ['not_json', bitlyLine().slice(0, -5)],
    ['not_json', 'GET / HTTP/1.1'],
    ['not_an_object', '[1]'],
    ['not_an_object', 'null'],
    ['not_an_object', '"text"'],
    ['bad_slug', bitlyLine({ h: undefined })],
    ['bad_slug', bitlyLine({ h: 7 })],
    ['bad_host', bitlyLine({ hh: '' })],
    ['bad_host', bitlyLine({ hh: 'a/b' })],
    ['bad_destination', bitlyLine({ u: undefined })],
    ['bad_destination', bitlyLine({ u: 'not an address' })],
    ['bad_destination', bitlyLine({ u: 'javascript:alert(1)' })],
    ['bad_time', bitlyLine({ t: undefined })],
    ['bad_time', bitlyLine({ t: '1331923247' })],
    ['time_out_of_range', bitlyLine({ t: 0 })],
    ['time_out_of_range', bitlyLine({ t: 1e15 })],
  ])('rejects as %s: %s', (reason, line) => {
    expect(parse(Buffer.from(line))).toEqual({ kind: 'rejected', reason })
  })

  test('rejects a line that is not UTF-8', () => {
    expect(parse(Buffer.from(bitlyLine({ cy: 'Orl\u00e9ans' }), 'latin1'))).toEqual({
      kind: 'rejected',
      reason: 'not_utf8',
    })
  })

  test('cuts what is too long and says so', () => {
    const hit = hitOf({ a: 'x'.repeat(600), al: 'y'.repeat(600), h: 'z'.repeat(300) })
    expect([hit.userAgent.length, hit.headers['accept-language']?.length, hit.slug.length]).toEqual([
      512, 255, 255,
    ])
    expect(hit.cut.toSorted()).toEqual(['accept-language', 'slug', 'userAgent'])
  })
})
