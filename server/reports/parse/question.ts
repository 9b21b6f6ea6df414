import type { z } from 'zod'
import type { Filter } from '../contract.ts'
import { type FieldProblem, fieldName, QuestionError, shown } from '../problems.ts'
import { type Condition, type Order, type Question, testsOf } from '../question.ts'
import { DIMENSIONS, type Dimension, tablesCounted, tablesOf } from '../registry/dimensions.ts'
import { METRICS } from '../registry/metrics.ts'
import { parseFilters } from './filters.ts'
import { onBothSides, repeated } from './names.ts'
import { questionSchema } from './schema.ts'

type Shape = z.infer<typeof questionSchema>

/**
 * Reads the body of a query into a question.
 *
 * @throws {QuestionError} with every problem found, each naming its field.
 */
export function parseQuestion(body: unknown): Question {
  const shape = questionSchema.safeParse(body)
  if (!shape.success) throw new QuestionError(shape.error.issues.flatMap(toProblems))
  const asked = shape.data
  const problems: FieldProblem[] = [
    ...repeated(asked.metrics, 'metrics'),
    ...repeated(asked.dimensions, 'dimensions'),
    ...secondTime(asked.dimensions),
    ...onBothSides(asked.sides),
  ]
  const conditions = parseFilters(asked.filters, problems)
  const order = parseOrder(asked, problems)
  problems.push(...withoutTable(asked, conditions))
  if (problems.length > 0) throw new QuestionError(problems)
  return {
    site: asked.site,
    metrics: known(METRICS, asked.metrics),
    dimensions: known(DIMENSIONS, asked.dimensions),
    conditions,
    dateRange: asked.date_range,
    compare: asked.compare ?? null,
    order,
    sides: asked.sides,
    limit: asked.limit,
    offset: asked.offset,
    filters: asked.filters as Filter[],
  }
}

function known<Entry>(registry: ReadonlyMap<string, Entry>, names: readonly string[]): Entry[] {
  return names.flatMap((name) => registry.get(name) ?? [])
}

function secondTime(dimensions: readonly string[]): FieldProblem[] {
  const times = dimensions.flatMap((name, index) => (DIMENSIONS.get(name)?.kind === 'time' ? [index] : []))
  return times.slice(1).map((index) => ({
    field: `dimensions[${index}]`,
    message: 'A question has at most one time dimension.',
  }))
}

/** A metric can only be split and filtered by what its tables have. */
function withoutTable(asked: Shape, conditions: readonly Condition[]): FieldProblem[] {
  const metrics = known(METRICS, asked.metrics)
  const named: [field: string, dimension: Dimension][] = asked.dimensions.flatMap((name, index) => {
    const dimension = DIMENSIONS.get(name)
    return dimension ? [[`dimensions[${index}]`, dimension]] : []
  })
  for (const { field, dimension } of testsOf(conditions))
    named.push([field.replace(/\[2\]$/, '[1]'), dimension])
  return named.flatMap(([field, dimension]) => {
    const tables = tablesOf(dimension)
    const lacks = metrics.find((metric) => !tablesCounted(metric).every((table) => tables.includes(table)))
    if (!lacks) return []
    const message = `${lacks.name} (of ${tablesCounted(lacks).join(', ')}) has no ${dimension.name}, which exists for ${tables.join(', ')}.`
    return [{ field, message }]
  })
}

/** Time ascending where there is a time axis, else the first metric descending; what ties, by the dimensions. */
function parseOrder(asked: Shape, problems: FieldProblem[]): Order[] {
  const place = (name: string): Order['by'] | null => {
    const metric = asked.metrics.indexOf(name)
    if (metric >= 0) return { kind: 'metric', index: metric }
    const dimension = asked.dimensions.indexOf(name)
    return dimension >= 0 ? { kind: 'dimension', index: dimension } : null
  }
  if (!asked.order_by || asked.order_by.length === 0) {
    const time = asked.dimensions.findIndex((name) => DIMENSIONS.get(name)?.kind === 'time')
    if (time >= 0) return [{ by: { kind: 'dimension', index: time }, direction: 'asc' }]
    return [{ by: { kind: 'metric', index: 0 }, direction: 'desc' }]
  }
  problems.push(
    ...repeated(
      asked.order_by.map(([name]) => name),
      'order_by',
    ),
  )
  return asked.order_by.flatMap(([name, direction], index) => {
    const by = place(name)
    if (by) return [{ by, direction }]
    problems.push({
      field: `order_by[${index}][0]`,
      message: `${shown(name)} is neither a metric nor a dimension of this question.`,
      allowed: [...asked.metrics, ...asked.dimensions],
    })
    return []
  })
}

type Issue = z.core.$ZodIssue

function toProblems(issue: Issue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.path.length === 0 ? Object.keys(questionSchema.shape) : ['search', 'social']
    return issue.keys.map((key) => ({
      field: fieldName([...issue.path, key]),
      message: `There is no field ${shown(key)}.`,
      allowed,
    }))
  }
  if (issue.code === 'invalid_union') return unionProblems(issue)
  const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : null
  return [{ field: fieldName(issue.path), message: issue.message, ...(allowed && { allowed }) }]
}

/** Where one branch of a union got past the outermost value, what is wrong lies within; else all names are shown. */
function unionProblems(issue: Extract<Issue, { code: 'invalid_union' }>): FieldProblem[] {
  const inside = issue.errors.find((issues) =>
    issues.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  if (inside) return inside.flatMap((inner) => toProblems({ ...inner, path: [...issue.path, ...inner.path] }))
  const allowed = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []))
  return [{ field: fieldName(issue.path), message: issue.message, allowed }]
}
