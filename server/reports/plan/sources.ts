import type { Table } from '../registry/metric.ts'
import { conversionsSql } from './conversions.ts'
import { hitsWithLandings } from './landings.ts'
import { instantsSql, type PeriodPlan, periodSql } from './plan.ts'
import type { Writing } from './scope.ts'

/** Where the rows of a table are read, and which of them are a period's; each has a `time` and a `day`. */
export function sourceOf(
  writing: Writing,
  period: PeriodPlan,
  table: Table,
): { from: string; where: string } {
  const { plan, parameters } = writing
  if (table === 'hits') {
    const from = period.landings ? hitsWithLandings(plan, period, parameters) : 'hits'
    return { from, where: periodSql(plan, period, parameters) }
  }
  const within = instantsSql(period.period, parameters) ?? '1'
  if (table === 'sessions') {
    const days = periodSql(plan, { period: { ...period.period, instants: null } }, parameters)
    return {
      from: `(SELECT *, start AS time, entry_page AS landing_page FROM sessions FINAL WHERE ${days})`,
      where: within,
    }
  }
  const first = parameters.bind('Date32', period.period.firstDay)
  const last = parameters.bind('Date32', period.period.lastDay)
  return {
    from: `(${conversionsSql(writing, period, table)})`,
    where: `day >= ${first} AND day <= ${last} AND ${within}`,
  }
}
