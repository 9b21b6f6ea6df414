import type { Chain } from './chain.ts'
import type { Credits } from './contract.ts'
import { selfVisits } from './dense.ts'
import { followFlow, type Grouping } from './flow.ts'
import { dot, transposed } from './sparse.ts'

/** Relative error allowed in what each removal loses, before rounding. */
const PRECISION = 1e-14
/** The finest grouping that corrections solve densely: 8 MB. */
const MOST_GROUPS = 1000
/** The largest chain that is inverted densely: 32 MB. */
const MOST_INVERTED = 2000
/** Sweeps that a flow takes as a rule, to tell which way is the shorter one. */
const USUAL_SWEEPS = 40

/**
 * Which share of its conversions, and of its value where it has any, a chain loses without each key.
 *
 * With Q the moves, s the start, r the exits and C the states of the key, P − P without C is what first enters C, each
 * part times the worth h = (I − Q)⁻¹·r that it would have from there. Taken so, and not as a difference, the digits of
 * rare keys are not lost. What first enters C is followed through the states outside it. Where C is one state c, it is
 * also all that passes c, u_c, by how often a journey in c passes it, ((I − Q)⁻¹)_cc: one inversion gives that for all
 * keys, which is the faster way for hundreds of keys at order 1.
 */
export function removalEffectsOf(
  chain: Chain,
  keys: number,
  valued: boolean,
  onProgress?: (done: number) => void,
): Credits {
  const { size, visits, moves } = chain
  const groupings = groupingsOf(chain)
  const exits = valued ? [chain.conversion, chain.value] : [chain.conversion]
  const whole = exits.map((exit) => dot(visits, exit))
  // Worth flows back from the exits. No key on a converting path loses much less than its share of the weight.
  const backward = transposed(moves)
  const worths = exits.map(
    (exit) =>
      followFlow({
        matrix: backward,
        source: exit,
        trap: null,
        worths: [visits],
        precision: PRECISION * chain.lightest,
        floor: 0,
        backward: true,
        groupings,
      }).passed,
  )
  const states = statesByKey(chain, keys)
  const effects = { conversions: new Float64Array(keys), values: new Float64Array(keys) }
  const record = (key: number, entering: Float64Array) => {
    worths.forEach((worth, at) => {
      let lost = 0
      for (const state of states[key] ?? []) lost += (entering[state] ?? 0) * (worth[state] ?? 0)
      // Rounding may lift the effect of a key that all conversions need above 1.
      const effect = at === 0 ? effects.conversions : effects.values
      effect[key] = Math.min(lost / (whole[at] ?? 1), 1)
    })
  }

  if (chain.order === 1 && size <= MOST_INVERTED && size ** 2 < USUAL_SWEEPS * moves.columns.length) {
    const returns = selfVisits(moves, (done) => onProgress?.(done / size))
    const entering = visits.map((amount, state) => amount / (returns[state] ?? 1))
    for (let key = 0; key < keys; key++) record(key, entering)
    return effects
  }
  const trap = new Uint8Array(size)
  for (const [key, own] of states.entries()) {
    onProgress?.(key / keys)
    if (own.length === 0) continue
    for (const state of own) trap[state] = 1
    const { held } = followFlow({
      matrix: moves,
      source: chain.start,
      trap,
      worths,
      precision: PRECISION,
      floor: 1e-3 * chain.lightest,
      backward: false,
      groupings,
    })
    record(key, held)
    for (const state of own) trap[state] = 0
  }
  onProgress?.(1)
  return effects
}

/** The states that hold each key, once each. */
function statesByKey({ size, order, grams }: Chain, keys: number): number[][] {
  const states: number[][] = Array.from({ length: keys }, () => [])
  for (let state = 0; state < size; state++) {
    const held = new Set(grams.subarray(state * order, (state + 1) * order))
    for (const key of held) if (key > 0) states[key - 1]?.push(state)
  }
  return states
}

/** States grouped by their last touch, by their last two, and so on, as long as the groups are few enough. */
function groupingsOf({ size, order, grams }: Chain): Grouping[] {
  const groupings: Grouping[] = []
  for (let depth = 1; depth <= order; depth++) {
    const numbers = new Map<string, number>()
    const of = new Uint32Array(size)
    for (let state = 0; state < size && numbers.size <= MOST_GROUPS; state++) {
      const name = grams.subarray((state + 1) * order - depth, (state + 1) * order).join(' ')
      const number = numbers.get(name) ?? numbers.size
      numbers.set(name, number)
      of[state] = number
    }
    if (numbers.size > MOST_GROUPS) break
    groupings.push({ groups: numbers.size, of })
  }
  return groupings
}
