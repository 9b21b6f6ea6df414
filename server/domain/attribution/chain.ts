import type { MarkovOrder, PathSet } from './contract.ts'
import { grown } from './grow.ts'
import { createInterner } from './intern.ts'
import { ModelError } from './model-error.ts'
import { type SparseMatrix, sparseMatrix } from './sparse.ts'

/** The absorbing chain that a set of paths describes; states are numbered as they first appear. */
export interface Chain {
  size: number
  order: MarkovOrder
  /** State i looks back on the touches from `grams[i · order]` on: keys plus 1, the last one last, 0 for none. */
  grams: Uint32Array
  /** Probability that a path begins with each state. */
  start: Float64Array
  /** Probability of going from one state to another; no entry on the diagonal. */
  moves: SparseMatrix
  /**
   * How often a journey passes each state, u = s·(I − Q)⁻¹. That is how often the paths themselves pass it, since as much
   * of them leaves a state as comes to it: no equation need be solved.
   */
  visits: Float64Array
  /** Probability of a conversion next. */
  conversion: Float64Array
  /** That probability times the mean value of the conversions that ended in the state. */
  value: Float64Array
  /** What the path with the least weight has of the weight of all. */
  lightest: number
}

/**
 * Builds the chain of order k. A state is a k-gram of the path as it is; a path shorter than k is one state. Where a
 * state follows itself, which takes k + 1 equal touches, the two are one. A path weighs its conversions and nulls
 * together, on its beginning and on each of its steps; its end goes to conversion with the one and to null with the
 * other (Anderl et al. 2016, doi 10.1016/j.ijresmar.2016.03.001). Paths that weigh nothing are left out.
 *
 * @throws {ModelError} where there are more keys than k-grams of them can be numbered: 208,062 for order 3.
 */
export function createChain(paths: PathSet, order: MarkovOrder): Chain {
  const base = paths.keys.length + 1
  if (base ** order > Number.MAX_SAFE_INTEGER)
    throw new ModelError('keys', `${paths.keys.length} keys are too many for order ${order}`)
  const states = createInterner(base ** order)
  const steps = createInterner(base ** (order + 1))
  let grams = new Uint32Array(1024 * order)
  let start = new Float64Array(1024)
  let conversions = new Float64Array(1024)
  let values = new Float64Array(1024)
  let leaving = new Float64Array(1024)
  let from = new Uint32Array(4096)
  let to = new Uint32Array(4096)
  let moved = new Float64Array(4096)
  let total = 0
  let least = Number.POSITIVE_INFINITY
  // Codes of k-grams are numbers to the base of keys + 1; the oldest touch drops out by the remainder.
  const span = base ** (order - 1)

  for (let row = 0; row < paths.conversions.length; row++) {
    const weight = (paths.conversions[row] ?? 0) + (paths.nulls[row] ?? 0)
    if (weight === 0) continue
    total += weight
    least = Math.min(least, weight)
    const begin = paths.offsets[row] ?? 0
    const end = paths.offsets[row + 1] ?? 0
    const first = Math.min(begin + order, end)
    let code = 0
    for (let at = begin; at < first; at++) code = code * base + (paths.touches[at] ?? 0) + 1
    let state = stateOf(code)
    start[state] = (start[state] ?? 0) + weight
    for (let at = first; at < end; at++) {
      const key = (paths.touches[at] ?? 0) + 1
      code = (code % span) * base + key
      const next = stateOf(code)
      if (next === state) continue
      const step = steps.number(state * base + key)
      if (step >= from.length) {
        from = grown(from, step + 1)
        to = grown(to, step + 1)
        moved = grown(moved, step + 1)
      }
      from[step] = state
      to[step] = next
      moved[step] = (moved[step] ?? 0) + weight
      leaving[state] = (leaving[state] ?? 0) + weight
      state = next
    }
    conversions[state] = (conversions[state] ?? 0) + (paths.conversions[row] ?? 0)
    values[state] = (values[state] ?? 0) + (paths.values[row] ?? 0)
    leaving[state] = (leaving[state] ?? 0) + weight
  }

  function stateOf(code: number): number {
    const known = states.size
    const state = states.number(code)
    if (state < known) return state
    if (known >= start.length) {
      grams = grown(grams, (known + 1) * order)
      start = grown(start, known + 1)
      conversions = grown(conversions, known + 1)
      values = grown(values, known + 1)
      leaving = grown(leaving, known + 1)
    }
    let rest = code
    for (let place = order - 1; place >= 0; place--) {
      grams[state * order + place] = rest % base
      rest = Math.floor(rest / base)
    }
    return state
  }

  const size = states.size
  for (let step = 0; step < steps.size; step++)
    moved[step] = (moved[step] ?? 0) / (leaving[from[step] ?? 0] ?? 1)
  for (let state = 0; state < size; state++) {
    start[state] = (start[state] ?? 0) / total
    conversions[state] = (conversions[state] ?? 0) / (leaving[state] ?? 1)
    values[state] = (values[state] ?? 0) / (leaving[state] ?? 1)
    leaving[state] = (leaving[state] ?? 0) / total
  }
  return {
    size,
    order,
    grams: grams.slice(0, size * order),
    start: start.slice(0, size),
    moves: sparseMatrix(
      size,
      from.subarray(0, steps.size),
      to.subarray(0, steps.size),
      moved.subarray(0, steps.size),
    ),
    visits: leaving.slice(0, size),
    conversion: conversions.slice(0, size),
    value: values.slice(0, size),
    lightest: size === 0 ? 1 : least / total,
  }
}
