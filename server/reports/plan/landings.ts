import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { Parameters } from '../parameters.ts'
import type { Question } from '../question.ts'
import { names } from '../question.ts'
import { daysAround, type PeriodPlan, type Plan } from './plan.ts'

/** A landing comes up to 24 hours after its click: on the same local day or the next, the one after at a clock change. */
export const DAYS_TO_LAND = { before: 2, after: 2 }
export const IS_LANDING =
  "kind = 'pageview' AND traffic = 'person' AND landing = 'verified' AND click_key != 0"

/**
 * Whether figures of a period depend on what became of its clicks. Without landings they do not; figures of clicks alone
 * do where a prefetched click may have become one, figures of visitors where click and landing may have other keys.
 */
export async function measureLandings(
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<boolean> {
  const need = needOf(plan.question)
  if (need === 'none') return false
  const parameters = new Parameters()
  const rows = await warehouse.query<{ landings: number; prefetched: number }>(
    `SELECT countIf(${IS_LANDING}) AS landings,
       countIf(kind = 'click' AND traffic = 'prefetch' AND click_key != 0) AS prefetched
     FROM hits WHERE ${daysAround(plan, period, DAYS_TO_LAND, parameters)} AND kind IN ('click', 'pageview')`,
    parameters.values,
    options,
  )
  const { landings = 0, prefetched = 0 } = rows[0] ?? {}
  return landings > 0 && (need === 'all' || prefetched > 0)
}

function needOf(question: Question): 'none' | 'prefetched' | 'all' {
  const figures = question.metrics.flatMap(({ figures }) => figures).filter(({ table }) => table === 'hits')
  if (figures.some(({ ofLandings, ofClicks, ofVisitors }) => ofLandings || (ofClicks && ofVisitors)))
    return 'all'
  if (figures.some(({ ofClicks }) => ofClicks)) return 'prefetched'
  return figures.length > 0 && names(question, 'traffic') ? 'prefetched' : 'none'
}

/**
 * `hits` of a period, each with the first landing that brought its click id: `landed_key` (0 where there is none),
 * `landed_at`, and the visitor `landed_by`.
 */
export function hitsWithLandings(plan: Plan, period: PeriodPlan, parameters: Parameters): string {
  // GLOBAL: on a cluster clicks and landings of other visitor keys lie on other shards.
  return `hits GLOBAL LEFT ANY JOIN (
      SELECT click_key AS landed_key, min(time) AS landed_at, argMin(visitor, (time, hit_id)) AS landed_by FROM hits
      WHERE ${daysAround(plan, period, DAYS_TO_LAND, parameters)} AND ${IS_LANDING} GROUP BY click_key
    ) AS landings ON click_key = landed_key`
}
