import { type AnswerContext, answerQuestion } from '../answer.ts'
import type { DateRange, QueryMeta } from '../contract.ts'
import type { Condition, Question } from '../question.ts'
import { FILTER_DIMENSIONS, type TextDimension } from '../registry/dimensions.ts'
import { just, type Metric } from '../registry/metric.ts'
import { METRICS } from '../registry/metrics.ts'
import { OPERATORS } from '../registry/operators.ts'
import type { Counted } from './compared.ts'

/** What is counted: a site's sessions of some days, and which of them reached the goal. */
export interface Count {
  question: Question
  /** Of the conversions, never of the sessions; null for any goal. */
  goal: string | null
  /** Of the sessions, beside those of the question, AND-ed. */
  conditions: readonly Condition[]
  /** Where they are not those of the question. */
  dateRange?: DateRange
}

/** Sessions and those that converted, altogether. */
export async function countTogether(
  count: Count,
  context: AnswerContext,
): Promise<{ counted: Counted; meta: QueryMeta }> {
  const answer = await answerQuestion(questionOf(count, [converting(), SESSIONS]), context)
  return { counted: counted(answer.results[0]?.metrics), meta: answer.meta }
}

/** The same for each of some values of a dimension; a value without sessions is left out. */
export async function countEach(
  count: Count,
  dimension: TextDimension,
  values: readonly string[],
  context: AnswerContext,
): Promise<ReadonlyMap<string, Counted>> {
  const conditions = [...count.conditions, isOneOf(dimension, values)]
  const question = {
    ...questionOf({ ...count, conditions }, [converting(), SESSIONS]),
    dimensions: [dimension],
    limit: values.length,
  }
  const { results } = await answerQuestion(question, context)
  return new Map(results.map(({ dimensions: [key = ''], metrics }) => [key, counted(metrics)]))
}

/** The values of a dimension with most sessions, and how many values there are. */
export async function largestValues(
  count: Count,
  dimension: TextDimension,
  limit: number,
  context: AnswerContext,
): Promise<{ values: string[]; total: number }> {
  const question = { ...questionOf({ ...count, goal: null }, [SESSIONS]), dimensions: [dimension], limit }
  const { results, meta } = await answerQuestion(question, context)
  return { values: results.map(({ dimensions: [value = ''] }) => value), total: meta.totalRows }
}

/** How many sessions there are. */
export async function countSessions(count: Count, context: AnswerContext): Promise<number> {
  const question = questionOf({ ...count, goal: null }, [SESSIONS])
  return (await answerQuestion(question, context)).results[0]?.metrics[0] ?? 0
}

function questionOf({ question, goal, conditions, dateRange }: Count, metrics: readonly Metric[]): Question {
  const ofGoal = goal === null ? [] : [isOneOf(dimensionNamed('goal'), [goal])]
  return {
    ...question,
    metrics,
    conditions: [...question.conditions, ...conditions, ...ofGoal],
    dateRange: dateRange ?? question.dateRange,
    order: [{ by: { kind: 'metric', index: metrics.length - 1 }, direction: 'desc' }],
  }
}

function counted(metrics: readonly (number | null)[] = []): Counted {
  const [k, n] = metrics
  if (n === null || n === undefined) return null
  // A session that came between the two counts of one statement must not convert more often than it was there.
  return { k: Math.min(k ?? 0, n), n }
}

function isOneOf(dimension: TextDimension, values: readonly string[]): Condition {
  const operator = OPERATORS.get('is')
  if (!operator) throw new Error('there is no operator is')
  return { kind: 'test', operator, dimension, values, field: '' }
}

function dimensionNamed(name: string): TextDimension {
  const dimension = FILTER_DIMENSIONS.get(name)
  if (!dimension) throw new Error(`there is no dimension ${name}`)
  return dimension
}

function metricNamed(name: string): Metric {
  const metric = METRICS.get(name)
  if (!metric) throw new Error(`there is no metric ${name}`)
  return metric
}

function converting(): Metric {
  return metricNamed('converting_sessions')
}

/** The sessions below a conversion rate, which naming a goal does not restrict. */
const SESSIONS: Metric = {
  ...metricNamed('sessions'),
  figures: metricNamed('conversion_rate').figures.filter(({ table }) => table === 'sessions'),
  value: just,
}
