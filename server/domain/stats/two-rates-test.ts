import { chiSquareTest, smallestExpected } from './chi-square.ts'
import { fisherTest } from './fisher.ts'
import type { Rate } from './rate.ts'

export interface TwoRatesTest {
  name: 'chi-square' | 'fisher'
  /** Two-sided: how often chance alone would part two equal rates as far as this, or further. */
  p: number
}

/** The count that every cell is expected to have before chi-square's tail is a good one: W. G. Cochran, Biometrics 10 (1954) 417–451. */
export const LEAST_EXPECTED = 5

/** Chi-square where every expected cell is at least 5, Fisher's exact test elsewhere. */
export function testTwoRates(a: Rate, b: Rate): TwoRatesTest {
  if (smallestExpected(a, b) < LEAST_EXPECTED) return { name: 'fisher', p: fisherTest(a, b) }
  return { name: 'chi-square', p: chiSquareTest(a, b).p }
}
