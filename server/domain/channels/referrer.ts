import { decodeQueryText } from '../urls/private-url.ts'

/** What a referrer says at sight: a web page, an app, or nothing that names a place. */
export type Referrer =
  | { kind: 'web'; host: string; path: string; query: string }
  | { kind: 'app'; app: string }
  /** This computer itself: no place on the web, unless the site is on it too (a demonstration, a test). */
  | { kind: 'local'; host: string }
  | { kind: 'none' }

const NONE: Referrer = { kind: 'none' }
const WEB = /^(?:https?:)?\/\/([^/?#\\]*)([^?#]*)\??([^#]*)/i
const APP = /^(?:android-app|ios-app):\/{0,2}([^/?#]+)/i
const BARE_HOST = /^((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+)(?::\d+)?(?:$|(\/[^?#]*)?\??([^#]*))/i

/** A whole address that somebody has escaped: `https%3A%2F%2Fwww.instagram.com%2F`. */
const ESCAPED = /^https?%3a%2f%2f/i

/**
 * Reads a referrer. Words such as `direct` or `-`, files and extensions are no referrer. A host without a scheme is one. Never throws.
 */
export function parseReferrer(referrer: string): Referrer {
  const given = referrer.trim()
  const text = ESCAPED.test(given) ? decodeQueryText(given) : given
  if (text.length < 3) return NONE
  const web = WEB.exec(text) ?? BARE_HOST.exec(text)
  if (web) {
    const host = cleanHost(web[1] ?? '')
    if (host === '' || isNowhere(host)) return NONE
    if (isLocal(host)) return { kind: 'local', host }
    return { kind: 'web', host, path: web[2] || '/', query: web[3] ?? '' }
  }
  const app = APP.exec(text)?.[1]
  return app === undefined ? NONE : { kind: 'app', app: app.toLowerCase() }
}

function cleanHost(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase()
  if (host.startsWith('[')) return host.slice(0, host.indexOf(']') + 1)
  const colon = host.indexOf(':')
  const name = colon < 0 ? host : host.slice(0, colon)
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** Hosts are at most 253 characters long. */
const MAX_HOST = 253

function isNowhere(host: string): boolean {
  return host.length > MAX_HOST || /[\s<>"'`{}|^%]/.test(host)
}

function isLocal(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host.startsWith('127.') ||
    host === '0.0.0.0' ||
    host === '[::1]'
  )
}
