/** Calendar arithmetic on `YYYY-MM-DD` texts, free of time zones: a local day is a name, not an instant. */

const DAY_MS = 86_400_000
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/

/** The length of one step of a time axis. */
export type Grain = 'hour' | 'day' | 'week' | 'month'

/** True for an existing calendar day written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return SHAPE.test(text) && dayOf(toUtc(text)) === text
}

/** Midnight UTC of a day's name, in Unix milliseconds: only for arithmetic and for formatting with zone UTC. */
export function toUtc(day: string): number {
  const match = SHAPE.exec(day)
  if (match === null) return Number.NaN
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
}

function dayOf(utc: number): string {
  return Number.isNaN(utc) ? '' : new Date(utc).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return dayOf(toUtc(day) + days * DAY_MS)
}

/** The same day of another month, or that month's last day where it has no such day. */
export function addMonths(day: string, months: number): string {
  const date = new Date(toUtc(day))
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  return dayOf(first + (Math.min(date.getUTCDate(), daysInMonth(dayOf(first))) - 1) * DAY_MS)
}

export function startOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`
}

export function daysInMonth(day: string): number {
  const date = new Date(toUtc(day))
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

/** Days from one day to the other, both counted: 1 for the same day. */
export function countDays(from: string, to: string): number {
  return Math.round((toUtc(to) - toUtc(from)) / DAY_MS) + 1
}

/** 1 for Monday … 7 for Sunday. */
export function weekday(day: string): number {
  return new Date(toUtc(day)).getUTCDay() || 7
}

/** The local day of an instant in a zone; in UTC where the browser does not know the zone. */
export function dayIn(timezone: string, instant: Date = new Date()): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: timezone }).format(instant)
  } catch {
    return dayOf(instant.getTime())
  }
}

/** Rows of seven days that cover a month, from the given first weekday (1 = Monday); always six rows. */
export function monthGrid(month: string, firstWeekday: number): string[][] {
  const first = startOfMonth(month)
  const lead = (weekday(first) - firstWeekday + 7) % 7
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => addDays(first, week * 7 + day - lead)),
  )
}
