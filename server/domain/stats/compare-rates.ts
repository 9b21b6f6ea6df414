import { hasEnough } from './enough.ts'
import { neededPerSide } from './needed-size.ts'
import { newcombeInterval } from './newcombe.ts'
import { probabilityBetter } from './probability-better.ts'
import type { Interval, Rate } from './rate.ts'
import { type TwoRatesTest, testTwoRates } from './two-rates-test.ts'
import { wilsonInterval } from './wilson.ts'

/** A rate with its 95 % interval. */
export interface RateFigures extends Rate {
  rate: number
  ci: Interval
}

/** Two independent rates beside one another; intervals are of 95 %. */
export interface RatesCompared {
  a: RateFigures
  b: RateFigures
  /** a − b. */
  difference: { value: number; ci: Interval }
  test: TwoRatesTest
  probabilityABetter: number
  enough: boolean
  /** Sessions a side to see a difference as large as this one; null where there is none. */
  neededPerSide: number | null
}

/** All that can be said of two independent rates, each with 0 ≤ k ≤ n and 1 ≤ n, whole numbers. */
export function compareRates(a: Rate, b: Rate): RatesCompared {
  const [ofA, ofB] = [figures(a), figures(b)]
  return {
    a: ofA,
    b: ofB,
    difference: { value: ofA.rate - ofB.rate, ci: newcombeInterval(a, b) },
    test: testTwoRates(a, b),
    probabilityABetter: probabilityBetter(a, b),
    enough: hasEnough(a, b),
    neededPerSide: neededPerSide(ofA.rate, ofB.rate),
  }
}

function figures({ k, n }: Rate): RateFigures {
  return { k, n, rate: k / n, ci: wilsonInterval({ k, n }) }
}
