import limits from '../../facts/link-limits.json' with { type: 'json' }
import type { Parsed } from './parsed.ts'

export type DestinationProblem =
  | 'empty'
  | 'scheme'
  | 'character'
  | 'credentials'
  | 'backslash'
  | 'host'
  | 'short_domain'
  | 'too_long'

export interface DestinationRules {
  /** Hosts of all short domains, as `ShortDomain.host`: an address there would lead in a circle. */
  shortDomains: readonly string[]
  /** Name of the click id's query parameter (`jjk`): it is the redirect's to add, so it is taken out here. */
  clickIdParameter: string
}

const SCHEME = /^https?:\/\//i
/** Control characters and lone surrogates: no address holds them, and some break the `Location` header. */
const UNFIT = /[\p{Cc}\p{Cs}]/u
/** What RFC 3986 allows nowhere and what parsers of a header or of HTML stumble over; other bytes stay. */
const TO_ENCODE = /[^\x21-\x7e]|["<>]/gu
const LOOPBACK = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * Reads where a link (or a fallback) shall lead and makes it ASCII, once: the host by punycode in lower case without
 * a default port, every other character outside ASCII by percent-encoding. All other bytes stay as they are,
 * invalid escapes, dots, the order and spelling of the query and the fragment included; only the click id's own
 * parameter is taken out. Spaces around it are dropped.
 *
 * A short domain is refused with and without a trailing dot and in any spelling that browsers take for it: on every
 * port, or, where the short domain itself names a port (`localhost:8080`), on that port.
 */
export function parseDestination(text: string, rules: DestinationRules): Parsed<string, DestinationProblem> {
  const address = text.trim()
  if (address === '') return problem('empty', 'Give an address, such as https://example.com/page.')
  if (UNFIT.test(address))
    return problem('character', 'The address holds a line break or another control character.')
  if (!SCHEME.test(address)) return problem('scheme', 'The address must begin with http:// or https://.')

  const afterScheme = address.slice(address.indexOf('//') + 2)
  const authorityEnd = indexOrEnd(afterScheme, afterScheme.search(/[/?#\\]/))
  const authority = afterScheme.slice(0, authorityEnd)
  const rest = afterScheme.slice(authorityEnd)
  if (authority.includes('@')) {
    return problem('credentials', 'The address holds a user name or password before @; take it out.')
  }
  const queryAt = indexOrEnd(rest, rest.search(/[?#]/))
  if (rest.slice(0, queryAt).includes('\\')) {
    return problem('backslash', 'The address holds a backslash; write / instead.')
  }
  const scheme = address.slice(0, address.indexOf('/')).toLowerCase()
  const site = parseUrl(`${scheme}//${authority}/`)
  if (site === null) {
    return problem('host', `"${authority}" is not a host name, optionally with a port.`)
  }
  if (rules.shortDomains.some((domain) => isSameHost(site, domain))) {
    return problem(
      'short_domain',
      `${site.hostname} serves the short links themselves: the link would lead in a circle.`,
    )
  }

  const path = encode(rest.slice(0, queryAt))
  const { query, fragment } = splitQuery(rest.slice(queryAt))
  const tail = encode(withoutParameter(query, rules.clickIdParameter)) + encode(fragment)
  const destination = `${scheme}//${site.host}${path === '' ? '/' : path}${tail}`
  if (destination.length > limits.destinationBytes) {
    return problem(
      'too_long',
      `The address is ${destination.length} bytes long when written in ASCII; at most ${limits.destinationBytes} fit.`,
    )
  }
  return { ok: true, value: destination }
}

function isSameHost(site: URL, shortDomain: string): boolean {
  const domain = parseUrl(`${site.protocol}//${shortDomain}/`)
  if (domain === null) return false
  const asked = bareHost(site.hostname)
  const short = bareHost(domain.hostname)
  const sameName = asked === short || (LOOPBACK.test(asked) && LOOPBACK.test(short))
  if (!sameName) return false
  const namesPort = /:\d+$/.test(shortDomain)
  return !namesPort || portOf(site) === portOf(domain)
}

function bareHost(hostname: string): string {
  return hostname.replace(/\.+$/, '')
}

function portOf(url: URL): string {
  return url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? '') : url.port
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** `?a=b#c` → `?a=b` and `#c`; either may be empty. */
function splitQuery(text: string): { query: string; fragment: string } {
  const at = indexOrEnd(text, text.indexOf('#'))
  return { query: text.slice(0, at), fragment: text.slice(at) }
}

function withoutParameter(query: string, name: string): string {
  if (query === '') return ''
  const pairs = query.slice(1).split('&')
  const kept = pairs.filter((pair) => parameterName(pair) !== name)
  if (kept.length === pairs.length) return query
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** The name as a page's script reads it: `%6Ajk` is `jjk`. */
function parameterName(pair: string): string {
  return new URLSearchParams(`?${pair}`).keys().next().value ?? ''
}

function encode(text: string): string {
  return text.replace(TO_ENCODE, (character) => encodeURIComponent(character))
}

function indexOrEnd(text: string, index: number): number {
  return index === -1 ? text.length : index
}

function problem(name: DestinationProblem, message: string): Parsed<string, DestinationProblem> {
  return { ok: false, problem: name, message }
}
