import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { Parameters } from '../parameters.ts'
import { measureConversions } from '../plan/external.ts'
import { DAYS_TO_LAND, IS_LANDING } from '../plan/landings.ts'
import { daysAround } from '../plan/plan.ts'
import { keysStatement } from './keys.ts'
import type { JourneysPlan } from './plan.ts'
import { TELLS_BOTH_KEYS, touchesAndConversions } from './touches.ts'

/** Completes a plan with what the warehouse holds, so that its statements need not look for what is not there. */
export async function measureJourneys(
  warehouse: Warehouse,
  journeys: JourneysPlan,
  options: QueryOptions,
): Promise<void> {
  const { conversions, counted, facts } = journeys
  const parameters = new Parameters()
  const days = daysAround(conversions, touchesAndConversions(journeys), DAYS_TO_LAND, parameters)
  const [found, [held]] = await Promise.all([
    measureConversions(warehouse, conversions, conversions.main, options),
    warehouse.query<{ clicks: number; landings: number; consents: number }>(
      `SELECT countIf(kind = 'click' AND traffic IN ('person', 'prefetch')) AS clicks, countIf(${IS_LANDING}) AS landings,
         countIf(${TELLS_BOTH_KEYS}) AS consents
       FROM hits WHERE ${days}`,
      parameters.values,
      options,
    ),
  ])
  conversions.main.conversions = found
  counted.main.conversions = found
  facts.clicks = (held?.clicks ?? 0) > 0
  facts.landings = (held?.landings ?? 0) > 0
  facts.consents = (held?.consents ?? 0) > 0
  const statement = keysStatement(journeys)
  const keys = await warehouse.query<{ key: string; total: number }>(
    statement.sql,
    statement.parameters.values,
    options,
  )
  facts.keys = keys.map(({ key }) => key)
  facts.otherKeys = Math.max(0, (keys[0]?.total ?? 0) - keys.length)
}
