import { ModelError } from './model-error.ts'

/** 2^24 coalitions are 134 MB for each table of their worths. */
export const MOST_PLAYERS = 24

/**
 * The Shapley value (Shapley 1953) of a game of n players: φᵢ = Σ_{S∌i} |S|!·(n−|S|−1)!/n! · (v(S∪i) − v(S)). The values
 * sum to v of all players less v of none.
 *
 * @param worth v of each coalition by its bit mask (player i is bit i): a function, or a table of all 2^n.
 * @throws {ModelError} for more than 24 players, or a table of another length.
 *
 * @example shapleyOfCoalitions(2, (coalition) => (coalition === 0b11 ? 1 : 0)) // [0.5, 0.5]
 */
export function shapleyOfCoalitions(
  players: number,
  worth: Float64Array | ((coalition: number) => number),
): Float64Array {
  if (!Number.isInteger(players) || players < 0 || players > MOST_PLAYERS)
    throw new ModelError('keys', `a table of coalitions takes 0 to ${MOST_PLAYERS} keys, not ${players}`)
  const coalitions = 2 ** players
  const table =
    typeof worth === 'function' ? Float64Array.from({ length: coalitions }, (_, set) => worth(set)) : worth
  if (table.length !== coalitions)
    throw new ModelError('keys', `${players} keys make ${coalitions} coalitions, not ${table.length}`)

  const sizes = new Uint8Array(coalitions)
  for (let set = 1; set < coalitions; set++) sizes[set] = (sizes[set >> 1] ?? 0) + (set & 1)
  // |S|!·(n−|S|−1)!/n! = 1 / (n · C(n−1, |S|)); factorials of 24 are beyond exact doubles, these are not.
  const weights = new Float64Array(players)
  for (let size = 0, choices = 1; size < players; size++) {
    weights[size] = 1 / (players * choices)
    choices = (choices * (players - 1 - size)) / (size + 1)
  }
  const shares = new Float64Array(players)
  for (let player = 0; player < players; player++) {
    const bit = 1 << player
    let share = 0
    for (let block = 0; block < coalitions; block += 2 * bit) {
      for (let set = block; set < block + bit; set++)
        share += (weights[sizes[set] ?? 0] ?? 0) * ((table[set + bit] ?? 0) - (table[set] ?? 0))
    }
    shares[player] = share
  }
  return shares
}

/** Turns a table of what is exactly each coalition's into one of what lies within it: Σ over all its subsets. */
export function sumOverSubsets(table: Float64Array): Float64Array {
  for (let bit = 1; bit < table.length; bit *= 2) {
    for (let block = bit; block < table.length; block += 2 * bit) {
      for (let set = block; set < block + bit; set++) table[set] = (table[set] ?? 0) + (table[set - bit] ?? 0)
    }
  }
  return table
}
