import { Temporal } from 'temporal-polyfill'

/** Every zone in use since 1995 turns its offset on a quarter of an hour of UTC, so a day is constant within one. */
const QUARTER_MS = 15 * 60 * 1000
const MAX_CACHED_QUARTERS = 50_000

/** The days of a time zone: which one an instant falls in, and when one begins and ends (23 to 25 hours later). */
export interface LocalDays {
  readonly timezone: string
  /** The local day of an instant (Unix milliseconds) as `YYYY-MM-DD`. */
  dayOf(time: number): string
  /** First instant of a local day and first instant of the next, in Unix milliseconds. */
  bounds(day: string): { start: number; end: number }
  /** `day` moved by whole calendar days. */
  shift(day: string, days: number): string
}

/** @throws {RangeError} for a zone that does not exist. */
export function localDays(timezone: string): LocalDays {
  Temporal.Now.instant().toZonedDateTimeISO(timezone)
  const cache = new Map<number, string>()
  return {
    timezone,
    dayOf(time) {
      const quarter = Math.floor(time / QUARTER_MS)
      const known = cache.get(quarter)
      if (known !== undefined) return known
      const day = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS)
        .toZonedDateTimeISO(timezone)
        .toPlainDate()
        .toString()
      if (cache.size >= MAX_CACHED_QUARTERS) cache.clear()
      cache.set(quarter, day)
      return day
    },
    bounds(day) {
      const date = Temporal.PlainDate.from(day)
      return {
        start: date.toZonedDateTime(timezone).epochMilliseconds,
        end: date.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds,
      }
    },
    shift(day, days) {
      return Temporal.PlainDate.from(day).add({ days }).toString()
    },
  }
}
