/**
 * How the state of a view stands in the address: plain `key=value` pairs, a repeated key for a list, nothing for what
 * is at its default. People read, edit and share these, so characters that a query may hold unescaped stay as they are.
 */
export function parseSearch(search: string): Record<string, string | string[]> {
  // A map until it is whole: `__proto__` is a key like any other in an address.
  const found = new Map<string, string | string[]>()
  for (const [key, value] of new URLSearchParams(search)) {
    const before = found.get(key)
    if (before === undefined) found.set(key, value)
    else if (Array.isArray(before)) before.push(value)
    else found.set(key, [before, value])
  }
  return Object.fromEntries(found)
}

/** The inverse of `parseSearch`, with its `?`; empty where nothing is set. Absent and empty values are left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs: string[] = []
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null || one === '' || one === false) continue
      pairs.push(`${readable(key)}=${readable(String(one))}`)
    }
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function readable(text: string): string {
  // A lone surrogate cannot be percent-encoded.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
}
