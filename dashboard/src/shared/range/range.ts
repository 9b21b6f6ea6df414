import type { DateRange, QueryRequest } from '../../../../server/reports/contract.ts'
import type { Grain } from '../time/days.ts'
import { addDays, addMonths, countDays, isDay, startOfMonth } from '../time/days.ts'

/** The ranges that the query API knows by name. */
export const PRESETS = [
  { name: 'day', label: 'Today' },
  { name: '7d', label: 'Last 7 days' },
  { name: '28d', label: 'Last 28 days' },
  { name: '30d', label: 'Last 30 days' },
  { name: '90d', label: 'Last 90 days' },
  { name: 'month', label: 'This month' },
  { name: '6mo', label: 'Last 6 months' },
  { name: '12mo', label: 'Last 12 months' },
  { name: 'year', label: 'This year' },
  { name: 'all', label: 'All time' },
] as const

export type Preset = (typeof PRESETS)[number]['name']
export type Days = [from: string, to: string]
export type Range = Preset | Days
export type Comparison = 'previous' | 'year' | 'off' | Days

/** Four whole weeks: a comparison with the four before it sets the same weekdays side by side. */
export const DEFAULT_RANGE = '28d' satisfies Preset
export const DEFAULT_COMPARISON = 'previous' satisfies Comparison

const isPreset = (text: string): text is Preset => PRESETS.some((preset) => preset.name === text)

/** `2026-01-31..2026-02-07` as two days; null where they do not exist or run backwards. */
export function parseDays(text: string): Days | null {
  const [from = '', to = '', ...rest] = text.split('..')
  return rest.length === 0 && isDay(from) && isDay(to) && from <= to ? [from, to] : null
}

export function parseRange(text: string | undefined): Range {
  if (text === undefined) return DEFAULT_RANGE
  return isPreset(text) ? text : (parseDays(text) ?? DEFAULT_RANGE)
}

export function parseComparison(text: string | undefined): Comparison {
  if (text === undefined) return DEFAULT_COMPARISON
  if (text === 'previous' || text === 'year' || text === 'off') return text
  return parseDays(text) ?? DEFAULT_COMPARISON
}

/** The inverse of `parseRange` and `parseComparison`: undefined for the default, which the address leaves out. */
export function formatRange(range: Range | Comparison, fallback: string): string | undefined {
  const text = Array.isArray(range) ? range.join('..') : range
  return text === fallback ? undefined : text
}

/** First and last day of a range, for a calendar and for choosing a grain; null for `all` while nothing is known. */
export function boundsOf(range: Range, today: string, available: Days | null): Days | null {
  if (Array.isArray(range)) return range
  if (range === 'all') return available
  if (range === 'day') return [today, today]
  if (range === 'month') return [startOfMonth(today), today]
  if (range === 'year') return [`${today.slice(0, 4)}-01-01`, today]
  if (range.endsWith('mo')) return [startOfMonth(addMonths(today, 1 - Number.parseInt(range, 10))), today]
  return [addDays(today, 1 - Number.parseInt(range, 10)), today]
}

export function rangeLabel(range: Range): string {
  if (Array.isArray(range)) return 'Custom'
  return PRESETS.find((preset) => preset.name === range)?.label ?? range
}

/** The grain that shows a range best: about 12 to 90 points. */
export function grainFor(bounds: Days): Grain {
  const days = countDays(...bounds)
  if (days <= 2) return 'hour'
  if (days <= 92) return 'day'
  return days <= 400 ? 'week' : 'month'
}

/** Grains worth choosing for a range: at least two points, at most 800 (the API's own limit is 10,000). */
export function grainsFor(bounds: Days): Grain[] {
  const days = countDays(...bounds)
  const points: [Grain, number][] = [
    ['hour', days * 24],
    ['day', days],
    ['week', days / 7],
    ['month', days / 28],
  ]
  const useful = points.filter(([, length]) => length >= 2 && length <= 800).map(([grain]) => grain)
  return useful.length === 0 ? [grainFor(bounds)] : useful
}

/** The date part of a question. All time has nothing before it, so only a comparison by dates goes with it. */
export function dateQuestion(
  range: Range,
  comparison: Comparison,
): { date_range: DateRange } & Pick<QueryRequest, 'compare'> {
  const without = comparison === 'off' || (range === 'all' && !Array.isArray(comparison))
  return { date_range: range, ...(without ? {} : { compare: comparison }) }
}
