import type { Parsed } from '../links/parsed.ts'

/** `Decimal(18,4)` has fourteen digits before the point. */
const DECIMAL = /^(\d+)(?:\.(\d+))?$/
const WHOLE_DIGITS = 14
const PLACES = 4
/** A number of JSON keeps fifteen digits: with four of them behind the point, eleven are left before it. */
const EXACT_BELOW = 1e11

/**
 * A value as decimal text without needless zeros. A number with a fraction is taken while it is exact, text always.
 *
 * @example
 * parseValue('0012.50') // { ok: true, value: '12.5' }
 */
export function parseValue(told: number | string): Parsed<string, 'value'> {
  if (typeof told === 'number' && !Number.isInteger(told) && told >= EXACT_BELOW) {
    return refused('A number this large is not exact; send it as text: "123456789012.34".')
  }
  const text = typeof told === 'number' ? plain(told) : told.trim()
  if (/^-/.test(text)) return refused('A value is at least 0; to take a conversion back, cancel it.')
  const parts = DECIMAL.exec(text)
  if (!parts) return refused('Write a decimal number with a point and without other signs, as 1234.5.')
  const whole = (parts[1] ?? '').replace(/^0+(?=\d)/, '')
  const fraction = parts[2] ?? ''
  if (fraction.length > PLACES) return refused(`A value has at most ${PLACES} decimal places.`)
  if (whole.length > WHOLE_DIGITS)
    return refused(`A value has at most ${WHOLE_DIGITS} digits before the point.`)
  const kept = fraction.replace(/0+$/, '')
  return { ok: true, value: kept === '' ? whole : `${whole}.${kept}` }
}

/** A number without an exponent, with one place more than is taken where it has more than that. */
function plain(told: number): string {
  const shortest = String(told)
  return shortest.includes('e-') ? '0.00001' : shortest.includes('e+') ? '1'.padEnd(22, '0') : shortest
}

function refused(message: string): Parsed<string, 'value'> {
  return { ok: false, problem: 'value', message }
}
