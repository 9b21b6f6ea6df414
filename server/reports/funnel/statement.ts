import type { Statement } from '../plan/plan.ts'
import { waysSql } from './chains.ts'
import { markedHits, nobodysHits } from './marks.ts'
import { type FunnelPlan, writingFunnel } from './plan.ts'

/**
 * The figures of a way: a row for all (`whole` = 1) and, where it is split, one for each value of the dimension, those
 * with most visitors first. Columns: `whole`, `label`, `cookieless` visitors, `labels` (how many values there are), and
 * for each step i from 0 `n<i>` visitors who got there and `s<i>`, the median of the seconds from the step before.
 */
export function funnelStatement(plan: FunnelPlan): Statement {
  const writing = writingFunnel(plan)
  const { parameters } = writing
  const figures = plan.steps.map((_, index) => {
    const here = `length(times) > ${index}`
    const seconds = `(times[${index + 1}] - times[${index}]) / 1000`
    const median = index === 0 ? 'NULL' : `quantileExactInclusiveIf(0.5)(${seconds}, ${here})`
    return `countIf(${here}) AS n${index}, ${median} AS s${index}`
  })
  const sets = plan.funnel.split ? '((), (label))' : '(())'
  const rows = plan.funnel.split ? plan.funnel.limit + 1 : 1
  return {
    sql: `SELECT *, count() OVER () - 1 AS labels FROM (
        SELECT ${plan.funnel.split ? 'toUInt8(grouping(label))' : '1'} AS whole, ${plan.funnel.split ? 'label' : "''"} AS label,
          countIf(cookieless) AS cookieless, ${figures.join(', ')}
        FROM (${waysSql(writing, markedHits(writing))}) GROUP BY GROUPING SETS ${sets}
      ) ORDER BY whole DESC, n0 DESC, label ASC LIMIT ${parameters.bind('UInt32', rows)}`,
    parameters,
  }
}

/** How many hits of the period would be a step, had anybody a key: `n`. */
export function nobodysStatement(plan: FunnelPlan): Statement {
  const writing = writingFunnel(plan)
  return { sql: nobodysHits(writing), parameters: writing.parameters }
}
