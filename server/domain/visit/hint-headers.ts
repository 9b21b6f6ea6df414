import type { VisitInput } from './visit-input.ts'

/** Client hints as the headers that a browser sends them in; those given as headers stand before the page's own. */
export function hintHeaders(hints: VisitInput['clientHints']): Record<string, string> {
  if (!hints) return {}
  const headers: Record<string, string> = {}
  const { brands, mobile, platform } = hints
  if (brands) {
    headers['sec-ch-ua'] = brands.map(({ brand, version }) => `"${brand}";v="${version ?? ''}"`).join(', ')
  }
  if (mobile !== undefined) headers['sec-ch-ua-mobile'] = mobile ? '?1' : '?0'
  if (platform !== undefined) headers['sec-ch-ua-platform'] = `"${platform}"`
  for (const [name, value] of Object.entries(hints)) {
    if (name.startsWith('sec-ch-ua') && typeof value === 'string') headers[name] = value
  }
  return headers
}
