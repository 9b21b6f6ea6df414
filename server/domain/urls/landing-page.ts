import { INDEX_FILES } from '../../facts/url-keys.ts'
import { decodeQueryText } from './private-url.ts'

const INDEX = new Set(INDEX_FILES)

/**
 * The name of a page, the same for a link's destination and for the address that a page reports: lower-case host
 * without `www.`, path without trailing slash or index file; no scheme, default port or fragment; of the query only
 * the keys that are part of a page (`Site.pageKeys`), sorted. A site's front page is `host/`. An address that is not
 * an absolute http(s) one gives `''`.
 *
 * @example landingPage('https://www.Example.com/cars/index.html?b=2&gclid=x', new Set(['b'])) // 'example.com/cars?b=2'
 */
export function landingPage(url: string, declaredKeys: ReadonlySet<string>): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return ''
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return ''
  const host = withoutWww(parsed.hostname)
  if (host === '') return ''
  const port = parsed.port === '' ? '' : `:${parsed.port}`
  return `${host}${port}${pagePath(parsed.pathname)}${pageQuery(parsed.search, declaredKeys)}`
}

/** A host without its leading `www.` and closing dot: `www.example.com.` → `example.com`, `www.com` stays. */
export function withoutWww(host: string): string {
  let bare = host.endsWith('.') ? host.replace(/\.+$/, '') : host
  while (bare.startsWith('www.') && bare.includes('.', 4)) bare = bare.slice(4)
  return bare
}

function pagePath(pathname: string): string {
  let end = pathname.length
  for (;;) {
    while (end > 0 && pathname.charCodeAt(end - 1) === 0x2f) end--
    const slash = pathname.lastIndexOf('/', end - 1)
    if (end === 0 || !INDEX.has(pathname.slice(slash + 1, end).toLowerCase())) break
    end = slash + 1
  }
  return end === 0 ? '/' : pathname.slice(0, end)
}

function pageQuery(search: string, declaredKeys: ReadonlySet<string>): string {
  if (declaredKeys.size === 0 || search.length < 2) return ''
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && declaredKeys.has(decodeQueryText(pair.split('=', 1)[0] ?? '')))
  return kept.length === 0 ? '' : `?${kept.sort().join('&')}`
}
