import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { Parameters } from '../parameters.ts'
import { type Condition, names } from '../question.ts'
import { onlyAbout } from './conditions.ts'
import { type MeasuredPages, type PeriodPlan, type Plan, periodSql, scopeOf } from './plan.ts'

export const LANDING_PAGE = 'landing_page'

/** The host of a landing page, `host/path`. */
export function hostSql(page: string): string {
  return `substringIndex(${page}, '/', 1)`
}

export function hostOf(page: string): string {
  return page.split('/', 1)[0] ?? ''
}

/**
 * Where a page's host sent no pageview in a period, its arrivals and pageviews are unknown, not 0. That matters to
 * questions that name landing pages: each row by its own host, and where pages are only filtered by, all rows alike.
 */
export async function measurePages(
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<MeasuredPages | null> {
  const { question, table } = plan
  if (!question.metrics.some(({ ofPages }) => ofPages) || !names(question, LANDING_PAGE)) return null
  const parameters = new Parameters()
  const rows = await warehouse.query<{ host: string }>(
    `SELECT DISTINCT ${hostSql('landing_page')} AS host FROM ${table}
     WHERE ${periodSql(plan, period, parameters)} AND kind = 'pageview' AND landing_page != ''`,
    parameters.values,
    options,
  )
  const hosts = rows.map(({ host }) => host)
  if (question.dimensions.some(({ name }) => name === LANDING_PAGE)) return { hosts, measured: true }
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
  const parameters = new Parameters()
  const { question, table } = plan
  const rows = await warehouse.query(
    `SELECT 1 FROM ${table} WHERE ${periodSql(plan, period, parameters)}
     AND ${hostSql('landing_page')} IN ${parameters.bind('Array(String)', hosts)}
     AND ${onlyAbout(LANDING_PAGE, question.conditions, table, scopeOf(plan, parameters))} LIMIT 1`,
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
