import type { Directory, DirectorySite } from './directory.ts'

/** What a browser is told that asks before it posts JSON. */
export const PREFLIGHT = [
  'Access-Control-Allow-Methods',
  'POST',
  'Access-Control-Allow-Headers',
  'Content-Type',
  'Access-Control-Max-Age',
  '86400',
] as const

const OTHERS = ['Vary', 'Origin'] as const

/** Lets pages of a site's own hosts read the answer and take its cookie, and no others. */
export function corsHeaders(origin: string, directory: Directory | null): readonly string[] {
  if (origin === '' || !directory || !siteOfOrigin(origin, directory)) return OTHERS
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true', ...OTHERS]
}

/** The site that an `Origin` belongs to. */
export function siteOfOrigin(origin: string, directory: Directory): DirectorySite | undefined {
  try {
    return directory.siteOfPage(new URL(origin))
  } catch {
    return undefined
  }
}
