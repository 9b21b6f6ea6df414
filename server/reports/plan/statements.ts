import { conditionsSql } from './conditions.ts'
import { metricsSql } from './figures.ts'
import { orderSql, type PeriodPlan, type Plan, type Statement } from './plan.ts'
import { scopeOf, termsOf, writing } from './scope.ts'
import { sourceOf } from './sources.ts'

/*
 * Columns of every answer: d0, d1 … the dimensions as asked (a time dimension as its position on the axis), m0, m1 …
 * the metrics as asked, c0, c1 … the metrics of the period compared with and `matched` whether it has the row, `total`
 * the number of rows before the limit.
 */

/** Every row of a period: for questions without dimensions, or with a time axis alone. */
export function allRows(plan: Plan, period: PeriodPlan): Statement {
  const statement = writing(plan)
  return { sql: metricsSql(statement, period), parameters: statement.parameters }
}

/** One page of rows in the question's order, each beside its match in the period compared with. */
export function pageOfRows(plan: Plan): Statement {
  const statement = writing(plan)
  const { parameters } = statement
  const { question, main, compare } = plan
  const limit = parameters.bind('UInt32', question.limit)
  const offset = parameters.bind('UInt64', question.offset)
  const page =
    `SELECT ${columns(plan)}, count() OVER () AS total FROM (${metricsSql(statement, main)})\n` +
    `ORDER BY ${orderSql(question)} LIMIT ${limit} OFFSET ${offset}`
  if (!compare) return { sql: page, parameters }
  const matched = question.dimensions.map((_, index) => `m.d${index} = c.d${index}`).join(' AND ')
  const mine = question.dimensions.map((_, index) => `m.d${index} AS d${index}`)
  const both = question.metrics.map((_, index) => `m.m${index} AS m${index}, c.m${index} AS c${index}`)
  return {
    sql:
      `SELECT ${[...mine, ...both].join(', ')}, c.matched AS matched, m.total AS total FROM (${page}) AS m\n` +
      `LEFT JOIN (SELECT *, 1 AS matched FROM (${metricsSql(statement, compare)})) AS c ON ${matched}\n` +
      `ORDER BY ${orderSql(question, 'm.')}`,
    parameters,
  }
}

/** How many rows there are, for a page that lies beyond the last one. */
export function numberOfRows(plan: Plan): Statement {
  const statement = writing(plan)
  const { parameters } = statement
  return { sql: `SELECT count() AS total FROM (${metricsSql(statement, plan.main)})`, parameters }
}

/** How many hits metrics of visitors leave out because they have no visitor key; null where none was asked for. */
export function hitsWithoutVisitor(plan: Plan): Statement | null {
  const figures = plan.question.metrics
    .flatMap((metric) => metric.figures)
    .filter(({ ofVisitors }) => ofVisitors)
  if (figures.length === 0) return null
  const statement = writing(plan)
  const { parameters } = statement
  // Only imported hits have no key, and those never land: no need to look up what became of them.
  const period = { ...plan.main, landings: false }
  const visits = figures.map((figure) => `(${figure.rows(termsOf(statement, period))})`)
  const { from, where } = sourceOf(statement, period, 'hits')
  const asked = conditionsSql(plan.question.conditions, 'hits', scopeOf(statement, period))
  return {
    sql:
      `SELECT count() AS n FROM ${from} WHERE ${where} AND visitor = ''\n` +
      `AND ${asked} AND (${visits.join(' OR ')})`,
    parameters,
  }
}

/** Conversions of the period whose value is in another currency than the site's; null where no value was asked for. */
export function otherCurrencies(plan: Plan): Statement | null {
  if (!plan.question.metrics.some(({ unit }) => unit === 'money')) return null
  if (!plan.site.goals.some(({ value }) => value.type === 'event')) return null
  const statement = writing(plan)
  const { parameters } = statement
  const { from, where } = sourceOf(statement, plan.main, 'conversions')
  const asked = conditionsSql(plan.question.conditions, 'conversions', scopeOf(statement, plan.main))
  return {
    sql:
      `SELECT other_currency AS currency, count() AS n FROM ${from}\n` +
      `WHERE ${where} AND ${asked} AND other_currency != '' GROUP BY currency ORDER BY n DESC, currency LIMIT 20`,
    parameters,
  }
}

function columns({ question }: Plan): string {
  return [
    ...question.dimensions.map((_, index) => `d${index}`),
    ...question.metrics.map((_, index) => `m${index}`),
  ].join(', ')
}
