import type { Interval, Rate } from './rate.ts'
import { wilsonInterval } from './wilson.ts'

/**
 * Newcombe's hybrid score interval for the difference a − b of two independent rates, without continuity correction:
 * with Wilson's intervals [l, u] of each,
 *
 *     a − b − √((a − lₐ)² + (u_b − b)²)   to   a − b + √((uₐ − a)² + (b − l_b)²)
 *
 * Method 10 of R. G. Newcombe, Stat. Med. 17 (1998) 873–890.
 *
 * @param a with n ≥ 1, as b.
 * @param z of the confidence, 95 % where it is left out.
 */
export function newcombeInterval(a: Rate, b: Rate, z?: number): Interval {
  const [p, q] = [a.k / a.n, b.k / b.n]
  const [lowA, highA] = wilsonInterval(a, z)
  const [lowB, highB] = wilsonInterval(b, z)
  return [p - q - Math.hypot(p - lowA, highB - q), p - q + Math.hypot(highA - p, q - lowB)]
}
