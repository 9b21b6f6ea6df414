import { MOST_PLAYERS, shapleyOfCoalitions, sumOverSubsets } from './coalitions.ts'
import type { Credits, PathSet } from './contract.ts'
import { eachKeySet, keySets } from './key-sets.ts'
import { ModelError } from './model-error.ts'
import { exactSum, settled } from './settle.ts'
import { estimateRateShares } from './shapley-estimate.ts'

export interface ShapleyRateOptions {
  /** Of the estimate's chance: a whole number from 0 to 2^53 − 1. The same seed gives the same answer. */
  seed?: number
  /** Up to this many keys the answer is exact: 0 to 24. */
  exactUpTo?: number
  /** Orders of the keys that an estimate draws, at least 4; an odd number is rounded up. */
  permutations?: number
}

export interface ShapleyRateResult {
  credits: Credits
  /** False where the credits are an estimate. */
  exact: boolean
  /** One standard error of each credit; null where they are exact. */
  standardErrors: Credits | null
}

/** Twenty keys take three tables of 8 MB and about half a second; each further key doubles both. */
export const SHAPLEY_RATE_DEFAULTS = { seed: 1, exactUpTo: 20, permutations: 2000 } as const

/**
 * Simplified Shapley value φ_c = Σ_{S∋c} R(S)/|S|, where R(S) is what the paths with exactly the keys S brought (Zhao,
 * Mahboobi and Bagheri 2018, arXiv 1804.05327): each path in equal parts to its distinct keys.
 */
export function shapley(paths: PathSet): Credits {
  const conversions = new Float64Array(paths.keys.length)
  const values = new Float64Array(paths.keys.length)
  eachKeySet(paths, (keys, path) => {
    const count = (paths.conversions[path] ?? 0) / keys.length
    const value = (paths.values[path] ?? 0) / keys.length
    for (const key of keys) {
      conversions[key] = (conversions[key] ?? 0) + count
      values[key] = (values[key] ?? 0) + value
    }
  })
  return { conversions, values }
}

/**
 * The classic Shapley value φ_c = Σ_{S∌c} |S|!·(n−|S|−1)!/n! · (v(S∪c) − v(S)), where v(S) is the conversion rate of the
 * paths whose keys all lie within S: conversions ÷ (conversions + nulls), 0 where there are none; for values, value ÷
 * (conversions + nulls). The shares are scaled from the rate of all paths to their total, by the number of journeys. A
 * share is negative where a key lowers the rates that it comes to; it stays so.
 *
 * Keys on no journey take no part and get 0. Up to `exactUpTo` keys that do, every coalition is looked at. Beyond that it
 * is the mean over random orders of the keys (Castro, Gómez and Tejada 2009, doi 10.1016/j.cor.2008.04.004), each drawn
 * with its reverse, from a seed, with standard errors; the sums are exact all the same.
 *
 * @param onProgress Told the share of the work done, 0 to 1.
 * @throws {ModelError} for an option out of range.
 */
export function shapleyRate(
  paths: PathSet,
  options: ShapleyRateOptions = {},
  onProgress?: (done: number) => void,
): ShapleyRateResult {
  const { seed, exactUpTo, permutations } = checked(options)
  const players = playersOf(paths)
  const journeys = exactSum(paths.conversions) + exactSum(paths.nulls)
  const credits = (shares: Credits): Credits => ({
    conversions: scaled(shares.conversions, exactSum(paths.conversions)),
    values: scaled(shares.values, exactSum(paths.values)),
  })
  const toJourneys = (share: number) => share * journeys
  const scaled = (shares: Float64Array, total: number) => settled(shares.map(toJourneys), total)

  if (players.length <= exactUpTo)
    return { credits: credits(rateShares(paths, players, onProgress)), exact: true, standardErrors: null }
  const estimate = estimateRateShares(keySets(paths), paths.keys.length, players, {
    seed,
    pairs: Math.ceil(permutations / 2),
    onProgress,
  })
  return {
    credits: credits(estimate.shares),
    exact: false,
    standardErrors: {
      conversions: estimate.errors.conversions.map(toJourneys),
      values: estimate.errors.values.map(toJourneys),
    },
  }
}

/** Keys on paths that weigh anything, ascending. */
function playersOf(paths: PathSet): number[] {
  const present = new Uint8Array(paths.keys.length)
  eachKeySet(paths, (keys) => {
    for (const key of keys) present[key] = 1
  })
  return paths.keys.map((_, key) => key).filter((key) => present[key] === 1)
}

/** Shapley values of the rates, by all coalitions of the players. */
function rateShares(
  paths: PathSet,
  players: readonly number[],
  onProgress: ((done: number) => void) | undefined,
): Credits {
  const coalitions = 2 ** players.length
  const conversions = new Float64Array(coalitions)
  const values = new Float64Array(coalitions)
  const weights = new Float64Array(coalitions)
  const bits = new Uint32Array(paths.keys.length)
  players.forEach((key, player) => {
    bits[key] = 1 << player
  })
  eachKeySet(paths, (keys, path) => {
    let set = 0
    for (const key of keys) set += bits[key] ?? 0
    conversions[set] = (conversions[set] ?? 0) + (paths.conversions[path] ?? 0)
    values[set] = (values[set] ?? 0) + (paths.values[path] ?? 0)
    weights[set] = (weights[set] ?? 0) + (paths.conversions[path] ?? 0) + (paths.nulls[path] ?? 0)
  })
  for (const table of [conversions, values, weights]) sumOverSubsets(table)
  onProgress?.(0.4)
  const shareOf = (table: Float64Array): Float64Array => {
    for (let set = 0; set < coalitions; set++)
      table[set] = (weights[set] ?? 0) > 0 ? (table[set] ?? 0) / (weights[set] ?? 1) : 0
    const shares = new Float64Array(paths.keys.length)
    shapleyOfCoalitions(players.length, table).forEach((share, player) => {
      shares[players[player] ?? 0] = share
    })
    return shares
  }
  const shares = { conversions: shareOf(conversions), values: shareOf(values) }
  onProgress?.(1)
  return shares
}

function checked(options: ShapleyRateOptions): Required<ShapleyRateOptions> {
  const seed = options.seed ?? SHAPLEY_RATE_DEFAULTS.seed
  const exactUpTo = options.exactUpTo ?? SHAPLEY_RATE_DEFAULTS.exactUpTo
  const permutations = options.permutations ?? SHAPLEY_RATE_DEFAULTS.permutations
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new ModelError('seed', `a seed is a whole number from 0, not ${seed}`)
  if (!Number.isInteger(exactUpTo) || exactUpTo < 0 || exactUpTo > MOST_PLAYERS)
    throw new ModelError(
      'exactUpTo',
      `exactUpTo is a whole number from 0 to ${MOST_PLAYERS}, not ${exactUpTo}`,
    )
  if (!Number.isSafeInteger(permutations) || permutations < 4)
    throw new ModelError('permutations', `permutations is a whole number from 4, not ${permutations}`)
  return { seed, exactUpTo, permutations }
}
