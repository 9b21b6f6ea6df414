import type { DateRange, Filter, QueryRequest, Sides } from './contract.ts'
import type { Dimension, TextDimension } from './registry/dimensions.ts'
import type { Metric } from './registry/metric.ts'
import type { Operator } from './registry/operators.ts'

/** A question that was understood: names resolved, defaults filled in. The range still waits for the site's zone. */
export interface Question {
  site: string
  metrics: readonly Metric[]
  dimensions: readonly Dimension[]
  /** AND-ed. */
  conditions: readonly Condition[]
  dateRange: DateRange
  compare: NonNullable<QueryRequest['compare']> | null
  /** Complete: what was asked for, or the default order. Ties are broken by the dimensions. */
  order: readonly Order[]
  sides: Sides
  limit: number
  offset: number
  /** The filters as they were written, for the answer's echo. */
  filters: Filter[]
}

export interface Order {
  by: { kind: 'metric'; index: number } | { kind: 'dimension'; index: number }
  direction: 'asc' | 'desc'
}

/** A filter as a tree of tests. */
export type Condition =
  | { kind: 'test'; operator: Operator; dimension: TextDimension; values: readonly string[]; field: string }
  | { kind: 'group'; operator: 'and' | 'or'; parts: readonly Condition[] }
  | { kind: 'not'; part: Condition }

/** Every test of some conditions, wherever it stands. */
export function testsOf(conditions: readonly Condition[]): Extract<Condition, { kind: 'test' }>[] {
  return conditions.flatMap((condition) => {
    if (condition.kind === 'test') return [condition]
    return testsOf(condition.kind === 'not' ? [condition.part] : condition.parts)
  })
}

/** Whether a question names a dimension, to split by it or to filter by it. */
export function names(question: Pick<Question, 'dimensions' | 'conditions'>, dimension: string): boolean {
  return (
    question.dimensions.some(({ name }) => name === dimension) ||
    testsOf(question.conditions).some((test) => test.dimension.name === dimension)
  )
}

/** Whether a question asks for goals that were reached. */
export function asksConversions({ metrics }: Pick<Question, 'metrics'>): boolean {
  return metrics.some(({ figures }) =>
    figures.some(({ table }) => table === 'conversions' || table === 'converting'),
  )
}

/** The one time axis of a question, and where it stands among its dimensions. */
export function timeAxis(question: Pick<Question, 'dimensions'>) {
  const index = question.dimensions.findIndex(({ kind }) => kind === 'time')
  const dimension = question.dimensions[index]
  return dimension?.kind === 'time' ? { index, dimension } : null
}
