import type { z } from 'zod'
import type { Rate } from '../../domain/stats/rate.ts'
import type { Filter } from '../contract.ts'
import { issueProblems } from '../parse/issues.ts'
import { parseQuestion } from '../parse/question.ts'
import { type FieldProblem, QuestionError } from '../problems.ts'
import type { Condition, Question } from '../question.ts'
import { FILTER_DIMENSIONS, type TextDimension } from '../registry/dimensions.ts'
import { countsSchema, sidesSchema } from './schema.ts'

/** Two sets of sessions to compare, understood. The goal waits for the site's list. */
export interface SidesAsked {
  /** Site, range, sides and the filters of both sides; asks for nothing yet. */
  question: Question
  goal: string | null
  a: SideAsked
  /** Null: `a` in the period before, weekday by weekday. */
  b: SideAsked | null
  split: TextDimension | null
  limit: number
}

export interface SideAsked {
  name: string | null
  conditions: readonly Condition[]
  /** As they were written. */
  filters: readonly Filter[]
}

export type Asked = { kind: 'counts'; a: Rate; b: Rate } | { kind: 'sides'; asked: SidesAsked }

/**
 * Reads the body of a comparison: figures of one's own where a side has `k` or `n`, else sets of sessions.
 *
 * @throws {QuestionError} with every problem found, each naming its field (`a.n`, `b.filters[0][1]`).
 */
export function parseComparison(body: unknown): Asked {
  if (hasCounts(body)) {
    const read = countsSchema.safeParse(body)
    if (!read.success) throw new QuestionError(read.error.issues.flatMap((issue) => issueProblems(issue)))
    return { kind: 'counts', ...read.data }
  }
  return { kind: 'sides', asked: parseSides(body) }
}

function hasCounts(body: unknown): boolean {
  if (!isObject(body)) return false
  return [body.a, body.b].some((side) => isObject(side) && ('k' in side || 'n' in side))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseSides(body: unknown): SidesAsked {
  const shape = sidesSchema.safeParse(body)
  if (!shape.success) throw new QuestionError(shape.error.issues.flatMap((issue) => issueProblems(issue)))
  const asked = shape.data
  const problems: FieldProblem[] = []
  if (!asked.b && !asked.baseline) {
    const message =
      'Say what a is compared with: another side, or baseline: "weekdays" for the period before.'
    problems.push({ field: 'b', message })
  }
  if (asked.b && asked.baseline)
    problems.push({ field: 'baseline', message: 'A baseline takes the place of b: leave one of them out.' })
  const { site, date_range, sides } = asked
  const about = (filters: readonly unknown[], place: string) =>
    questionAbout({ site, date_range, sides, filters }, place, problems)
  const question = about(asked.filters, '')
  const side = (given: z.infer<typeof sidesSchema>['a'], place: string): SideAsked => {
    const { conditions, filters } = about(given.filters, place) ?? { conditions: [], filters: [] }
    return { name: given.name ?? null, conditions: conditions.map((one) => placed(one, place)), filters }
  }
  const a = side(asked.a, 'a.')
  const b = asked.b ? side(asked.b, 'b.') : null
  if (problems.length > 0 || !question) throw new QuestionError(problems)
  const split = (asked.split && FILTER_DIMENSIONS.get(asked.split)) || null
  return { question, goal: asked.goal ?? null, a, b, split, limit: asked.limit }
}

/** A question with some filters, by the query's own reader; what is wrong with the filters of a side, by their place. */
function questionAbout(
  body: Record<string, unknown>,
  place: string,
  problems: FieldProblem[],
): Question | null {
  try {
    return parseQuestion({ ...body, metrics: ['conversion_rate'] })
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    for (const problem of error.problems) {
      const ofFilters = problem.field.startsWith('filters')
      // What is wrong elsewhere has been said with the filters of both sides.
      if (ofFilters || place === '')
        problems.push({ ...problem, field: (ofFilters ? place : '') + problem.field })
    }
    return null
  }
}

/** A condition whose fields are named by where it stands. */
function placed(condition: Condition, place: string): Condition {
  if (condition.kind === 'test') return { ...condition, field: place + condition.field }
  if (condition.kind === 'not') return { ...condition, part: placed(condition.part, place) }
  return { ...condition, parts: condition.parts.map((part) => placed(part, place)) }
}
