import { describe, expect, it } from 'vitest'
import { money } from './money.ts'

/** Intl sets a no-break space between code and amount. */
const plain = (text: string) => text.replaceAll('\u00A0', ' ')

describe('an amount of money', () => {
  it.each([
    [12_480.4, 'MYR', 'MYR 12,480'],
    [92.9, 'EUR', '€92.90'],
    [99.999, 'EUR', '€100'],
    [0, 'EUR', '€0'],
    [-12.5, 'EUR', '-€12.50'],
    [12.5, undefined, '12.50'],
    [12.5, 'no code', '12.50 no code'],
  ])('%d in %s is %s', (value, currency, text) => {
    expect(plain(money(value, currency))).toBe(text)
  })
})
