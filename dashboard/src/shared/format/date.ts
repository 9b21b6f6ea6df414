import { type Grain, toUtc } from '../time/days.ts'

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' })

const dayFull = utc({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
const dayPlain = utc({ day: 'numeric', month: 'short', year: 'numeric' })
const dayShort = utc({ day: 'numeric', month: 'short' })
const monthLong = utc({ month: 'long', year: 'numeric' })
const monthShort = utc({ month: 'short', year: 'numeric' })
const hourShort = utc({ hour: 'numeric', minute: '2-digit' })
const weekdayLong = utc({ weekday: 'long' })
const weekdayShort = utc({ weekday: 'short' })

export const day = (text: string): string => dayPlain.format(toUtc(text))
export const month = (text: string): string => monthLong.format(toUtc(text))
export const fullDay = (text: string): string => dayFull.format(toUtc(text))

/** A range of days as people write it: `3 – 9 Nov 2026`. */
export function dayRange(from: string, to: string): string {
  const start = toUtc(from.slice(0, 10))
  const end = toUtc(to.slice(0, 10))
  return Number.isNaN(start) || Number.isNaN(end) ? `${from} – ${to}` : dayPlain.formatRange(start, end)
}

/** Weekday names, long and short, in order from the given first weekday (1 = Monday). */
export function weekdays(first: number): { long: string; short: string }[] {
  return Array.from({ length: 7 }, (_, index) => {
    // 5 January 1970 was a Monday.
    const date = Date.UTC(1970, 0, 4 + first + index)
    return { long: weekdayLong.format(date), short: weekdayShort.format(date) }
  })
}

/** First weekday of the reader's locale, 1 = Monday; Monday where the browser cannot say. */
export function firstWeekday(): number {
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number }
    weekInfo?: { firstDay: number }
  }
  return locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 1
}

/** A label of a `time:…` dimension, short for an axis or in full for a table. Unknown shapes are shown as they are. */
export function bucket(label: string, grain: Grain, form: 'short' | 'full'): string {
  // `time:hour` carries the zone's offset: what is written before it is the local clock, which is what we show.
  const clock = /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}):(\d{2}))?/.exec(label)
  if (clock === null) return label
  const start = toUtc((clock[1] ?? '').length === 7 ? `${clock[1]}-01` : (clock[1] ?? ''))
  if (Number.isNaN(start)) return label
  const time = start + Number(clock[2] ?? 0) * 3_600_000 + Number(clock[3] ?? 0) * 60_000
  if (grain === 'hour') {
    return form === 'short' ? hourShort.format(time) : `${dayPlain.format(time)}, ${hourShort.format(time)}`
  }
  if (grain === 'month') return form === 'short' ? monthShort.format(time) : monthLong.format(time)
  if (grain === 'week' && form === 'full') return `Week of ${dayPlain.format(time)}`
  return form === 'short' ? dayShort.format(time) : dayFull.format(time)
}

/** An instant in a zone: date and time, with the zone's short name. */
export function instant(iso: string | number, timezone: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return String(iso)
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
  try {
    return new Intl.DateTimeFormat(undefined, { ...options, timeZone: timezone }).format(date)
  } catch {
    return new Intl.DateTimeFormat(undefined, options).format(date)
  }
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'short' })
const justNow = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago an instant was: `3 hr. ago`, `now` within the minute. */
export function ago(iso: string | number, now: number = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  if (Number.isNaN(seconds)) return ''
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return justNow.format(0, 'second')
}
