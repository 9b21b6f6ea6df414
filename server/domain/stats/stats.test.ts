import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compareRates } from './compare-rates.ts'
import { enoughSize } from './enough.ts'
import { erfc } from './erfc.ts'
import { fisherTest } from './fisher.ts'
import { newcombeInterval } from './newcombe.ts'
import { probabilityBetter } from './probability-better.ts'
import type { Rate } from './rate.ts'
import { testTwoRates } from './two-rates-test.ts'
import { wilsonInterval } from './wilson.ts'

const of = (k: number, n: number): Rate => ({ k, n })

/** Rates of every size and extreme, up to ten million. */
const anyRate = fc
  .oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10_000_000 }))
  .chain((n) =>
    fc
      .oneof(fc.integer({ min: 0, max: n }), fc.integer({ min: 0, max: Math.min(n, 20) }))
      .map((k) => of(k, n)),
  )
const smallRate = fc
  .integer({ min: 1, max: 40 })
  .chain((n) => fc.integer({ min: 0, max: n }).map((k) => of(k, n)))

describe('Wilson’s interval', () => {
  // Newcombe, Stat. Med. 17 (1998) 857–872, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i of %i is the published one', (k, n, low, high) => {
    const interval = wilsonInterval(of(k, n))
    expect(interval[0]).toBeCloseTo(low, 4)
    expect(interval[1]).toBeCloseTo(high, 4)
  })

  it('holds the rate, lies within 0 and 1, and mirrors', () => {
    fc.assert(
      fc.property(anyRate, ({ k, n }) => {
        const [low, high] = wilsonInterval(of(k, n))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(k / n)
        expect(high).toBeGreaterThanOrEqual(k / n)
        expect(high).toBeLessThanOrEqual(1)
        expect(wilsonInterval(of(n - k, n))[0]).toBeCloseTo(1 - high, 12)
      }),
    )
  })

  it('grows narrower with more of the same', () => {
    fc.assert(
      fc.property(smallRate, fc.integer({ min: 2, max: 1000 }), ({ k, n }, times) => {
        const [low, high] = wilsonInterval(of(k, n))
        const [lower, higher] = wilsonInterval(of(k * times, n * times))
        expect(higher - lower).toBeLessThan(high - low)
      }),
    )
  })
})

describe('Newcombe’s interval', () => {
  // Newcombe, Stat. Med. 17 (1998) 873–890, table II, method 10.
  test.each([
    [of(56, 70), of(48, 80), 0.0524, 0.3339],
    [of(9, 10), of(3, 10), 0.1705, 0.809],
    [of(6, 7), of(2, 7), 0.0582, 0.8062],
    [of(5, 56), of(0, 29), -0.0381, 0.1926],
    [of(0, 10), of(0, 20), -0.1611, 0.2775],
    [of(0, 10), of(0, 10), -0.2775, 0.2775],
    [of(10, 10), of(0, 20), 0.6791, 1],
    [of(10, 10), of(0, 10), 0.6075, 1],
  ])('of %o against %o is the published one', (a, b, low, high) => {
    const interval = newcombeInterval(a, b)
    expect(interval[0]).toBeCloseTo(low, 4)
    expect(interval[1]).toBeCloseTo(high, 4)
  })

  it('holds the difference, lies within −1 and 1, and turns its sign when the sides change places', () => {
    fc.assert(
      fc.property(anyRate, anyRate, (a, b) => {
        const [low, high] = newcombeInterval(a, b)
        const value = a.k / a.n - b.k / b.n
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-12)
        expect(high).toBeLessThanOrEqual(1 + 1e-12)
        const [lowSwapped, highSwapped] = newcombeInterval(b, a)
        expect(lowSwapped).toBeCloseTo(-high, 12)
        expect(highSwapped).toBeCloseTo(-low, 12)
      }),
    )
  })
})

