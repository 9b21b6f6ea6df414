import { Z_95, Z_POWER_80 } from './rate.ts'

/**
 * How many sessions each side needs for two true rates p and q to be told apart by a two-sided test at 5 % in 80 % of
 * cases, rounded up:
 *
 *     n = (z₀.₉₇₅ √(2m(1−m)) + z₀.₈ √(p(1−p) + q(1−q)))² ÷ (p − q)²,   m = (p + q)/2
 *
 * J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (3rd ed. 2003), formula 4.14, without
 * continuity correction; as R's `power.prop.test`.
 *
 * @param zPower the normal quantile of another power.
 * @returns null where the rates are equal: no number would do.
 */
export function neededPerSide(p: number, q: number, zPower = Z_POWER_80): number | null {
  if (p === q) return null
  const mean = (p + q) / 2
  const none = Z_95 * Math.sqrt(2 * mean * (1 - mean))
  const some = zPower * Math.sqrt(p * (1 - p) + q * (1 - q))
  return Math.ceil(((none + some) / (p - q)) ** 2)
}
