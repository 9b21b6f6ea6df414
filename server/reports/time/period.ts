import { Temporal } from 'temporal-polyfill'
import type { LocalDays } from '../../domain/time/local-day.ts'
import { QuestionError } from '../problems.ts'

/** A stretch of time that figures are counted over: whole local days, or the instants that were given. */
export interface Period {
  /** First and last local day that it touches, inclusive, `YYYY-MM-DD`. */
  firstDay: string
  lastDay: string
  /** Half-open, Unix milliseconds, where instants were asked for; null for whole days. */
  instants: { start: number; end: number } | null
  /** As answers show it: the days, or the instants as they were written. */
  from: string
  to: string
}

/** Days that the warehouse's `Date` and our hour marks (32-bit seconds) can hold. */
const EARLIEST = '1970-01-02'
const LATEST = '2099-12-31'
const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

export function wholeDays(firstDay: string, lastDay: string): Period {
  return { firstDay, lastDay, instants: null, from: firstDay, to: lastDay }
}

/** First instant of the period and the first one after it, in Unix milliseconds. */
export function instantsOf(period: Period, zone: LocalDays): { start: number; end: number } {
  return (
    period.instants ?? { start: zone.bounds(period.firstDay).start, end: zone.bounds(period.lastDay).end }
  )
}

/** How many local days a period touches. */
export function dayCount(period: Period): number {
  return Temporal.PlainDate.from(period.firstDay).until(period.lastDay).days + 1
}

/**
 * `[from, to]` as a period: two inclusive dates, or two instants with offset of which the second is not included.
 *
 * @param field names the field in errors.
 * @throws {QuestionError} for an impossible, reversed, empty or mixed pair.
 */
export function explicitPeriod(from: string, to: string, zone: LocalDays, field: string): Period {
  const bad = (message: string, part = '') => new QuestionError([{ field: field + part, message }])
  if (DAY.test(from) && DAY.test(to)) {
    for (const [index, day] of [from, to].entries()) {
      if (!isDate(day)) throw bad(`${day} is not a day of the calendar.`, `[${index}]`)
      if (day < EARLIEST || day > LATEST) throw bad(`Days run from ${EARLIEST} to ${LATEST}.`, `[${index}]`)
    }
    if (from > to) throw bad(`The range is reversed: ${from} is after ${to}.`)
    return wholeDays(from, to)
  }
  if (!INSTANT.test(from) || !INSTANT.test(to)) {
    throw bad('Give two dates (2026-11-01) or two instants with offset (2026-11-01T00:00:00+01:00).')
  }
  const [start, end] = [from, to].map((text, index) => {
    const time = epochMilliseconds(text)
    if (time === null) throw bad(`${text} is not an instant.`, `[${index}]`)
    if (time < Date.parse(EARLIEST) || time > Date.parse(LATEST)) {
      throw bad(`Instants run from ${EARLIEST} to ${LATEST}.`, `[${index}]`)
    }
    return time
  })
  if (start === undefined || end === undefined || start >= end) {
    throw bad(`The range is reversed or empty: ${to} is not after ${from}.`)
  }
  return { firstDay: zone.dayOf(start), lastDay: zone.dayOf(end - 1), instants: { start, end }, from, to }
}

function isDate(day: string): boolean {
  try {
    Temporal.PlainDate.from(day)
    return true
  } catch {
    return false
  }
}

function epochMilliseconds(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return null
  }
}
