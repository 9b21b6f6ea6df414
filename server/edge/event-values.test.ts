import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { capProps, privateTarget, readValue, wellFormed } from './event-values.ts'

describe('a value', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [12, '12'],
    [12.5, '12.5'],
    [19.99, '19.99'],
    [0.0001, '0.0001'],
    [99_999_999_999_999, '99999999999999'],
    [99_999_999_999_999.98, '99999999999999.98'],
    [0.1 + 0.2, '0.3'],
    [3 * 1.1, '3.3'],
    [undefined, ''],
  ])('of %s is kept as %j', (value, text) => {
    expect(readValue(value)).toBe(text)
  })

  test.each([0.00001, 1e-9, 12.34567, 1e14, 1e300])('of %s is refused', (value) => {
    expect(readValue(value)).toBeNull()
  })

  it('of at most four decimals keeps them all', () => {
    const decimals = fc.tuple(fc.nat(999_999_999), fc.nat(9999))
    fc.assert(
      fc.property(decimals, ([whole, rest]) => {
        const written = Number(`${whole}.${String(rest).padStart(4, '0')}`)
        const text = readValue(written) ?? 'refused'
        expect(text).toMatch(/^\d+(\.\d{1,4})?$/)
        expect(Number(text)).toBe(written)
      }),
    )
  })
})

describe('a target', () => {
  const page = new URL('https://shop.example/cars/')
  const keys: ReadonlySet<string> = new Set(['model'])

  test.each([
    ['', ''],
    ['https://dealer.example/book?model=x&token=1#top', 'https://dealer.example/book?model=x&token='],
    ['https://jane:pw@dealer.example/jane@mail.example.com', 'https://dealer.example/(email)'],
    ['https:\\\\jane:pw@dealer.example/', 'https://dealer.example/'],
    ['//jane:pw@dealer.example/', 'https://dealer.example/'],
    ['../brochure.pdf', 'https://shop.example/brochure.pdf'],
    ['tel:+49 (0)89-123 45', 'tel:+4908912345'],
    ['TEL:089%20123;ext=5', 'tel:089123'],
    ['tel:jane@mail.example.com', 'tel:'],
    ['sms:+4989123?body=I%20am%20Jane', 'sms:+4989123'],
    ['mailto:jane@mail.example.com?subject=From%20Jane', 'mailto:(email)'],
    ['mailto:?cc=jane@mail.example.com', 'mailto:(email)'],
    ['javascript:send("jane")', 'javascript:'],
    ['data:text/plain,jane', 'data:'],
    ['whatsapp://send?phone=4989123', 'whatsapp:'],
    ['https://', ''],
  ])('%s is kept as %s', (target, kept) => {
    expect(privateTarget(target, page, keys)).toBe(kept)
  })

  it('never keeps an e-mail address, and any text passes', () => {
    const scheme = fc.constantFrom('mailto:', 'tel:', 'https://a.example/', 'x:', '', '/', 'sms:')
    fc.assert(
      fc.property(scheme, fc.string(), (start, rest) => {
        expect(privateTarget(`${start}jane@mail.example.com${rest}`, page, keys)).not.toContain(
          'mail.example',
        )
      }),
    )
  })
})

describe('properties', () => {
  it('are texts, their e-mail addresses masked', () => {
    expect(capProps({ a: 1.5, b: true, c: 'by jane@mail.example.com', '': '' })).toEqual({
      props: { a: '1.5', b: 'true', c: 'by (email)', '': '' },
      cut: false,
    })
  })

  it('are cut at 200 characters, never within one', () => {
    expect(capProps({ a: `${'x'.repeat(199)}😀` })).toEqual({ props: { a: 'x'.repeat(199) }, cut: true })
    expect(capProps({ a: 'x'.repeat(200) }).cut).toBe(false)
  })
})

it('half a character is written as unknown', () => {
  expect(wellFormed('a\ud800b😀\udc00')).toBe('a\ufffdb😀\ufffd')
})
