import type { Filter, QueryAnswer, QueryRequest, QueryRow } from '../../server/reports/contract.ts'
import { boundsOf, type Days, parseRange } from '../src/shared/range/range.ts'
import { channelsOf, sideOf } from '../src/shared/sides.ts'
import { addDays, addMonths, countDays, startOfMonth, weekday } from '../src/shared/time/days.ts'
import { type Cell, UNMEASURED } from './fixture-data.ts'

type Counts = [arrivals: number, clicks: number, pageviews: number, botHits: number]
const METRICS: Record<string, number> = { arrivals: 0, clicks: 1, pageviews: 2, bot_hits: 3 }

/** Answers a question from made-up cells, near enough to the service to develop against. */
export function answer(question: QueryRequest, all: Cell[], today: string): QueryAnswer {
  const dimensions = question.dimensions ?? []
  const first = all[0]?.day
  const available = first === undefined ? null : { from: first, to: all.at(-1)?.day ?? first }
  const range =
    typeof question.date_range === 'string' ? parseRange(question.date_range) : question.date_range
  const days = boundsOf(range, today, available && [available.from, today]) ?? [today, today]
  const before = comparisonOf(question, days)
  const named = (name: string) =>
    dimensions.includes(name) || JSON.stringify(question.filters ?? []).includes(`"${name}"`)
  const earliest = before === null || days[0] < before[0] ? days[0] : before[0]
  const cells = all
    .filter((cell) => cell.day >= earliest)
    .map((cell) => withSide(cell, question))
    .filter((cell) => (question.filters ?? []).every((filter) => fits(cell, filter)))
  const unmeasured = named('landing_page') && cells.length > 0
  const now = group(cells, days, dimensions)
  const then = before === null ? null : group(cells, before, dimensions)
  const lone = dimensions.length === 1 && dimensions[0]?.startsWith('time:')
  const labels = lone ? buckets(days, dimensions[0] ?? '') : []
  const keys = lone
    ? labels
    : [...new Set([...now.keys(), ...(then?.keys() ?? [])])].filter((key) => now.has(key))
  const thenLabels = lone && before !== null ? buckets(before, dimensions[0] ?? '') : []
  const row = (key: string, position: number): QueryRow => {
    const values = dimensions.length === 0 ? [] : key.split('\u0000')
    const unknown =
      unmeasured &&
      (cells.every((cell) => cell.pageviews === 0) ||
        (values[dimensions.indexOf('landing_page')] ?? '').startsWith(UNMEASURED))
    const figures = (counts: Counts | undefined) =>
      question.metrics.map((metric) =>
        unknown && (metric === 'arrivals' || metric === 'pageviews')
          ? null
          : (counts?.[METRICS[metric] ?? 0] ?? 0),
      )
    const old = lone ? thenLabels[position] : key
    return {
      dimensions: values,
      metrics: figures(now.get(key)),
      ...(then === null
        ? {}
        : {
            compare: {
              metrics: old === undefined ? question.metrics.map(() => null) : figures(then.get(old)),
            },
          }),
    }
  }
  const rows = (dimensions.length === 0 ? [''] : keys).map(row)
  if (!lone)
    rows.sort(
      (a, b) => (b.metrics[0] ?? -1) - (a.metrics[0] ?? -1) || (b.metrics[1] ?? 0) - (a.metrics[1] ?? 0),
    )
  const offset = question.offset ?? 0
  return {
    results: rows.slice(offset, offset + (question.limit ?? 100)),
    meta: {
      timezone: 'Asia/Kuala_Lumpur',
      from: days[0],
      to: days[1],
      completeUntil: new Date(Date.now() - 2_000).toISOString(),
      rulesVersion: 1,
      totalRows: rows.length,
      warnings: [],
      available,
    },
    query: {
      site: question.site ?? 'default',
      metrics: question.metrics,
      dimensions,
      filters: question.filters ?? [],
      date_range: days,
      order_by: question.order_by ?? [],
      sides: question.sides ?? 'organic',
      limit: question.limit ?? 100,
      offset,
      compare: before,
    },
  }
}

function comparisonOf(question: QueryRequest, [from, to]: Days): Days | null {
  if (question.compare === undefined) return null
  if (typeof question.compare !== 'string') return question.compare
  const length = countDays(from, to)
  return question.compare === 'previous'
    ? [addDays(from, -length), addDays(from, -1)]
    : [addMonths(from, -12), addMonths(to, -12)]
}

function withSide(cell: Cell, question: QueryRequest): Cell {
  const side = sideOf(cell.dimensions.channel ?? '', channelsOf(question.sides ?? 'organic'))
  const name = side === 'search' ? 'Search' : side === 'social' ? 'Social' : 'Other'
  return { ...cell, dimensions: { ...cell.dimensions, side: name } }
}

function fits(cell: Cell, filter: Filter): boolean {
  if (filter[0] === 'and') return filter[1].every((one) => fits(cell, one))
  if (filter[0] === 'or') return filter[1].some((one) => fits(cell, one))
  if (filter[0] === 'not') return !fits(cell, filter[1])
  const [operator, dimension, values] = filter
  const value = cell.dimensions[dimension] ?? '(unknown)'
  if (operator === 'is') return values.includes(value)
  if (operator === 'is_not') return !values.includes(value)
  return values.some((one) => value.toLowerCase().includes(one.toLowerCase()))
}

function group(cells: Cell[], [from, to]: Days, dimensions: string[]): Map<string, Counts> {
  const groups = new Map<string, Counts>()
  for (const cell of cells) {
    if (cell.day < from || cell.day > to) continue
    const key = dimensions
      .map((name) =>
        name.startsWith('time:') ? label(cell.day, cell.hour, name) : (cell.dimensions[name] ?? '(unknown)'),
      )
      .join('\u0000')
    const counts = groups.get(key) ?? [0, 0, 0, 0]
    counts[0] += cell.arrivals
    counts[1] += cell.clicks
    counts[2] += cell.pageviews
    counts[3] += cell.botHits
    groups.set(key, counts)
  }
  // A group that only machines made has no row, unless they were asked for.
  for (const [key, counts] of groups) {
    if (
      !dimensions.some((name) => ['traffic', 'traffic_reason', 'outcome'].includes(name)) &&
      counts.every((count) => count === 0)
    )
      groups.delete(key)
  }
  return groups
}

function label(day: string, hour: number, dimension: string): string {
  if (dimension === 'time:hour') return `${day}T${String(hour).padStart(2, '0')}:00+08:00`
  if (dimension === 'time:week') return addDays(day, 1 - weekday(day))
  return dimension === 'time:month' ? startOfMonth(day) : day
}

function buckets([from, to]: Days, dimension: string): string[] {
  const found = new Set<string>()
  for (let day = from; day <= to; day = addDays(day, 1)) {
    for (let hour = 0; hour < (dimension === 'time:hour' ? 24 : 1); hour += 1)
      found.add(label(day, hour, dimension))
  }
  return [...found]
}
