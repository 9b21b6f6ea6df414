import { eachWeight } from './hypergeometric.ts'
import type { Rate } from './rate.ts'

/** Tables are taken as equally likely up to this, as R's `fisher.test` does, for what rounding parts. */
const TOLERANCE = 1 + 1e-7

/**
 * Fisher's exact test of two independent rates, two-sided: the probability, with all margins fixed, of the tables that are
 * no likelier than the one seen. 0 stands for less than 1e-290.
 *
 * R. A. Fisher, The Design of Experiments (1935); the sum as in R's `fisher.test`.
 */
export function fisherTest(a: Rate, b: Rate): number {
  const table = { population: a.n + b.n, marked: a.k + b.k, draws: a.n }
  let seen = 0
  eachWeight(table, (k, weight) => {
    if (k === a.k) seen = weight
  })
  let all = 0
  let noLikelier = 0
  eachWeight(table, (_, weight) => {
    all += weight
    if (weight <= seen * TOLERANCE) noLikelier += weight
  })
  return Math.min(1, noLikelier / all)
}
