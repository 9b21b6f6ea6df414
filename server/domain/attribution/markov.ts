import { createChain } from './chain.ts'
import type { Credits, MarkovOrder, PathSet } from './contract.ts'
import { ModelError } from './model-error.ts'
import { removalEffectsOf } from './removal.ts'
import { exactSum, shareOut } from './settle.ts'

export interface MarkovResult {
  credits: Credits
  /** Share of the conversions, and of the value, that the chain loses without the key: 0 to 1. */
  removalEffects: Credits
}

/**
 * Markov removal effect of order k (Anderl, Becker, von Wangenheim and Schumann 2016, doi 10.1016/j.ijresmar.2016.03.001),
 * exact and in closed form, without sampling. With Q the moves between states, s the start and r the exits to conversion, the
 * chain converts with P = s·(I − Q)⁻¹·r. Removing key c removes every state that holds it; what would flow there goes to
 * null. Its removal effect is RE = (P − P without c) / P, its credit total · RE / Σ RE. For values, r has each exit times
 * the mean value of the conversions that ended there.
 *
 * A key that only stands on paths without conversion may have an effect: it may lie on a way through the chain to one
 * that converts. Where nothing converts, all is 0.
 *
 * @param onProgress Told the share of the work done, 0 to 1.
 * @throws {ModelError} for an order other than 1, 2 and 3, and for more keys than an order can number.
 */
export function markov(
  paths: PathSet,
  order: MarkovOrder,
  onProgress?: (done: number) => void,
): MarkovResult {
  if (order !== 1 && order !== 2 && order !== 3)
    throw new ModelError('order', `the order of a chain is 1, 2 or 3, not ${order}`)
  const keys = paths.keys.length
  const conversions = exactSum(paths.conversions)
  const value = exactSum(paths.values)
  if (conversions === 0) {
    const nothing = () => ({ conversions: new Float64Array(keys), values: new Float64Array(keys) })
    return { credits: nothing(), removalEffects: nothing() }
  }
  const removalEffects = removalEffectsOf(createChain(paths, order), keys, value > 0, onProgress)
  return {
    credits: {
      conversions: shareOut(conversions, removalEffects.conversions),
      values: shareOut(value, removalEffects.values),
    },
    removalEffects,
  }
}
