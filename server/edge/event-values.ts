import { maskEmails } from '../domain/urls/email.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }

/** `Decimal(18,4)` has fourteen digits before the point. */
const MAX_VALUE = 1e14
const DECIMALS = 4
const PLAIN = /^\d+(?:\.\d{1,4})?$/
/** Sums of a page's prices carry the noise of binary fractions: 0.1 + 0.2 is 0.30000000000000004. */
const NOISE = 1024 * Number.EPSILON

/** A value as decimal text of at most four places; empty for none, null for one that has more. */
export function readValue(value: number | undefined): string | null {
  if (value === undefined) return ''
  if (value >= MAX_VALUE) return null
  const shortest = String(value)
  if (PLAIN.test(shortest)) return shortest
  const rounded = value.toFixed(DECIMALS)
  if (Math.abs(Number(rounded) - value) > NOISE * Math.max(1, value)) return null
  return rounded.replace(/\.?0+$/, '')
}

/** Properties as texts, e-mail addresses masked, each at most 200 characters long. */
export function capProps(told: Record<string, string | number | boolean>): {
  props: Record<string, string>
  cut: boolean
} {
  let cut = false
  const props = Object.entries(told).map(([name, value]) => {
    const whole = maskEmails(wellFormed(String(value)))
    // Not in the middle of a character of two units.
    const text = whole.slice(0, limits.propValueChars).replace(/[\ud800-\udbff]$/, '')
    if (text !== whole) cut = true
    return [wellFormed(name), text] as const
  })
  return { props: Object.fromEntries(props), cut }
}

/** Half a character, which no file can hold, as the sign for one that is unknown. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/**
 * Where a link, a download or a form leads, as it may be stored: an address as `privateUrl` keeps it, in full length. A
 * telephone number stays, since the site has published it, in digits: `tel:+4989123`. Of an e-mail address, and of
 * what a link of any other scheme holds, the scheme alone is left: `mailto:(email)`, `javascript:`.
 *
 * @param page the address that a relative one starts from
 */
export function privateTarget(target: string, page: URL, keptKeys: ReadonlySet<string>): string {
  if (target === '') return ''
  let url: URL
  try {
    url = new URL(target, page)
  } catch {
    return ''
  }
  const { protocol } = url
  if (protocol === 'http:' || protocol === 'https:') return privateUrl(url.href, keptKeys)
  if (protocol === 'tel:' || protocol === 'sms:') return protocol + dialled(url.pathname)
  return protocol === 'mailto:' ? 'mailto:(email)' : protocol
}

/** `+49-(0)89%20123;ext=5` → `+49089123`: what a phone would dial, without parameters. */
function dialled(path: string): string {
  const number = (path.split(/[;?]/, 1)[0] ?? '').replace(/%[0-9a-f]{2}/gi, '')
  const digits = number.replace(/[^\d*#]/g, '')
  return number.trimStart().startsWith('+') ? `+${digits}` : digits
}
