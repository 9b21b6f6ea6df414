import { shiftDay } from './session-scope.ts'

/** Hits of a statement over all visitors, of 300 bytes each. */
export const HITS_AT_ONCE = 1_000_000
/** Days written by one statement at most: the engine takes no insert into more than 100 months. */
export const MAX_DAYS = 1_500
/** Keys are hexadecimal: as many begin differently by their first four digits. */
export const BEGINNINGS = 0x10000

export function beginning(number: number): string {
  return number.toString(16).padStart(4, '0')
}

export interface DayCount {
  day: string
  hits: number
}

/** Days of `{siteId:UInt32}` that hold hits, of whatever generation, or sessions. */
export const DAY_COUNTS = `SELECT toString(day) AS day, sum(hits) AS hits FROM
  (
    SELECT day, count() AS hits FROM hits
    WHERE site = {siteId:UInt32} AND day BETWEEN {from:Date} AND {to:Date} AND kind IN ('pageview', 'event', 'engagement')
    GROUP BY day
    UNION ALL
    SELECT DISTINCT day, 0 FROM sessions WHERE site = {siteId:UInt32} AND day BETWEEN {from:Date} AND {to:Date}
  )
  GROUP BY day ORDER BY day`

/** Puts days, ascending, together while their hits are few. */
export function together(days: readonly DayCount[]): { from: string; to: string; hits: number }[] {
  const stretches: { from: string; to: string; hits: number }[] = []
  for (const { day, hits } of days) {
    const last = stretches.at(-1)
    if (last && last.hits + hits <= HITS_AT_ONCE && day < shiftDay(last.from, MAX_DAYS)) {
      last.to = day
      last.hits += hits
    } else stretches.push({ from: day, to: day, hits })
  }
  return stretches
}
