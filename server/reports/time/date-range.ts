import { Temporal } from 'temporal-polyfill'
import type { LocalDays } from '../../domain/time/local-day.ts'
import type { DateRange } from '../contract.ts'
import { explicitPeriod, type Period, wholeDays } from './period.ts'

export const RANGE_NAMES = ['day', '7d', '28d', '30d', '90d', 'month', '6mo', '12mo', 'year', 'all'] as const
export type RangeName = (typeof RANGE_NAMES)[number]

/** Calendar days of a rolling range, today included. */
const ROLLING_DAYS: Partial<Record<RangeName, number>> = { day: 1, '7d': 7, '28d': 28, '30d': 30, '90d': 90 }
/** Calendar months of a range, this one included. */
const CALENDAR_MONTHS: Partial<Record<RangeName, number>> = { month: 1, '6mo': 6, '12mo': 12 }

export interface RangeContext {
  zone: LocalDays
  /** Unix milliseconds. */
  now: number
  /** Days that hold data, for `all`; null while there are none. */
  available: { from: string; to: string } | null
}

/**
 * The period that a date range means, in days of the site's zone.
 *
 * - `day`, `7d` … `90d`: that many days, today the last of them.
 * - `month`, `6mo`, `12mo`, `year`: from the first day of the month (of the first of six or twelve months, of the
 *   year) to today: days to come hold nothing and would read as a fall.
 * - `all`: from the first day with data to today, or to the last day with data where that is later.
 * - `[from, to]`: inclusive dates, or half-open instants with offset.
 *
 * @throws {QuestionError} for an impossible or reversed pair.
 */
export function resolveRange(range: DateRange, { zone, now, available }: RangeContext): Period {
  if (typeof range !== 'string') return explicitPeriod(range[0], range[1], zone, 'date_range')
  const today = zone.dayOf(now)
  const days = ROLLING_DAYS[range]
  if (days !== undefined) return wholeDays(zone.shift(today, 1 - days), today)
  const months = CALENDAR_MONTHS[range]
  const date = Temporal.PlainDate.from(today)
  if (months !== undefined) {
    return wholeDays(
      date
        .with({ day: 1 })
        .subtract({ months: months - 1 })
        .toString(),
      today,
    )
  }
  if (range === 'year') return wholeDays(date.with({ month: 1, day: 1 }).toString(), today)
  if (!available) return wholeDays(today, today)
  const [first = today, , last = today] = [available.from, today, available.to].sort()
  return wholeDays(first, last)
}
