import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from '../../shared/url/search.ts'
import { whySearch } from './search.ts'
import { EMPTY_VISIT, formOf, readHeaders, searchOf, visitOf } from './visit.ts'

const through = (form: typeof EMPTY_VISIT) =>
  whySearch.parse(parseSearch(stringifySearch(searchOf({ ...EMPTY_VISIT, ...form }))))

describe('the visit in the address', () => {
  it('comes back as it was typed, whatever it holds', () => {
    const text = fc.string({ unit: 'grapheme' }).map((one) => one.trim())
    const headers = fc
      .array(fc.tuple(fc.constantFrom('purpose', 'x-moz', 'sec-ch-ua', 'accept'), text), { maxLength: 3 })
      .map((lines) => lines.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ').trim()}`))
    const form = fc.record({ url: text, referrer: text, userAgent: text, headers })
    fc.assert(
      fc.property(form, ({ headers: lines, ...rest }) => {
        const visit = { ...EMPTY_VISIT, ...rest, method: 'HEAD', headers: lines.join('\n') }
        expect(formOf(through(visit))).toEqual(visit)
      }),
    )
  })

  it('is none without an address to explain, and asks about nothing that was left out', () => {
    expect(visitOf(through({ ...EMPTY_VISIT, referrer: 'https://t.co/' }))).toBeNull()
    expect(visitOf(through({ ...EMPTY_VISIT, url: 'cars.example' }))).toEqual({ url: 'cars.example' })
  })

  it('never holds a cookie or a key', () => {
    const headers = 'Cookie: sid=secret\nAuthorization: Bearer secret\nX-Api-Key: secret\nPurpose: prefetch'
    const search = through({ ...EMPTY_VISIT, url: 'https://cars.example/', headers })
    expect(JSON.stringify(search)).not.toContain('secret')
    expect(visitOf(search)).toMatchObject({ headers: { purpose: 'prefetch' } })
    // Nor does one that somebody wrote into the address reach the API.
    expect(visitOf({ ...search, header: ['cookie: sid=secret'] })).toEqual({ url: 'https://cars.example/' })
  })
})

describe('header lines', () => {
  it('are read as a browser’s tools copy them', () => {
    const text =
      'GET / HTTP/1.1\r\n:authority: cars.example\r\nSec-CH-UA: "Chromium";v="143"\r\n\r\nHost: cars.example'
    expect(readHeaders(text)).toEqual({
      kept: [['sec-ch-ua', '"Chromium";v="143"']],
      leftOut: ['Host'],
      unreadable: [],
    })
  })

  it('that are none are named by their number', () => {
    expect(readHeaders('purpose: prefetch\nnonsense\n\nalso nonsense').unreadable).toEqual([2, 4])
  })
})
