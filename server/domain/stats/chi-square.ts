import { erfc } from './erfc.ts'
import type { Rate } from './rate.ts'

/**
 * Pearson's chi-square test of two independent rates, one degree of freedom, without Yates's correction:
 *
 *     χ² = N (kₐ·n_b − k_b·nₐ)² / (nₐ · n_b · K · (N − K)),   p = erfc √(χ²/2)
 *
 * with N = nₐ + n_b and K = kₐ + k_b, which must be neither 0 nor N.
 * K. Pearson, Phil. Mag. 50 (1900) 157–175; degrees of freedom after R. A. Fisher, J. R. Stat. Soc. 85 (1922) 87–94.
 */
export function chiSquareTest(a: Rate, b: Rate): { statistic: number; p: number } {
  const all = a.n + b.n
  const converted = a.k + b.k
  const apart = a.k * (b.n / all) - b.k * (a.n / all)
  const statistic = (apart / a.n) * (apart / b.n) * (all / converted) * (all / (all - converted)) * all
  return { statistic, p: erfc(Math.sqrt(statistic / 2)) }
}

/** The smallest count that a table of two rates would have if both were the rate of all together. */
export function smallestExpected(a: Rate, b: Rate): number {
  const all = a.n + b.n
  const converted = a.k + b.k
  // Multiplied first: what is 5 exactly must not come out below it.
  return (Math.min(a.n, b.n) * Math.min(converted, all - converted)) / all
}
