import { Temporal } from 'temporal-polyfill'
import { type Country, type Habit, PEOPLE } from './facts.ts'
import { DAY_MS, HOUR_MS } from './plan.ts'
import { type Random, type Weighted, weighted } from './random.ts'

/** How awake and curious the countries are in one hour. */
export interface HourOfWorld {
  /** Visits beside those of other hours; 1 on average. */
  level: Record<Habit, number>
  /** Where somebody who comes now lives. */
  countryOf(habit: Habit, random: Random): Country
}

const HABITS = ['search', 'social'] as const
const SHARES = PEOPLE.countries.reduce((sum, { share }) => sum + share, 0)
const HOURS_SUM = {
  search: PEOPLE.hours.search.reduce((sum, share) => sum + share, 0),
  social: PEOPLE.hours.social.reduce((sum, share) => sum + share, 0),
}

/** The rhythm of days and weeks, each country by its own clock, in the hour that holds `time`. */
export function worldAt(time: number): HourOfWorld {
  const clocks = PEOPLE.countries.map(({ zone }) => {
    const local = time + offsetOf(zone, time)
    return {
      hour: Math.floor(local / HOUR_MS) % 24,
      // The first of January 1970 was a Thursday.
      weekday: (Math.floor(local / DAY_MS) + 4) % 7,
    }
  })
  const tables = Object.fromEntries(
    HABITS.map((habit) => {
      const weights = PEOPLE.countries.map(({ share }, index) => {
        const { hour = 0, weekday = 0 } = clocks[index] ?? {}
        const byHour = ((PEOPLE.hours[habit][hour] ?? 0) * 24) / HOURS_SUM[habit]
        return (share / SHARES) * byHour * (PEOPLE.weekdays[habit][weekday] ?? 0)
      })
      return [habit, weights]
    }),
  ) as Record<Habit, number[]>
  const table = (habit: Habit): Weighted<Country> =>
    weighted(PEOPLE.countries, (country) => tables[habit][PEOPLE.countries.indexOf(country)] ?? 0)
  const countries = { search: table('search'), social: table('social') }
  const sum = (weights: number[]) => weights.reduce((total, weight) => total + weight, 0)
  return {
    level: { search: sum(tables.search), social: sum(tables.social) },
    countryOf: (habit, random) => random.pick(countries[habit]),
  }
}

const offsets = new Map<string, number>()
const MAX_OFFSETS = 10_000

/** Milliseconds that a zone is ahead of UTC, by the day: on the day of a change an hour may be off. */
function offsetOf(zone: string, time: number): number {
  const day = Math.floor(time / DAY_MS)
  const key = `${zone}/${day}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    offset =
      Temporal.Instant.fromEpochMilliseconds(day * DAY_MS + DAY_MS / 2).toZonedDateTimeISO(zone)
        .offsetNanoseconds / 1e6
    if (offsets.size >= MAX_OFFSETS) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}