describe('the test of two rates', () => {
  it('is chi-square without Yates: the aspirin study in Agresti, Categorical Data Analysis', () => {
    const { name, p } = testTwoRates(of(189, 11_034), of(104, 11_037))
    expect(name).toBe('chi-square')
    expect(p / 5.692e-7).toBeCloseTo(1, 3)
  })

  it('is Fisher’s where a cell is small: the lady tasting tea, and twins’ convictions (R, fisher.test)', () => {
    expect(testTwoRates(of(3, 4), of(1, 4))).toEqual({ name: 'fisher', p: expect.closeTo(0.4857, 4) })
    expect(fisherTest(of(2, 12), of(15, 18))).toBeCloseTo(0.0005367, 7)
  })

  it('changes at an expected cell of exactly 5', () => {
    expect(testTwoRates(of(5, 50), of(5, 50)).name).toBe('chi-square')
    expect(testTwoRates(of(4, 50), of(5, 50)).name).toBe('fisher')
    expect(testTwoRates(of(46, 50), of(45, 50)).name).toBe('fisher')
  })

  it('sums the tables that are no likelier, ties included', () => {
    // Choosing 5 of 10 with 5 marked: 1, 25, 100, 100, 25, 1 of 252.
    expect(fisherTest(of(4, 5), of(1, 5))).toBeCloseTo(52 / 252, 12)
    expect(fisherTest(of(3, 5), of(2, 5))).toBeCloseTo(1, 12)
    expect(fisherTest(of(5, 5), of(0, 5))).toBeCloseTo(2 / 252, 12)
  })

  it('equals a sum over all tables by binomial coefficients', () => {
    fc.assert(
      fc.property(smallRate, smallRate, (a, b) => {
        expect(fisherTest(a, b)).toBeCloseTo(fisherByHand(a, b), 9)
      }),
    )
  })

  it('is the same whichever side comes first, and of those who did not convert', () => {
    fc.assert(
      fc.property(anyRate, anyRate, (a, b) => {
        const { name, p } = testTwoRates(a, b)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
        for (const [x, y] of [
          [b, a],
          [of(a.n - a.k, a.n), of(b.n - b.k, b.n)],
        ] as const) {
          const again = testTwoRates(x, y)
          expect(again.p).toBeCloseTo(p, 8)
          // A cell of 5 up to a rounding may fall on either side of the border.
          if (Math.abs(expectedOf(a, b) - 5) > 1e-6) expect(again.name).toBe(name)
        }
      }),
    )
  })

  it('has a tail that is exact far out', () => {
    // By mpmath 1.3 with 40 digits.
    expect(erfc(0)).toBe(1)
    expect(erfc(0.5)).toBeCloseTo(0.4795001222, 10)
    expect(erfc(1.9999999) / erfc(2)).toBeCloseTo(1, 6)
    expect(erfc(2) / 0.00467773498104726).toBeCloseTo(1, 12)
    expect(erfc(5) / 1.53745979442803e-12).toBeCloseTo(1, 12)
    expect(erfc(25) / 8.30017257119652e-274).toBeCloseTo(1, 12)
  })
})

describe('the probability that a is better', () => {
  it('is that of small posteriors by hand', () => {
    // Beta(2, 1) against Beta(1, 2): ∫ 2x · (1 − (1−x)²) dx = 5/6; Beta(2, 1) against Beta(1, 1): ∫ 2x · x dx = 2/3.
    expect(probabilityBetter(of(1, 1), of(0, 1))).toBeCloseTo(5 / 6, 14)
    expect(probabilityBetter(of(1, 1), of(0, 0))).toBeCloseTo(2 / 3, 14)
  })

  // Numerical integration of the density by scipy 1.17, 201 pieces.
  test.each([
    [of(240, 10_000), of(180, 10_000), 0.9984610951055],
    [of(120, 200), of(100, 200), 0.9775863632722],
    [of(3, 10_000_000), of(9, 10_000_000), 0.0461425257568],
    [of(5_000_000, 10_000_000), of(5_002_000, 10_000_000), 0.1855466921363],
  ])('of %o against %o is what integration gives', (a, b, probability) => {
    expect(probabilityBetter(a, b)).toBeCloseTo(probability, 11)
  })

  it('equals the closed sum of beta functions', () => {
    fc.assert(
      fc.property(smallRate, smallRate, (a, b) => {
        expect(probabilityBetter(a, b)).toBeCloseTo(betterByHand(a, b), 9)
      }),
    )
  })

  it('adds up to 1 with that of b, and is a half for equal ones', () => {
    fc.assert(
      fc.property(anyRate, anyRate, (a, b) => {
        expect(probabilityBetter(a, b) + probabilityBetter(b, a)).toBeCloseTo(1, 10)
        expect(probabilityBetter(a, a)).toBeCloseTo(0.5, 10)
      }),
    )
  })

  it('grows with each conversion of a', () => {
    fc.assert(
      fc.property(smallRate, smallRate, (a, b) => {
        fc.pre(a.k < a.n && probabilityBetter(a, b) < 1 - 1e-9)
        expect(probabilityBetter(of(a.k + 1, a.n), b)).toBeGreaterThan(probabilityBetter(a, b))
      }),
    )
  })
})

