import type { Problems } from './rules/problems.ts'

/*
 * What reading a site's lists (goals, page kinds) has in common: each item has an id of its own, new ones none yet.
 */

const UNFIT = /[\p{Cc}\p{Cs}]/u

/** An item's id, null for a new one; undefined, and noted, where it is wrong. */
export function wholeId(input: unknown, place: string, problems: Problems): number | null | undefined {
  if (input === undefined || input === null) return null
  if (typeof input === 'number' && Number.isSafeInteger(input) && input > 0) return input
  problems.add(place, 'An id is a whole number; leave it out for a new one.')
  return undefined
}

/** One line of text, trimmed; null, and noted, where it is none. */
export function textOf(input: unknown, max: number, place: string, problems: Problems): string | null {
  const text = typeof input === 'string' ? input.trim() : ''
  if (text === '') return problems.add(place, 'Write a text here.')
  if (text.length > max) return problems.add(place, `This is longer than ${max} characters.`)
  if (UNFIT.test(text)) return problems.add(place, 'Control characters cannot be kept.')
  return text
}

/** Notes ids that stand in a list twice. */
export function uniqueIds(items: readonly { id: number | null }[], place: string, problems: Problems): void {
  const seen = new Set<number>()
  for (const [index, { id }] of items.entries()) {
    if (id !== null && seen.has(id)) problems.add(`${place}[${index}].id`, `${id} stands here twice.`)
    if (id !== null) seen.add(id)
  }
}
