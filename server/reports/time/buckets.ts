import { Temporal } from 'temporal-polyfill'
import type { LocalDays } from '../../domain/time/local-day.ts'
import { dayCount, instantsOf, type Period } from './period.ts'

export const TIME_UNITS = ['hour', 'day', 'week', 'month'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]

/** More would be no chart: by hour this is 416 days. */
export const MAX_BUCKETS = 10_000

const HOUR_MS = 3_600_000
const HOURS_PER_BUCKET: Record<TimeUnit, number> = { hour: 1, day: 24, week: 168, month: 672 }

/** One step of a time axis. */
export interface Bucket {
  /** `2026-10-25T02:00:00+02:00`, `2026-10-25`; a week by its Monday, a month by its first day. */
  label: string
  /** Unix milliseconds of its first instant, which may lie before the period's. */
  start: number
}

/** Whether a period makes more buckets than may be asked for; says so without making them. */
export function tooManyBuckets(unit: TimeUnit, period: Period, zone: LocalDays): boolean {
  const { start, end } = instantsOf(period, zone)
  if (unit === 'hour') return end - start > MAX_BUCKETS * HOUR_MS
  return (dayCount(period) * 24) / HOURS_PER_BUCKET[unit] > MAX_BUCKETS
}

/**
 * The time axis of a period in the site's zone, ascending and without gaps. A local hour that happens twice (the clock
 * goes back) makes two buckets, told apart by their offset; one that does not happen makes none.
 */
export function bucketsOf(unit: TimeUnit, period: Period, zone: LocalDays): Bucket[] {
  if (unit === 'hour') return hours(period, zone)
  const step = { day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 } }[unit]
  const buckets: Bucket[] = []
  for (let day = firstBucketDay(unit, period.firstDay); ; day = day.add(step)) {
    const label = day.toString()
    if (label > period.lastDay) return buckets
    buckets.push({ label, start: zone.bounds(label).start })
  }
}

function firstBucketDay(unit: TimeUnit, day: string): Temporal.PlainDate {
  const date = Temporal.PlainDate.from(day)
  if (unit === 'week') return date.subtract({ days: date.dayOfWeek - 1 })
  return unit === 'month' ? date.with({ day: 1 }) : date
}

/** Between two changes of the zone's offset hours are plain arithmetic; only the changes are looked up. */
function hours(period: Period, zone: LocalDays): Bucket[] {
  const { start, end } = instantsOf(period, zone)
  const buckets: Bucket[] = []
  let time = start
  while (time < end) {
    const moment = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone.timezone)
    const change = moment.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY
    const offset = moment.offsetNanoseconds / 1e6
    const segmentEnd = Math.min(end, change)
    for (let hour = floorTo(time + offset, HOUR_MS) - offset; hour < segmentEnd; hour += HOUR_MS) {
      const label = `${new Date(hour + offset).toISOString().slice(0, 13)}:00:00${moment.offset}`
      // Where the clock turned by half an hour (Lord Howe), the hour's beginning lies before the turn.
      buckets.push({ label, start: buckets.length === 0 ? hour : Math.max(hour, time) })
    }
    time = segmentEnd
  }
  return buckets
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step
}
