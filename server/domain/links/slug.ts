import limits from '../../facts/link-limits.json' with { type: 'json' }
import reserved from '../../facts/reserved.json' with { type: 'json' }
import { foldCase } from './case-folding.ts'
import type { Parsed } from './parsed.ts'

export type SlugProblem =
  | 'empty'
  | 'too_long'
  | 'character'
  | 'slash_at_end'
  | 'empty_segment'
  | 'dot_segment'
  | 'mark_first'
  | 'reserved'

/** Marks and letters that show nothing (fillers, joiners, selectors): two slugs must not differ in them alone. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const ALLOWED = /^[\p{L}\p{M}\p{Nd}\-_./]$/u
const MARK_FIRST = /(?:^|[-_./])\p{M}/u
const RESERVED: ReadonlySet<string> = new Set(reserved.firstSegments)

/**
 * Reads a slug that someone chose: letters of any script with their marks, digits and `-_./`, at most 190 characters
 * (code points, after NFC), without a leading slash. The value is NFC and otherwise as it was written.
 */
export function parseSlug(text: string): Parsed<string, SlugProblem> {
  const slug = text.normalize('NFC')
  if (slug === '')
    return problem('empty', 'Give the slug at least one character, or leave it out for a made one.')
  const characters = Array.from(slug)
  if (characters.length > limits.slugCharacters) {
    return problem(
      'too_long',
      `A slug has at most ${limits.slugCharacters} characters; this has ${characters.length}.`,
    )
  }
  const wrong = characters.find((character) => !ALLOWED.test(character) || INVISIBLE.test(character))
  if (wrong !== undefined) {
    return problem('character', `A slug holds letters, digits and - _ . / only, not ${describe(wrong)}.`)
  }
  if (slug.startsWith('/') || slug.endsWith('/')) {
    return problem('slash_at_end', 'A slug neither begins nor ends with a slash.')
  }
  const segments = slug.split('/')
  if (segments.includes('')) return problem('empty_segment', 'A slug holds no two slashes in a row.')
  if (segments.includes('.') || segments.includes('..')) {
    return problem(
      'dot_segment',
      'A part of a slug between slashes cannot be . or .., which browsers take away.',
    )
  }
  if (MARK_FIRST.test(slug))
    return problem('mark_first', 'A combining mark needs a letter or digit before it.')
  const first = foldCase(segments[0] ?? '')
  if (RESERVED.has(first)) {
    return problem('reserved', `Slugs cannot begin with "${first}", which is one of Jejak's own addresses.`)
  }
  return { ok: true, value: slug }
}

/**
 * What a slug is stored under and a request is compared with: NFC, and case-folded unless the domain minds case.
 * Runs for every redirect: plain ASCII costs one scan and one `toLowerCase`.
 */
export function slugKey(slug: string, caseSensitive: boolean): string {
  return caseSensitive ? slug.normalize('NFC') : foldCase(slug)
}

/** Whether a path's first segment is one of Jejak's own (`/api`, `/t.js`, …), which no slug can take. */
export function isReserved(firstSegment: string): boolean {
  return RESERVED.has(foldCase(firstSegment))
}

function problem(name: SlugProblem, message: string): Parsed<string, SlugProblem> {
  return { ok: false, problem: name, message }
}

function describe(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  if (character === ' ') return 'a space'
  return /[\p{C}\p{Z}\p{M}]/u.test(character) || INVISIBLE.test(character) ? `U+${code}` : `"${character}"`
}
