import type { Credits } from './contract.ts'
import type { KeySets } from './key-sets.ts'
import { seededRandom } from './random.ts'

export interface EstimateOptions {
  seed: number
  /** Orders drawn; each is also taken in reverse. */
  pairs: number
  onProgress: ((done: number) => void) | undefined
}

/**
 * Shapley values of the conversion rate, and of the value per journey, as the mean over random orders of the players of
 * what each adds to the rate of those before it. An order and its reverse make one draw: a key that came early comes late
 * there, so the two err to opposite sides. The error is the standard error of the mean of these draws.
 *
 * One pass over all sets serves both orders: a set lies within the players so far once its last member has come, and in
 * reverse once its first has. Costs twice the sum of the sets' sizes for each pair.
 */
export function estimateRateShares(
  sets: KeySets,
  keys: number,
  players: readonly number[],
  { seed, pairs, onProgress }: EstimateOptions,
): { shares: Credits; errors: Credits } {
  const random = seededRandom(seed)
  const order = Uint32Array.from(players)
  const place = new Uint32Array(keys)
  const ahead = createRates(players.length)
  const reverse = createRates(players.length)
  const conversions = createMeans(keys)
  const values = createMeans(keys)
  for (let pair = 1; pair <= pairs; pair++) {
    shuffle(order, random)
    order.forEach((key, at) => {
      place[key] = at
    })
    ahead.clear()
    reverse.clear()
    for (let set = 0; set < sets.size; set++) {
      let first = players.length
      let last = 0
      const end = sets.offsets[set + 1] ?? 0
      for (let at = sets.offsets[set] ?? 0; at < end; at++) {
        const own = place[sets.members[at] ?? 0] ?? 0
        if (own < first) first = own
        if (own > last) last = own
      }
      ahead.add(last, sets, set)
      reverse.add(players.length - 1 - first, sets, set)
    }
    ahead.sumUp()
    reverse.sumUp()
    for (let at = 0; at < order.length; at++) {
      const key = order[at] ?? 0
      const back = order.length - 1 - at
      conversions.add(key, (gain(ahead.conversions, at) + gain(reverse.conversions, back)) / 2, pair)
      values.add(key, (gain(ahead.values, at) + gain(reverse.values, back)) / 2, pair)
    }
    if (pair % 16 === 0 || pair === pairs) onProgress?.(pair / pairs)
  }
  return {
    shares: { conversions: conversions.means, values: values.means },
    errors: { conversions: conversions.errors(pairs), values: values.errors(pairs) },
  }
}

/** Rates of the paths that lie within the first players of an order, by how many those are. */
function createRates(players: number) {
  const conversions = new Float64Array(players)
  const values = new Float64Array(players)
  const weights = new Float64Array(players)
  return {
    conversions,
    values,
    clear() {
      for (const column of [conversions, values, weights]) column.fill(0)
    },
    /** Counts a set from the place of the player that completes it. */
    add(at: number, sets: KeySets, set: number) {
      conversions[at] = (conversions[at] ?? 0) + (sets.conversions[set] ?? 0)
      values[at] = (values[at] ?? 0) + (sets.values[set] ?? 0)
      weights[at] = (weights[at] ?? 0) + (sets.weights[set] ?? 0)
    },
    sumUp() {
      let count = 0
      let value = 0
      let weight = 0
      for (let at = 0; at < players; at++) {
        count += conversions[at] ?? 0
        value += values[at] ?? 0
        weight += weights[at] ?? 0
        conversions[at] = weight > 0 ? count / weight : 0
        values[at] = weight > 0 ? value / weight : 0
      }
    },
  }
}

function gain(rates: Float64Array, at: number): number {
  return (rates[at] ?? 0) - (at > 0 ? (rates[at - 1] ?? 0) : 0)
}

/** Means and their standard errors by Welford's method, one of each for every key. */
function createMeans(keys: number) {
  const means = new Float64Array(keys)
  const squares = new Float64Array(keys)
  return {
    means,
    /** Takes the `count`th draw of a key. */
    add(key: number, draw: number, count: number) {
      const off = draw - (means[key] ?? 0)
      const mean = (means[key] ?? 0) + off / count
      means[key] = mean
      squares[key] = (squares[key] ?? 0) + off * (draw - mean)
    },
    errors(count: number): Float64Array {
      return squares.map((square) => Math.sqrt(square / (count - 1) / count))
    },
  }
}

/** Fisher and Yates' shuffle. */
function shuffle(numbers: Uint32Array, random: () => number): void {
  for (let at = numbers.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = numbers[at] ?? 0
    numbers[at] = numbers[other] ?? 0
    numbers[other] = kept
  }
}
