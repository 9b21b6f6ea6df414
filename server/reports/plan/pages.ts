import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { type Condition, names } from '../question.ts'
import { onlyAbout } from './conditions.ts'
import { hostOf, hostSql, LANDING_PAGE } from './hosts.ts'
import { type MeasuredPages, type PeriodPlan, type Plan, periodSql } from './plan.ts'
import { scopeOf, writing } from './scope.ts'

/**
 * Where a page's host sent no pageview in a period, its arrivals and pageviews are unknown, not 0. That matters to
 * questions that name landing pages: each row by its own host, and where pages are only filtered by, all rows alike.
 * Whether clicks landed is unknown of such hosts, whatever is asked.
 */
export async function measurePages(
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<MeasuredPages | null> {
  const { question } = plan
  const ofPages = question.metrics.some(({ ofPages }) => ofPages) && names(question, LANDING_PAGE)
  if (!ofPages && !question.metrics.some(({ ofMeasured }) => ofMeasured)) return null
  const { parameters } = writing(plan)
  const rows = await warehouse.query<{ host: string }>(
    `SELECT DISTINCT ${hostSql('landing_page')} AS host FROM hits
     WHERE ${periodSql(plan, period, parameters)} AND kind = 'pageview' AND landing_page != ''`,
    parameters.values,
    options,
  )
  const hosts = rows.map(({ host }) => host)
  if (!ofPages || question.dimensions.some(({ name }) => name === LANDING_PAGE))
    return { hosts, measured: true }
  const named = pagesNamed(question.conditions).some((page) => hosts.includes(hostOf(page)))
  return { hosts, measured: named || (await anyHitOn(hosts, warehouse, plan, period, options)) }
}

async function anyHitOn(
  hosts: readonly string[],
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<boolean> {
  const statement = writing(plan)
  const { parameters } = statement
  const scope = scopeOf(statement, { ...period, landings: false })
  const isPage = (dimension: string) => dimension === LANDING_PAGE
  const rows = await warehouse.query(
    `SELECT 1 FROM hits WHERE ${periodSql(plan, period, parameters)}
     AND ${hostSql('landing_page')} IN ${parameters.bind('Array(String)', hosts)}
     AND ${onlyAbout(isPage, plan.question.conditions, 'hits', scope)} LIMIT 1`,
    parameters.values,
    options,
  )
  return rows.length > 0
}

/** Pages that filters ask for by name: they need no hit of their own to be known. */
function pagesNamed(conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    if (condition.kind === 'not') return []
    if (condition.kind === 'group') return pagesNamed(condition.parts)
    return condition.dimension.name === LANDING_PAGE && condition.operator.name === 'is'
      ? condition.values
      : []
  })
}
