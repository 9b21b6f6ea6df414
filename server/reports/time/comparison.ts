import { Temporal } from 'temporal-polyfill'
import type { LocalDays } from '../../domain/time/local-day.ts'
import type { DateRange, QueryRequest } from '../contract.ts'
import { dayCount, explicitPeriod, type Period, wholeDays } from './period.ts'

const CALENDAR_NAMES: readonly DateRange[] = ['month', '6mo', '12mo']

/**
 * The period that `period` is compared with.
 *
 * - `previous`: the same number of days just before. A range of calendar months (`month`, `6mo`, `12mo`, or dates from
 *   the first of a month to the last of one) moves back by its own number of months: eleven days of a month stand
 *   beside the first eleven of the month before, a whole month beside a whole month, whatever their lengths. `year`
 *   moves back by a year. Between instants: the same duration just before.
 * - `year`: the same dates a year earlier, 29 February beside 28 February; the end of a month stays one.
 * - `[from, to]`: as in `date_range`.
 *
 * @throws {QuestionError} for an impossible or reversed pair.
 */
export function resolveComparison(
  compare: NonNullable<QueryRequest['compare']>,
  range: DateRange,
  period: Period,
  zone: LocalDays,
): Period {
  if (typeof compare !== 'string') return explicitPeriod(compare[0], compare[1], zone, 'compare')
  if (period.instants) {
    const { start, end } = period.instants
    if (compare === 'previous') return betweenInstants(start - (end - start), start, zone)
    return betweenInstants(yearEarlier(start, zone), yearEarlier(end, zone), zone)
  }
  if (compare === 'year') return monthsEarlier(period, 12)
  if (range === 'year') return monthsEarlier(period, 12)
  if (isCalendarMonths(range, period)) return monthsEarlier(period, monthCount(period))
  return wholeDays(zone.shift(period.firstDay, -dayCount(period)), zone.shift(period.firstDay, -1))
}

function isCalendarMonths(range: DateRange, period: Period): boolean {
  if (CALENDAR_NAMES.includes(range)) return true
  return (
    Temporal.PlainDate.from(period.firstDay).day === 1 && endsMonth(Temporal.PlainDate.from(period.lastDay))
  )
}

function monthCount({ firstDay, lastDay }: Period): number {
  const first = Temporal.PlainDate.from(firstDay).toPlainYearMonth()
  return (
    first.until(Temporal.PlainDate.from(lastDay).toPlainYearMonth(), { largestUnit: 'months' }).months + 1
  )
}

function monthsEarlier({ firstDay, lastDay }: Period, months: number): Period {
  const from = Temporal.PlainDate.from(firstDay)
  const to = Temporal.PlainDate.from(lastDay)
  const last = to.subtract({ months })
  const keepsEnd = from.day === 1 && endsMonth(to)
  return wholeDays(
    from.subtract({ months }).toString(),
    (keepsEnd ? last.with({ day: last.daysInMonth }) : last).toString(),
  )
}

function endsMonth(date: Temporal.PlainDate): boolean {
  return date.day === date.daysInMonth
}

function yearEarlier(time: number, zone: LocalDays): number {
  return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone.timezone).subtract({ years: 1 })
    .epochMilliseconds
}

function betweenInstants(start: number, end: number, zone: LocalDays): Period {
  const written = (time: number) =>
    Temporal.Instant.fromEpochMilliseconds(time).toString({ timeZone: zone.timezone })
  return {
    firstDay: zone.dayOf(start),
    lastDay: zone.dayOf(end - 1),
    instants: { start, end },
    from: written(start),
    to: written(end),
  }
}
