import type { z } from 'zod'
import { parseFilters } from '../parse/filters.ts'
import { issueProblems } from '../parse/issues.ts'
import { type FieldProblem, QuestionError } from '../problems.ts'
import { type Condition, testsOf } from '../question.ts'
import { FILTER_DIMENSIONS } from '../registry/dimensions.ts'
import type { Funnel } from './funnel.ts'
import { parseSteps } from './parse-steps.ts'
import { FUNNEL_DIMENSIONS, funnelSchema, MAX_WINDOW_DAYS, WINDOW_UNITS } from './schema.ts'

/**
 * Reads the body of a question about a way.
 *
 * @throws {QuestionError} with every problem found, each naming its field (`steps[2].page`).
 */
export function parseFunnel(body: unknown): Funnel {
  const shape = funnelSchema.safeParse(body)
  const problems = shape.success ? [] : shape.error.issues.flatMap((issue) => issueProblems(issue))
  if (!shape.success) {
    // What is wrong with the steps is worth saying at once, whatever else is.
    const steps: unknown = typeof body === 'object' && body !== null && 'steps' in body ? body.steps : null
    if (Array.isArray(steps) && !problems.some(({ field }) => field === 'steps')) parseSteps(steps, problems)
    throw new QuestionError(problems)
  }
  const asked = shape.data
  const steps = parseSteps(asked.steps, problems)
  const conditions = parseFilters(asked.filters, problems)
  problems.push(...notOfVisits(conditions))
  const window = windowOf(asked.window, problems)
  if (problems.length > 0) throw new QuestionError(problems)
  return {
    site: asked.site,
    steps,
    order: asked.order,
    window,
    dateRange: asked.date_range,
    conditions,
    split: (asked.split && FILTER_DIMENSIONS.get(asked.split)) || null,
    limit: asked.limit,
  }
}

function windowOf(
  window: z.infer<typeof funnelSchema>['window'],
  problems: FieldProblem[],
): Funnel['window'] {
  if (window === 'session') return window
  const milliseconds = window.value * WINDOW_UNITS[window.unit]
  if (milliseconds > MAX_WINDOW_DAYS * WINDOW_UNITS.days)
    problems.push({ field: 'window.value', message: `A way may take at most ${MAX_WINDOW_DAYS} days.` })
  return milliseconds
}

function notOfVisits(conditions: readonly Condition[]): FieldProblem[] {
  return testsOf(conditions).flatMap(({ dimension, field }) => {
    if (FUNNEL_DIMENSIONS.includes(dimension.name)) return []
    const message = `A way cannot be filtered by ${dimension.name}: filters look at the visit of the first step.`
    return [{ field: field.replace(/\[2\]$/, '[1]'), message, allowed: FUNNEL_DIMENSIONS }]
  })
}
