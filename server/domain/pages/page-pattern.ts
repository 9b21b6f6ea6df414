import type { Parsed } from '../links/parsed.ts'
import { createMatcher } from '../rules/matcher.ts'
import { type Pattern, PatternError, parsePattern } from '../rules/pattern.ts'
import { landingPage } from '../urls/landing-page.ts'
import { decodeQueryText } from '../urls/private-url.ts'

/**
 * A pattern of addresses made ready: the warehouse's expression (`toRe2`) and the function for one text are made from
 * the same tree, so that they say the same.
 */
export interface TextPattern {
  pattern: Pattern
  matches: (text: string) => boolean
}

/** UTF-16 units of a pattern; each becomes a step of the matcher, which takes 500. */
export const MAX_PATTERN_LENGTH = 250
const UNFIT = /[\p{Cc}\p{Cs}\s]/u
/** Stands for a host that a pattern leaves open. */
const ANY_HOST = 'any.invalid'
/** Characters that mean something in an expression. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/g

/**
 * Reads a pattern of pages into the spelling that pages have (`landingPage`): no scheme, `www.`, closing slash or index
 * file. `/path` stands for that path on any host, `host/path` for one host. `*` is any text within a segment, `**`
 * across segments; `/a/**` is `/a` and all below. A query is only looked at where the pattern has one.
 *
 * @example parsePagePattern('https://www.Cars.example/dealers/') // { ok: true, value: 'cars.example/dealers' }
 */
export function parsePagePattern(input: string): Parsed<string, 'bad_pattern'> {
  const bad = (message: string) => ({ ok: false, problem: 'bad_pattern', message }) as const
  const written = input.trim()
  const bare = written.replace(/^https?:\/\//i, '')
  // With a scheme it is an address, and that of a host alone is its front page.
  const text = bare !== written && bare !== '' && !bare.includes('/') ? `${bare}/` : bare
  if (text === '') return bad('Write a pattern, such as /dealers/**.')
  if (text.length > MAX_PATTERN_LENGTH) return bad(`This is longer than ${MAX_PATTERN_LENGTH} characters.`)
  if (UNFIT.test(text)) return bad('A pattern holds no spaces and no control characters.')
  if (text.includes('#')) return bad('Pages are told apart without the part behind #.')
  const slash = text.indexOf('/')
  if (slash < 0)
    return bad('A pattern begins with / for any host, or names host and path: cars.example/dealers.')
  const page = landingPage(`https://${text.slice(0, slash) || ANY_HOST}${text.slice(slash)}`, keysOf(text))
  if (page === '') return bad('The part before the first / is no host.')
  const value = slash === 0 ? page.slice(ANY_HOST.length) : page
  try {
    pagePattern(value)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return bad(`This pattern cannot be used: ${error.message}.`)
  }
  return { ok: true, value }
}

/** What matches pages as `landingPage` names them, for a pattern that `parsePagePattern` gave. */
export function pagePattern(text: string): TextPattern {
  const host = text.startsWith('/') ? '[^/?]*' : ''
  return compiled(`^${host}${globs(text, '/?')}${text.includes('?') ? '' : '(?:\\?.*)?'}$`)
}

/**
 * What matches where a link, a download or a form leads: an address with or without its scheme and `www.`, or the
 * number of a `tel:` link. `/path` is that path on any host; a query is only looked at where the pattern has one.
 *
 * @throws {PatternError} for a pattern that is too large.
 */
export function targetPattern(text: string): TextPattern {
  const bare = text.trim().replace(/^(?:https?:\/\/|[a-z][a-z0-9+.-]*:)(?:www\.)?/i, '')
  const host = bare.startsWith('/') ? '[^/?#]*' : ''
  const end = bare.includes('?') ? '' : '/?(?:[?#].*)?'
  return compiled(`^(?:https?://|[a-z]+:)?(?:www\\.)?${host}${globs(bare, '/?#')}${end}$`)
}

function compiled(source: string): TextPattern {
  const pattern = parsePattern(source)
  return { pattern, matches: createMatcher(pattern) }
}

/** `*` and `**` as an expression, everything else as it is. `ends` are the characters that a segment does not hold. */
function globs(text: string, ends: string): string {
  return text
    .split(/(\/\*\*(?=[/?]|$)|\*\*|\*)/)
    .map((part) => {
      if (part === '/**') return '(?:/.*)?'
      if (part === '**') return '.*'
      return part === '*' ? `[^${ends}]*` : part.replace(SPECIAL, '\\$&')
    })
    .join('')
}

function keysOf(text: string): ReadonlySet<string> {
  const query = text.includes('?') ? text.slice(text.indexOf('?') + 1) : ''
  return new Set(query.split('&').map((pair) => decodeQueryText(pair.split('=', 1)[0] ?? '')))
}
