import type { Statement } from '../plan/plan.ts'
import { writing } from '../plan/scope.ts'
import { NO_TOUCH } from './contract.ts'
import type { JourneysPlan } from './plan.ts'
import { touchesSql } from './touches.ts'

/** Keys that are counted by themselves. Markov and Shapley look at each; beyond some hundreds nobody reads them. */
export const MAX_KEYS = 500
/** Stands for every key beyond those, and for those that are named like a row of ours. */
export const OTHER_KEYS = '(other)'

/** The keys with most touches, most first, and how many there are. The plan's own keys must still be unknown. */
export function keysStatement(journeys: JourneysPlan): Statement {
  const statement = writing(journeys.conversions)
  const { parameters } = statement
  const reserved = parameters.bind('Array(String)', [OTHER_KEYS, NO_TOUCH])
  return {
    sql: `SELECT key, count() OVER () AS total FROM (
        SELECT key, count() AS touches FROM (${touchesSql(journeys, statement)}) WHERE NOT has(${reserved}, key) GROUP BY key
      ) ORDER BY touches DESC, key LIMIT ${parameters.bind('UInt32', MAX_KEYS)}`,
    parameters,
  }
}
