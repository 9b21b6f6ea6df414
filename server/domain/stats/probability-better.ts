import { eachWeight } from './hypergeometric.ts'
import type { Rate } from './rate.ts'

/**
 * The probability that a's true rate is above b's, given what was seen and that every rate was equally likely before
 * (prior Beta(1, 1), so posteriors Beta(1 + k, 1 + n − k)).
 *
 * Exact, without sampling or quadrature: the posterior of a is the (kₐ+1)-th smallest of nₐ+1 uniform numbers, that of b
 * the (k_b+1)-th of n_b+1. Among the kₐ+k_b+1 smallest of all of them the second lies before the first just where more
 * than k_b are b's, and their number is hypergeometric.
 * P. M. E. Altham, J. R. Stat. Soc. B 31 (1969) 261–269. What lies within 1e-290 of 0 or 1 is 0 or 1.
 */
export function probabilityBetter(a: Rate, b: Rate): number {
  let above = 0
  let below = 0
  const ofB = { population: a.n + b.n + 2, marked: b.n + 1, draws: a.k + b.k + 1 }
  eachWeight(ofB, (count, weight) => {
    if (count > b.k) above += weight
    else below += weight
  })
  return above / (above + below)
}