describe('enough data', () => {
  const enough = (a: Rate, b: Rate) => compareRates(a, b).enough

  it('is what shows a difference as large as the one seen', () => {
    // 2.4 % against 1.8 % needs 8,964 a side.
    expect(enough(of(240, 10_000), of(180, 10_000))).toBe(true)
    expect(enough(of(192, 8000), of(144, 8000))).toBe(false)
    expect(enoughSize(of(192, 8000), of(144, 8000))).toEqual({ perSide: 8964, for: 'seen' })
  })

  it('is there without any difference, once a fifth would have been seen', () => {
    expect(enough(of(1000, 10_000), of(1000, 10_000))).toBe(true)
    expect(enough(of(1000, 10_000), of(1010, 10_000))).toBe(true)
    expect(enough(of(100, 1000), of(100, 1000))).toBe(false)
    expect(enoughSize(of(100, 1000), of(101, 1000))?.for).toBe('relevant')
  })

  it('is wanting where a handful decides, however far the rates are apart: wherever Fisher’s test has to judge', () => {
    const [a, b] = [of(0, 12), of(7, 12)]
    expect(compareRates(a, b).neededPerSide).toBeLessThanOrEqual(12)
    expect([enough(a, b), testTwoRates(a, b).name]).toEqual([false, 'fisher'])
    expect(enoughSize(a, b)).toEqual({ perSide: 18, for: 'least' })
    fc.assert(
      fc.property(anyRate, anyRate, (one, other) => {
        fc.pre(testTwoRates(one, other).name === 'fisher')
        expect(enough(one, other)).toBe(false)
      }),
    )
  })

  it('is wanting while one side is small, however large the other', () => {
    expect(enough(of(2, 100), of(180_000, 10_000_000))).toBe(false)
  })

  it('cannot be told where nobody converted, or everybody', () => {
    expect(enoughSize(of(0, 5000), of(0, 9000))).toBeNull()
    expect(enoughSize(of(50, 50), of(90, 90))).toBeNull()
    expect(enough(of(0, 5000), of(0, 9000))).toBe(false)
  })

  it('is never lost by more of the same', () => {
    fc.assert(
      fc.property(smallRate, smallRate, fc.integer({ min: 1, max: 100_000 }), (a, b, times) => {
        const more = (rate: Rate, factor: number) => of(rate.k * factor, rate.n * factor)
        fc.pre(enough(more(a, times), more(b, times)))
        expect(enough(more(a, times + 1), more(b, times + 1))).toBe(true)
      }),
    )
  })
})

test('with the sides in each other’s place all is mirrored', () => {
  fc.assert(
    fc.property(anyRate, anyRate, (a, b) => {
      const [one, other] = [compareRates(a, b), compareRates(b, a)]
      expect(other.a).toEqual(one.b)
      expect(other.difference.value).toBeCloseTo(-one.difference.value, 14)
      expect([other.enough, other.neededPerSide]).toEqual([one.enough, one.neededPerSide])
    }),
  )
})

function expectedOf(a: Rate, b: Rate): number {
  const all = a.n + b.n
  return (Math.min(a.n, b.n) * Math.min(a.k + b.k, all - a.k - b.k)) / all
}

/** n over k, exact below 2⁵³ and close above. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0
  let result = 1
  for (let i = 1; i <= k; i += 1) result *= (n - k + i) / i
  return result
}

function fisherByHand(a: Rate, b: Rate): number {
  const all = choose(a.n + b.n, a.k + b.k)
  const likely = (k: number) => (choose(a.n, k) * choose(b.n, a.k + b.k - k)) / all
  let p = 0
  for (let k = 0; k <= a.n; k += 1) if (likely(k) <= likely(a.k) * (1 + 1e-7)) p += likely(k)
  return p
}

/** P(A > B) = Σ_{i=0}^{kₐ} B(1 + k_b + i, f_a + f_b) ÷ ((f_a + i) B(1 + i, f_a) B(1 + k_b, f_b)), f = 1 + n − k (E. Miller 2013). */
function betterByHand(a: Rate, b: Rate): number {
  const [failA, failB] = [1 + a.n - a.k, 1 + b.n - b.k]
  let sum = 0
  for (let i = 0; i <= a.k; i += 1) {
    sum += beta(1 + b.k + i, failB + failA) / ((failA + i) * beta(1 + i, failA) * beta(1 + b.k, failB))
  }
  return sum
}

/** B(x, y) = 1 ÷ (x · C(x + y − 1, x)) for whole x and y. */
function beta(x: number, y: number): number {
  return 1 / (x * choose(x + y - 1, x))
}
