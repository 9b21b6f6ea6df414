import { Parameters } from '../parameters.ts'
import type { Dimension } from '../registry/dimensions.ts'
import { countedRows } from '../registry/metrics.ts'
import { conditionsSql, labelSql } from './conditions.ts'
import { hostSql, LANDING_PAGE } from './pages.ts'
import {
  orderSql,
  type PeriodPlan,
  type Plan,
  periodSql,
  positionSql,
  type Statement,
  scopeOf,
} from './plan.ts'

/*
 * Columns of every answer: d0, d1 … the dimensions as asked (a time dimension as its position on the axis), m0, m1 …
 * the metrics as asked, c0, c1 … the metrics of the period compared with, `total` the number of rows before the limit.
 */

/** Every row of a period: for questions without dimensions, or with a time axis alone. */
export function allRows(plan: Plan, period: PeriodPlan): Statement {
  const parameters = new Parameters()
  return { sql: countSql(plan, period, parameters), parameters }
}

/** One page of rows in the question's order, each beside its match in the period compared with. */
export function pageOfRows(plan: Plan): Statement {
  const parameters = new Parameters()
  const { question, main, compare } = plan
  const limit = parameters.bind('UInt32', question.limit)
  const offset = parameters.bind('UInt64', question.offset)
  const page =
    `SELECT ${columns(plan)}, count() OVER () AS total FROM (${countSql(plan, main, parameters)})\n` +
    `ORDER BY ${orderSql(question)} LIMIT ${limit} OFFSET ${offset}`
  if (!compare) return { sql: page, parameters }
  const matched = question.dimensions.map((_, index) => `m.d${index} = c.d${index}`).join(' AND ')
  const mine = question.dimensions.map((_, index) => `m.d${index} AS d${index}`)
  const both = question.metrics.map((_, index) => `m.m${index} AS m${index}, c.m${index} AS c${index}`)
  return {
    sql:
      `SELECT ${[...mine, ...both].join(', ')}, m.total AS total FROM (${page}) AS m\n` +
      `LEFT JOIN (${countSql(plan, compare, parameters)}) AS c ON ${matched}\nORDER BY ${orderSql(question, 'm.')}`,
    parameters,
  }
}

/** How many rows there are, for a page that lies beyond the last one. */
export function numberOfRows(plan: Plan): Statement {
  const parameters = new Parameters()
  return { sql: `SELECT count() AS total FROM (${countSql(plan, plan.main, parameters)})`, parameters }
}

/** How many hits metrics of visitors leave out because they have no visitor key; null where none was asked for. */
export function hitsWithoutVisitor(plan: Plan): Statement | null {
  const metrics = plan.question.metrics.filter(({ ofVisitors }) => ofVisitors)
  if (metrics.length === 0) return null
  const parameters = new Parameters()
  const visits = metrics.map((metric) => `(${metric.rows(plan.defaults)})`)
  return {
    sql:
      `SELECT count() AS n FROM ${plan.table} WHERE ${periodSql(plan, plan.main, parameters)} AND visitor = ''\n` +
      `AND ${conditionsSql(plan.question.conditions, plan.table, scopeOf(plan, parameters))} AND (${visits.join(' OR ')})`,
    parameters,
  }
}

/** The figures of one period. A row that only holds hits which no metric asked for looks at is no row. */
function countSql(plan: Plan, period: PeriodPlan, parameters: Parameters): string {
  const { question, table, defaults } = plan
  const split = question.dimensions.map(
    (dimension, index) => `${dimensionSql(plan, period, dimension, parameters)} AS d${index}`,
  )
  const figures = question.metrics.map((metric, index) => {
    const figure = metric.aggregate(countedRows(metric, defaults))
    return `${metric.ofPages ? whereMeasured(plan, period, figure, parameters) : figure} AS m${index}`
  })
  const looked = question.metrics.map((metric) => `(${countedRows(metric, defaults)})`).join(' OR ')
  const asked = conditionsSql(question.conditions, table, scopeOf(plan, parameters))
  const groups = question.dimensions.map((_, index) => `d${index}`).join(', ')
  return (
    `SELECT ${[...split, ...figures].join(', ')} FROM ${table}\n` +
    `WHERE ${periodSql(plan, period, parameters)} AND ${asked} AND (${looked})` +
    (groups && `\nGROUP BY ${groups}`)
  )
}

function dimensionSql(plan: Plan, period: PeriodPlan, dimension: Dimension, parameters: Parameters): string {
  if (dimension.kind === 'time') return positionSql(plan, period, parameters)
  return labelSql(dimension, plan.table, scopeOf(plan, parameters))
}

/** A figure of pages, null on the rows of landing pages whose host sent none. */
function whereMeasured(plan: Plan, { pages }: PeriodPlan, figure: string, parameters: Parameters): string {
  const page = plan.question.dimensions.findIndex(({ name }) => name === LANDING_PAGE)
  if (page < 0 || !pages) return figure
  return `if(${hostSql(`d${page}`)} IN ${parameters.bind('Array(String)', pages.hosts)}, ${figure}, NULL)`
}

function columns({ question }: Plan): string {
  return [
    ...question.dimensions.map((_, index) => `d${index}`),
    ...question.metrics.map((_, index) => `m${index}`),
  ].join(', ')
}
