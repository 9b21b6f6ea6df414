import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseValue } from './value.ts'

describe('a value', () => {
  test.each([
    [0, '0'],
    [12.5, '12.5'],
    ['12.50', '12.5'],
    ['0012.5000', '12.5'],
    [' 7 ', '7'],
    ['0.0001', '0.0001'],
    ['0.0', '0'],
    [99_999_999_999_999, '99999999999999'],
    ['99999999999999.9999', '99999999999999.9999'],
    [99_999_999_999.9999, '99999999999.9999'],
  ])('told as %j is %s', (told, value) => {
    expect(parseValue(told)).toEqual({ ok: true, value })
  })

  test.each([
    -1,
    '-0.01',
    1.23456,
    '1.50000',
    1e-7,
    1e21,
    1e14,
    '100000000000000',
    '1,5',
    '1 000',
    '1e3',
    '',
    '.5',
    '5.',
    'EUR 5',
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('told as %j is refused, with words', (told) => {
    const parsed = parseValue(told)
    expect(parsed).toMatchObject({ ok: false })
    if (!parsed.ok) expect(parsed.message).not.toBe('')
  })

  test('that JSON’s numbers cannot tell exactly is wanted as text', () => {
    const parsed = parseValue(123_456_789_012.34)
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining('as text') })
    expect(parseValue('123456789012.34')).toEqual({ ok: true, value: '123456789012.34' })
  })

  test('is the same as a number and as text, to the last place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 15 - 1 }), (units) => {
        const text = `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, '0')}`
        const asText = parseValue(text)
        expect(parseValue(JSON.parse(text))).toEqual(asText)
        if (asText.ok) expect(Number(asText.value)).toBe(Number(text))
      }),
    )
  })
})
