import limits from '../facts/edge-limits.json' with { type: 'json' }

/** A request target taken apart. */
export interface RequestTarget {
  /** Begins with a slash. */
  path: string
  /** Without `?`; a fragment, which no request should hold, is cut off. */
  query: string
  /** The host of a target in absolute form, which goes before the `Host` header (RFC 9112 §3.2.2); else empty. */
  host: string
}

/** Takes apart what stands in a request line: `/path?query`, or `http://host/path?query` as proxies are asked. */
export function readTarget(url: string): RequestTarget {
  if (url.charCodeAt(0) === 0x2f && !url.includes('#')) return takeApart(url, '')
  const text = url.includes('#') ? url.slice(0, url.indexOf('#')) : url
  const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(text)
  if (!absolute) return takeApart(text, '')
  const rest = absolute[2] ?? ''
  return takeApart(rest.startsWith('/') ? rest : `/${rest}`, absolute[1] ?? '')
}

function takeApart(text: string, host: string): RequestTarget {
  const mark = text.indexOf('?')
  return mark < 0
    ? { path: text, query: '', host }
    : { path: text.slice(0, mark), query: text.slice(mark + 1), host }
}

/** The first segment of a path, as it stands there: `/api/v1` → `api`. */
export function firstSegment(path: string): string {
  const slash = path.indexOf('/', 1)
  return slash < 0 ? path.slice(1) : path.slice(1, slash)
}

export type AskedSlug =
  | { kind: 'slug'; slug: string; preview: boolean }
  /** Percent-escapes that are none, or bytes that are no UTF-8. */
  | { kind: 'malformed' }
  | { kind: 'too_long' }

/**
 * The slug that a path asks for: without the leading slash, one trailing slash ignored, percent-escapes undone. A `+`
 * at the end, which no slug holds, asks for the page that says where the link leads.
 */
export function readSlug(path: string): AskedSlug {
  if (path.length > limits.pathBytes) return { kind: 'too_long' }
  if (path.charCodeAt(0) !== 0x2f) return { kind: 'malformed' }
  const slug = decoded(path)
  if (slug === null) return { kind: 'malformed' }
  const end = slug.length > 1 && slug.endsWith('/') ? slug.length - 1 : slug.length
  const preview = end > 1 && slug.charCodeAt(end - 1) === 0x2b
  return { kind: 'slug', slug: slug.slice(1, preview ? end - 1 : end), preview }
}

function decoded(path: string): string | null {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
