import { type Interval, type Rate, Z_95 } from './rate.ts'

/**
 * Wilson's score interval for a rate, without continuity correction: the rates p for which |k/n − p| ≤ z·√(p(1−p)/n),
 *
 *     (k + z²/2 ± z·√(k(n−k)/n + z²/4)) ÷ (n + z²)
 *
 * It stays within 0 and 1, and says something where k is 0 or n.
 * E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212; method 3 of R. G. Newcombe, Stat. Med. 17 (1998) 857–872.
 *
 * @param rate with n ≥ 1.
 * @param z of the confidence, 95 % where it is left out.
 */
export function wilsonInterval({ k, n }: Rate, z = Z_95): Interval {
  const half = z * Math.sqrt((k * (n - k)) / n + (z * z) / 4)
  const whole = n + z * z
  const end = (sign: 1 | -1) => (k + (z * z) / 2 + sign * half) / whole
  // Exact at the borders, and never beyond the rate itself by a rounding.
  return [k === 0 ? 0 : Math.min(end(-1), k / n), k === n ? 1 : Math.max(end(1), k / n)]
}
