import type { QueryRow } from './contract.ts'
import { hostOf, LANDING_PAGE } from './plan/hosts.ts'
import type { PeriodPlan, Plan } from './plan/plan.ts'
import { type Order, timeAxis } from './question.ts'
import { whenNothing } from './registry/metric.ts'

/** A row as the engine gives it: d0…, m0…, c0…, by name. */
export type EngineRow = Record<string, string | number | null>

type Figures = (number | null)[]

/** Rows of a page, matched by the engine with the period compared with. */
export function pageRows(plan: Plan, rows: readonly EngineRow[]): QueryRow[] {
  const { question, main, compare } = plan
  const axis = timeAxis(question)
  return rows.map((row) => {
    const keys = question.dimensions.map((_, index) => row[`d${index}`] ?? null)
    const position = axis ? Number(keys[axis.index]) : 0
    const dimensions = keys.map((key, index) =>
      index === axis?.index ? (main.buckets[position]?.label ?? '') : String(key),
    )
    const metrics = figures(plan, main, row, 'm', dimensions)
    if (!compare) return { dimensions, metrics }
    const beyond = axis !== null && position >= compare.buckets.length
    const before = row.matched ? row : undefined
    return {
      dimensions,
      metrics,
      compare: {
        metrics: beyond ? metrics.map(() => null) : figures(plan, compare, before, 'c', dimensions),
      },
    }
  })
}

/**
 * Every step of a time axis, in the question's order: 0 where nothing happened, null in the period compared with
 * where that is shorter. Without an axis, the one row of totals.
 */
export function axisRows(
  plan: Plan,
  rows: readonly EngineRow[],
  compared: readonly EngineRow[] | null,
): QueryRow[] {
  const { question, main, compare } = plan
  const axis = timeAxis(question)
  const labels = axis ? main.buckets.map(({ label }) => [label]) : [[]]
  const mine = byPosition(rows)
  const theirs = byPosition(compared ?? [])
  const all = labels.map((dimensions, position) => {
    const metrics = figures(plan, main, mine.get(position), 'm', dimensions)
    if (!compare) return { position, dimensions, metrics }
    const beyond = axis !== null && position >= compare.buckets.length
    const before = figures(plan, compare, theirs.get(position), 'm', dimensions)
    return { position, dimensions, metrics, compare: { metrics: beyond ? before.map(() => null) : before } }
  })
  all.sort((a, b) => inOrder(question.order, a, b))
  return all.map(({ position: _, ...row }) => row)
}

function byPosition(rows: readonly EngineRow[]): Map<number, EngineRow> {
  return new Map(rows.map((row) => [Number(row.d0 ?? 0), row]))
}

/** A row that the engine does not have counted nothing: 0, or null where nothing can be known. */
function figures(
  { question }: Plan,
  { pages }: PeriodPlan,
  row: EngineRow | undefined,
  prefix: 'm' | 'c',
  dimensions: readonly string[],
): Figures {
  const page = question.dimensions.findIndex(({ name }) => name === LANDING_PAGE)
  const known = !pages || (page < 0 ? pages.measured : pages.hosts.includes(hostOf(dimensions[page] ?? '')))
  return question.metrics.map((metric, index) => {
    if (metric.ofPages && !known) return null
    if (metric.ofMeasured && pages?.hosts.length === 0) return null
    if (!row) return whenNothing(metric)
    const figure = row[`${prefix}${index}`] ?? null
    return figure === null ? null : Number(figure)
  })
}

interface Placed {
  position: number
  metrics: Figures
}

function inOrder(order: readonly Order[], a: Placed, b: Placed): number {
  for (const { by, direction } of order) {
    const [x, y] =
      by.kind === 'dimension' ? [a.position, b.position] : [a.metrics[by.index], b.metrics[by.index]]
    if (x === y) continue
    if (x === null || x === undefined) return 1
    if (y === null || y === undefined) return -1
    return direction === 'asc' ? x - y : y - x
  }
  return a.position - b.position
}
