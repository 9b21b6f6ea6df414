import { describe, expect, test } from 'vitest'
import { combinedLine, commonLine, type LogFields, testSite } from '../../test/support/import-files.ts'
import { openGeo } from '../edge/geo.ts'
import { accessLogParser } from './access-log.ts'
import type { ParsedLine } from './import-line.ts'

const NOW = Date.UTC(2024, 0, 1)

function parser(options: Partial<Parameters<typeof accessLogParser>[0]> = {}) {
  const parse = accessLogParser({ host: 'www.example.com', site: testSite, now: () => NOW, ...options })
  return (fields: LogFields = {}) => parse(Buffer.from(combinedLine(fields)))
}

function hitOf(parsed: ParsedLine) {
  if (parsed.kind !== 'hit') throw new Error(`not a hit: ${JSON.stringify(parsed)}`)
  return parsed.hit
}

describe('accessLogParser', () => {
  test('makes a pageview', () => {
    const hit = hitOf(parser()())
    expect(hit).toMatchObject({
      kind: 'pageview',
      origin: 'access-log',
      siteId: 1,
      time: Date.UTC(2015, 4, 17, 10, 5, 3),
      host: 'www.example.com',
      slug: '',
      outcome: '',
      status: 200,
      method: 'GET',
      httpVersion: '1.1',
      url: 'https://www.example.com/blog/post.html',
      referrer: 'http://www.google.com/search?q=trail',
      userAgent: 'Mozilla/5.0 (X11) Firefox/38.0',
      cut: [],
    })
    expect(hit.visitor).toMatch(/^[0-9a-f]{16}$/)
  })

  test('keeps the address nowhere in the hit', async () => {
    const parse = parser({ geo: await openGeo() })
    const hit = hitOf(parse({ address: '8.8.8.8' }))
    expect(hit.country).toBe('US')
    expect(JSON.stringify(hit)).not.toContain('8.8.8.8')
    expect(hitOf(parse({ address: 'crawl-8-8-8-8.example' })).country).toBe('')
  })

  test('counts IPv4-mapped addresses as IPv4, IPv6 by its /64, and a host name as itself', () => {
    const parse = parser()
    const visitor = (address: string) => hitOf(parse({ address })).visitor
    expect(visitor('::ffff:192.0.2.1')).toBe(visitor('192.0.2.1'))
    expect(visitor('2001:db8:1:2::1')).toBe(visitor('2001:DB8:1:2:ffff::9'))
    expect(visitor('2001:db8:1:2::1')).not.toBe(visitor('2001:db8:1:3::1'))
    expect(visitor('a.example')).not.toBe(visitor('b.example'))
    expect(visitor('-')).toBe('')
  })

  test('keeps addresses private and reads what they say of the campaign', () => {
    const request = 'GET /p?utm_source=tw&utm_medium=social&token=secret&gclid=abc HTTP/1.1'
    const hit = hitOf(parser()({ request, referrer: 'https://mail.example/?session=secret' }))
    expect(hit.url).not.toContain('secret')
    expect(hit.url).not.toContain('abc')
    expect(hit.referrer).not.toContain('secret')
    expect(hit.utm).toMatchObject({ source: 'tw', medium: 'social' })
    expect(hit.clickIdKinds).toEqual(['gclid'])
  })

  test('keeps click ids and page keys where the site says so', () => {
    const site = { ...testSite, pageKeys: ['model'], keepClickIds: true }
    const request = 'GET /p?model=x&gclid=abc&token=secret HTTP/1.1'
    expect(hitOf(parser({ site })({ request })).url).toBe(
      'https://www.example.com/p?model=x&gclid=abc&token=',
    )
  })

  test('reads the common format', () => {
    const parse = accessLogParser({ host: 'example.com', site: testSite, now: () => NOW })
    expect(hitOf(parse(Buffer.from(commonLine())))).toMatchObject({ referrer: '', userAgent: '' })
  })

  test.each([
    ['not_get', { request: 'HEAD / HTTP/1.1' }],
    ['not_get', { request: 'POST / HTTP/1.1' }],
    ['not_get', { request: '-', status: 408 }],
    ['status', { status: 301 }],
    ['status', { status: 404 }],
    ['status', { status: 500 }],
    ['asset', { request: 'GET /style.css?v=1 HTTP/1.1' }],
    ['asset', { request: 'GET /robots.txt HTTP/1.1' }],
    ['feed', { request: 'GET /?flav=rss20 HTTP/1.1' }],
    ['other_host', { request: 'GET http://elsewhere.example/ HTTP/1.1' }],
  ] as const)('skips as %s: %o', (reason, fields) => {
    expect(parser()(fields)).toEqual({ kind: 'skipped', reason })
  })

  test.each([200, 206, 304])('takes a GET answered %d', (status) => {
    expect(hitOf(parser()({ status })).status).toBe(status)
  })

  test('takes an address asked for in full, where it is of this host', () => {
    const request = 'GET http://WWW.example.com/a?page=2 HTTP/1.1'
    expect(hitOf(parser()({ request })).url).toMatch(/^https:\/\/www\.example\.com\/a/)
    expect(hitOf(parser()({ request: 'GET http://www.example.com HTTP/1.1' })).url).toBe(
      'https://www.example.com/',
    )
  })

  test.each([
    ['not_a_log_line', 'hello'],
    ['bad_time', combinedLine({ time: '31/Feb/2015:10:00:00 +0000' })],
    ['time_out_of_range', combinedLine({ time: '31/Dec/1994:23:59:59 +0000' })],
    ['time_out_of_range', combinedLine({ time: '02/Jan/2024:00:00:01 +0000' })],
  ] as const)('rejects as %s', (reason, line) => {
    const parse = accessLogParser({ host: 'example.com', site: testSite, now: () => NOW })
    expect(parse(Buffer.from(line))).toEqual({ kind: 'rejected', reason })
  })

  test('takes the first instant of 1995 and the last of tomorrow', () => {
    expect(hitOf(parser()({ time: '01/Jan/1995:00:00:00 +0000' })).time).toBe(Date.UTC(1995, 0, 1))
    expect(hitOf(parser()({ time: '02/Jan/2024:00:00:00 +0000' })).time).toBe(NOW + 86_400_000)
  })

  test('cuts long texts at their caps and says so', () => {
    const hit = hitOf(parser()({ agent: 'ж'.repeat(400), request: `GET /${'a'.repeat(3000)} HTTP/1.1` }))
    expect(Buffer.byteLength(hit.userAgent)).toBe(512)
    expect(hit.url).toHaveLength(2048)
    expect(hit.cut.toSorted()).toEqual(['url', 'userAgent'])
  })

  test('lets no control character through', () => {
    expect(hitOf(parser()({ agent: String.raw`a\nb\x00c` })).userAgent).toBe('a b c')
  })

  test('takes a referrer that is no address at all', () => {
    expect(hitOf(parser()({ referrer: String.raw`http://\xe4\xe5\xff/` })).kind).toBe('pageview')
    expect(hitOf(parser()({ referrer: '::::' })).kind).toBe('pageview')
  })
})
