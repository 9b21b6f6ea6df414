import type { QueryParams } from '../warehouse/warehouse.ts'

/** The generation that counts of a site's day. */
export type GenerationOf = (siteId: number, day: string) => number

/** A site's sessions that begin on the days `from` to `to` (`YYYY-MM-DD`). */
export interface SessionDays {
  siteId: number
  from: string
  to: string
}

/** What the statements of `session-sql.ts` are about, as their parameters. */
export interface Scope extends QueryParams {
  site: number
  /** Sessions that begin on these days … */
  from: string
  to: string
  /** … and within these Unix milliseconds … */
  since: number
  until: number
  /** … made of hits within these milliseconds, and on these days. */
  first: string
  last: string
  days: string[]
  generations: number[]
}

const END_OF_TIME = Date.UTC(2150, 0, 1)
export const DAY_MS = 24 * 3_600_000

/** @param time bounds in Unix milliseconds that no session of those in question crosses; without, whole days. */
export function scopeOf(
  { siteId, from, to }: SessionDays,
  generationOf: GenerationOf,
  time: { since: number; until: number } = { since: 0, until: END_OF_TIME },
): Scope {
  const first = shiftDay(from, -1)
  const last = shiftDay(to, 1)
  const days: string[] = []
  const generations: number[] = []
  for (let day = first; day <= last; day = shiftDay(day, 1)) {
    const generation = generationOf(siteId, day)
    if (generation === 0) continue
    days.push(day)
    generations.push(generation)
  }
  return { site: siteId, from, to, ...time, first, last, days, generations }
}

/** `YYYY-MM-DD` moved by days of the calendar. */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Of two days. */
export function earlier(one: string, other: string): string {
  return [one, other].sort()[0] ?? one
}

/** Of two days. */
export function later(one: string, other: string): string {
  return [one, other].sort()[1] ?? one
}
