import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText, readHeaders } from './request-headers.ts'

describe('reading a request’s headers', () => {
  it('finds them in any case, the first of two, forwarding lines joined', () => {
    const headers = readHeaders(
      ['HOST', 's.test', 'user-agent', 'A', 'User-Agent', 'B', 'Referer', 'https://r.test/']
        .concat(['X-Forwarded-For', '1.1.1.1', 'x-forwarded-for', '2.2.2.2', 'Forwarded', 'for=3.3.3.3'])
        .concat(['Cookie', 'secret', 'Origin', 'https://o.test']),
    )
    expect(headers).toMatchObject({
      host: 's.test',
      userAgent: 'A',
      referrer: 'https://r.test/',
      forwardedFor: '1.1.1.1,2.2.2.2',
      forwarded: 'for=3.3.3.3',
      origin: 'https://o.test',
      evidence: '{}',
    })
  })

  it('keeps evidence as JSON by lower-case name and nothing else', () => {
    const headers = readHeaders([
      'Accept',
      'text/html',
      'Cookie',
      'secret',
      'Sec-CH-UA',
      '"Chromium";v="124"',
      'DNT',
      '1',
      'accept',
      'x',
    ])
    expect(JSON.parse(headers.evidence)).toEqual({
      accept: 'text/html',
      'sec-ch-ua': '"Chromium";v="124"',
      dnt: '1',
    })
    expect(headers.evidenceCut).toBe(false)
  })

  it('cuts long evidence and says so', () => {
    const headers = readHeaders(['Accept-Language', 'x'.repeat(5000)])
    expect(JSON.parse(headers.evidence)['accept-language']).toHaveLength(256)
    expect(headers.evidenceCut).toBe(true)
  })

  it.each([
    ['Purpose', 'prefetch', true],
    ['Sec-Purpose', 'prefetch;prerender', true],
    ['X-Purpose', 'preview', true],
    ['X-Moz', 'prefetch', true],
    ['Sec-Purpose', 'something', false],
    ['Accept', 'prefetch', false],
  ])('sees by %s: %s whether a browser fetches ahead', (name, value, expected) => {
    expect(readHeaders([name, value]).prefetch).toBe(expected)
  })
})

describe('jsonText', () => {
  it('is JSON.stringify', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '"', '\u2028')),
        (text) => {
          expect(jsonText(text)).toBe(JSON.stringify(text))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
