import { CAMPAIGN_KEY_PREFIX, SEARCH_TERM_KEYS, SOURCE_KEYS } from '../../facts/url-keys.ts'
import { maskEmails } from './email.ts'

const KEPT_KEYS: ReadonlySet<string> = new Set([...SOURCE_KEYS, ...SEARCH_TERM_KEYS])

/** What an address must hold for anything to be private in it; most clicks' addresses hold none of it. */
const MAY_BE_PRIVATE = /[?#@]|%(?:25)*40/
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)/i

/**
 * An address as it may be stored: the path stays, in the query `utm_*`, `ref`, `source`, search terms and the keys
 * that the site declares (`Site.pageKeys`, compared exactly) keep their values, every other key keeps its name and
 * loses its value, third-party click ids too (`?gclid=&model=`). User name, password and fragment go; e-mail
 * addresses in what stays become `(email)`.
 *
 * Takes absolute addresses and bare paths, and never throws: what is malformed passes by the same rules. Applying
 * it twice gives the same as once.
 *
 * @example privateUrl('/cars?id=7&utm_source=ig#top', new Set()) // '/cars?id=&utm_source=ig'
 */
export function privateUrl(url: string, declaredKeys: ReadonlySet<string>): string {
  if (!MAY_BE_PRIVATE.test(url)) return url
  const hash = url.indexOf('#')
  const whole = hash < 0 ? url : url.slice(0, hash)
  const mark = whole.indexOf('?')
  const address = maskEmails(withoutUserinfo(mark < 0 ? whole : whole.slice(0, mark)))
  return mark < 0 ? address : `${address}?${privateQuery(whole.slice(mark + 1), declaredKeys)}`
}

function withoutUserinfo(address: string): string {
  const authority = AUTHORITY.exec(address)
  const host = authority?.[1]
  if (!authority || host === undefined || !host.includes('@')) return address
  const start = authority[0].length - host.length
  return address.slice(0, start) + host.slice(host.lastIndexOf('@') + 1) + address.slice(start + host.length)
}

function privateQuery(query: string, declaredKeys: ReadonlySet<string>): string {
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 0) return maskEmails(pair)
      const name = pair.slice(0, equals)
      const value = keeps(name, declaredKeys) ? maskEmails(pair.slice(equals + 1)) : ''
      return `${maskEmails(name)}=${value}`
    })
    .join('&')
}

function keeps(rawName: string, declaredKeys: ReadonlySet<string>): boolean {
  const name = decodeQueryText(rawName)
  if (declaredKeys.has(name)) return true
  const lower = name.toLowerCase()
  return lower.startsWith(CAMPAIGN_KEY_PREFIX) || KEPT_KEYS.has(lower)
}

/** Query text with `+` and percent-escapes undone; text whose escapes are invalid comes back as it is. */
export function decodeQueryText(text: string): string {
  if (!/[+%]/.test(text)) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
