import { neededPerSide } from './needed-size.ts'
import type { Rate } from './rate.ts'
import { LEAST_EXPECTED } from './two-rates-test.ts'

/** The smallest difference worth knowing of, as a part of the common rate: 2 % against 2.4 % is one, 2 % against 2.1 % is not. */
const RELEVANT_PART = 0.2
export interface EnoughSize {
  /** Sessions that each side needs. */
  perSide: number
  /**
   * What they suffice for: to see a difference as large as the one `seen`, or, where that is smaller, a `relevant` one;
   * or to have the `least` numbers that any comparison needs.
   */
  for: 'seen' | 'relevant' | 'least'
}

/**
 * How many sessions a side are enough to compare two rates, and for what.
 *
 * Enough is what tells a relevant difference apart: a fifth of the common rate of both sides (of its complement, where
 * most convert), by `neededPerSide`. That hangs on the common rate alone and not on which side leads or by how much, so
 * a comparison without any difference can have enough data too, and does not fall short for ever. A larger difference
 * needs fewer sessions to be seen; then the size for the one seen counts. In no case fewer than make 5 conversions and
 * 5 sessions without one to be expected on each side: with fewer, a handful of people decides.
 *
 * @returns null where nobody converted, or everybody did: how much would be enough cannot be told.
 */
export function enoughSize(a: Rate, b: Rate): EnoughSize | null {
  const [all, converted] = [a.n + b.n, a.k + b.k]
  const rarer = Math.min(converted, all - converted)
  if (rarer === 0) return null
  const common = converted / all
  const apart = (RELEVANT_PART * rarer) / all
  const relevant = neededPerSide(common - apart / 2, common + apart / 2) ?? Number.POSITIVE_INFINITY
  const seen = neededPerSide(a.k / a.n, b.k / b.n) ?? Number.POSITIVE_INFINITY
  const least = Math.ceil((LEAST_EXPECTED * all) / rarer)
  if (least > seen) return { perSide: least, for: 'least' }
  return seen <= relevant ? { perSide: seen, for: 'seen' } : { perSide: relevant, for: 'relevant' }
}

/** Whether both sides have as many sessions as are enough (`enoughSize`). It never says what the answer is. */
export function hasEnough(a: Rate, b: Rate): boolean {
  const size = enoughSize(a, b)
  return size !== null && Math.min(a.n, b.n) >= size.perSide
}
