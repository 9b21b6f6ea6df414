import type { HeuristicModel } from '../../domain/attribution/contract.ts'
import type { Statement } from '../plan/plan.ts'
import { writing } from '../plan/scope.ts'
import { pathsSql } from './journeys.ts'
import type { JourneysPlan } from './plan.ts'

/** A row of `creditsStatement`. */
export type CreditsRow = Record<string, number | string | number[] | null>

/** Where the buckets of the days to convert begin. */
export const DAY_BUCKETS = [0, 1, 2, 3, 7, 14, 30, 60, 90] as const
/** Touches of a path that are told apart; the last one stands for all longer paths too. */
export const MAX_LENGTH_TOLD = 10

/**
 * All heuristic models in one pass over the paths: a row for each `key` that has a touch (its place in those of the
 * plan), and one with `key` 0 for the conversions without any. Columns: for each model `n_<model>` and `v_<model>`, the
 * conversions and the value it gives; what it `assisted`, what it `ended`; of the conversions whose first touch it was
 * what `Coverage` and `PathStatistics` sum up; and the medians over all of them.
 */
export function creditsStatement(journeys: JourneysPlan, models: readonly HeuristicModel[]): Statement {
  const statement = writing(journeys.conversions)
  const { parameters } = statement
  const { halfLife, position } = journeys.question.options
  const [a, m, b] = position.map((weight) => parameters.bind('Float64', weight))
  const ends = `${a} + ${b}`
  const weights: Record<HeuristicModel, string> = {
    first: 'i = 1',
    last: 'i = n',
    lastNonDirect: 'i = last_counted',
    linear: '1 / n',
    timeDecay: 'decay',
    position: `multiIf(n = 1, 1, n = 2, if(${ends} = 0, 0.5, if(i = 1, ${a}, ${b}) / (${ends})),
      multiIf(i = 1, ${a}, i = n, ${b}, ${m} / (n - 2)) / (${ends} + ${m}))`,
  }
  const decays = models.includes('timeDecay')
    ? `arrayMap(day -> exp2((days[-1] - day) / ${parameters.bind('Float64', halfLife)}), days)`
    : 'days'
  // Each level names what the next one reads: the engine's planner takes ten times as long over one level with all of it.
  const measured = `SELECT keys, value, one_day, told, unfollowed, days[1] AS age, toUInt32(length(keys)) AS n,
      arrayLastIndex(direct -> NOT direct, directs) AS last_other, ${decays} AS decays
    FROM (${pathsSql(journeys, statement)}) WHERE converted`
  const paths = `SELECT keys, value, one_day, told, unfollowed, age, n, if(last_other = 0, n, last_other) AS last_counted, decays,
      arraySum(decays) AS decayed FROM (${measured})`
  const touches = `SELECT key, i, n, age, value, one_day, told, unfollowed, last_counted, one_decay / decayed AS decay,
      i < n AND indexOf(keys, key) = i AS assists
    FROM (${paths}) LEFT ARRAY JOIN keys AS key, arrayEnumerate(keys) AS i, decays AS one_decay`
  const weighed = `SELECT key, i, n, age, value, one_day, told, unfollowed, assists,
      ${[...models.map((model) => `if(n = 0, 1, toFloat64(${weights[model]})) AS w_${model}`), '1'].join(', ')}
    FROM (${touches})`
  const credit = models.flatMap((model) => [
    `sum(w_${model}) AS n_${model}`,
    `sum(w_${model} * value) AS v_${model}`,
  ])
  const once = 'i <= 1'
  const seen = 'i = 1'
  // A histogram is one figure: as many counts would take the planner a third of a second.
  const histogram = (place: string, places: number) =>
    `countIfResample(0, ${places}, 1)(${seen}, toUInt8(${place}))`
  const lengths = histogram(`least(n, ${MAX_LENGTH_TOLD}) - 1`, MAX_LENGTH_TOLD)
  const days = histogram(`arrayCount(day -> day <= age, [${DAY_BUCKETS.join(', ')}]) - 1`, DAY_BUCKETS.length)
  // Medians are merged from the keys' own: over all rows at once every figure would be counted twice.
  const byKey = `SELECT key, ${[...credit, ''].join(', ')}
      countIf(assists) AS assisted_n, sumIf(value, assists) AS assisted_v, countIf(i = n AND n > 0) AS ended,
      countIf(${once}) AS conversions, sumIf(value, ${once}) AS value_sum, countIf(n = 0) AS without_touch,
      countIf(${once} AND one_day) AS one_day_n, countIf(${once} AND told) AS told_n, countIf(${once} AND unfollowed) AS unfollowed_n, sumIf(n, ${seen}) AS touches,
      sumIf(age, ${seen}) AS ages, quantileExactInclusiveStateIf(0.5)(n, ${seen}) AS length_state,
      quantileExactInclusiveStateIf(0.5)(age, ${seen}) AS age_state,
      ${lengths} AS lengths, ${days} AS days_told
    FROM (${weighed}) GROUP BY key`
  return {
    sql: `SELECT * EXCEPT (length_state, age_state), quantileExactInclusiveMerge(0.5)(length_state) OVER () AS median_length,
        quantileExactInclusiveMerge(0.5)(age_state) OVER () AS median_age
      FROM (${byKey})`,
    parameters,
  }
}
