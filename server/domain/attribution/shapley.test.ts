import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shapleyOfCoalitions } from './coalitions.ts'
import { ModelError } from './model-error.ts'
import { collectPaths, type TouchPath } from './paths.ts'
import { seededRandom } from './random.ts'
import { shapley, shapleyRate } from './shapley.ts'

function path(touches: string, conversions: number, nulls: number, value = 0): TouchPath {
  return { touches: touches.split(' > '), conversions, value, nulls }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((a, b) => a + b, 0)
}

test('the glove game gives a sixth to each of two left gloves and two thirds to the right one', () => {
  // Wikipedia, "Shapley value", section "Glove game"
  const pairs = (coalition: number) => ((coalition & 0b100) !== 0 && (coalition & 0b011) !== 0 ? 1 : 0)
  const [left, other, right] = shapleyOfCoalitions(3, pairs)
  expect(left).toBeCloseTo(1 / 6, 14)
  expect(other).toBeCloseTo(1 / 6, 14)
  expect(right).toBeCloseTo(4 / 6, 14)
})

test('the airport game shares each piece of runway among those who need it', () => {
  // Wikipedia, "Airport problem": costs of 8, 11, 13 and 18
  const costs = [8, 11, 13, 18]
  const runway = Float64Array.from({ length: 16 }, (_, coalition) =>
    Math.max(0, ...costs.filter((_, player) => (coalition >> player) & 1)),
  )
  const shares = shapleyOfCoalitions(4, runway)
  for (const [player, share] of [2, 3, 4, 9].entries()) expect(shares[player]).toBeCloseTo(share, 12)
})

test('what no coalition already has is not shared out', () => {
  expect([...shapleyOfCoalitions(1, Float64Array.of(2, 5))]).toEqual([3])
  expect(shapleyOfCoalitions(0, Float64Array.of(7)).length).toBe(0)
})

test.each([
  [2, Float64Array.of(0, 1, 2)],
  [-1, Float64Array.of(0)],
  [25, Float64Array.of(0)],
])('a table that does not fit %i players is refused', (players, table) => {
  expect(() => shapleyOfCoalitions(players, table)).toThrow(ModelError)
})

test('the shares are the mean of marginal worths over all orders, for any game', () => {
  const game = fc
    .integer({ min: 1, max: 6 })
    .chain((players) =>
      fc.tuple(
        fc.constant(players),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2 ** players, maxLength: 2 ** players }),
      ),
    )
  fc.assert(
    fc.property(game, ([players, table]) => {
      const expected = byOrders(players, (coalition) => table[coalition] ?? 0)
      shapleyOfCoalitions(players, Float64Array.from(table)).forEach((share, player) => {
        expect(share).toBeCloseTo(expected[player] ?? Number.NaN, 9)
      })
    }),
    { numRuns: 40 },
  )
})

test('shapley gives each path in equal parts to its distinct keys', () => {
  // R({A}) = 2, R({A, B}) = 6, R({A, B, C}) = 3 in the formula of Zhao et al. 2018
  const paths = collectPaths([
    path('A > A', 2, 5, 20),
    path('B > A > B', 4, 0, 8),
    path('A > B', 2, 1, 4),
    path('C > B > A', 3, 1, 30),
  ])
  const { conversions, values } = shapley(paths)
  expect([...conversions]).toEqual([2 + 3 + 1, 3 + 1, 1])
  expect([...values]).toEqual([20 + 6 + 10, 6 + 10, 10])
})

test('shapleyRate shares rates, scales them to the total and keeps a negative share', () => {
  // v(A) = 4/8, v(B) = 0, v(AB) = 5/20: A gets (1/2 + 1/4)/2 = 3/8, B (0 − 1/4)/2 = −1/8, of 20 journeys.
  const paths = collectPaths([path('A', 4, 4, 8), path('B > A', 1, 11, 2)])
  const { credits, exact, standardErrors } = shapleyRate(paths)
  expect([...credits.conversions]).toEqual([7.5, -2.5])
  expect([...credits.values]).toEqual([15, -5])
  expect(exact).toBe(true)
  expect(standardErrors).toBeNull()
})

const journeys = fc.array(
  fc.record({
    touches: fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 6 }),
    conversions: fc.integer({ min: 0, max: 5 }),
    price: fc.integer({ min: 0, max: 20 }),
    nulls: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 15 },
)

test('shapleyRate is the mean over all orders of what each key adds to the rate', () => {
  fc.assert(
    fc.property(journeys, (drawn) => {
      const rows = drawn.map(({ price, ...row }) => ({ ...row, value: row.conversions * price }))
      const paths = collectPaths(rows)
      const rateOf = (measure: 'conversions' | 'value') => (coalition: number) => {
        const within = rows.filter(({ touches }) =>
          touches.every((key) => (coalition >> paths.keys.indexOf(key)) & 1),
        )
        const weight = sum(within.map((row) => row.conversions + row.nulls))
        return weight > 0 ? sum(within.map((row) => row[measure])) / weight : 0
      }
      const all = sum(rows.map((row) => row.conversions + row.nulls))
      const { credits } = shapleyRate(paths)
      const counts = byOrders(paths.keys.length, rateOf('conversions'))
      const values = byOrders(paths.keys.length, rateOf('value'))
      paths.keys.forEach((_, key) => {
        expect(credits.conversions[key]).toBeCloseTo((counts[key] ?? Number.NaN) * all, 9)
        expect(credits.values[key]).toBeCloseTo((values[key] ?? Number.NaN) * all, 9)
      })
    }),
    { numRuns: 60 },
  )
})

/** Twelve keys whose rates differ, on 400 made-up journeys. */
function manyKeys() {
  const random = seededRandom(11)
  const rows = Array.from({ length: 400 }, () => {
    const touches = Array.from({ length: 1 + Math.floor(5 * random()) }, () => Math.floor(12 * random()))
    const conversions = random() < 0.1 + 0.05 * Math.min(...touches) ? 1 : 0
    return { touches: touches.map((key) => `key ${key}`), conversions, value: conversions * 30, nulls: 1 }
  })
  return collectPaths(rows)
}

test('the estimate lies within its standard errors of the exact answer', () => {
  const paths = manyKeys()
  const exact = shapleyRate(paths)
  const estimate = shapleyRate(paths, { exactUpTo: 11, permutations: 1000 })
  expect([exact.exact, estimate.exact]).toEqual([true, false])
  for (const measure of ['conversions', 'values'] as const) {
    const off = estimate.credits[measure].map(
      (credit, key) =>
        (credit - (exact.credits[measure][key] ?? Number.NaN)) /
        (estimate.standardErrors?.[measure][key] ?? Number.NaN),
    )
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(4)
    // Were the errors told too large, all would lie far within them.
    expect(Math.sqrt(sum(off.map((x) => x * x)) / off.length)).toBeGreaterThan(0.3)
    expect(sum(estimate.credits[measure])).toBeCloseTo(sum(exact.credits[measure]), 9)
  }
})

test('four times the orders halve the error', () => {
  const paths = manyKeys()
  const errors = [500, 2000].map((permutations) =>
    sum(shapleyRate(paths, { exactUpTo: 0, permutations }).standardErrors?.conversions ?? []),
  )
  expect((errors[0] ?? 0) / (errors[1] ?? 1)).toBeGreaterThan(1.7)
  expect((errors[0] ?? 0) / (errors[1] ?? 1)).toBeLessThan(2.3)
})

test('the same seed gives the same estimate, another seed another', () => {
  const paths = manyKeys()
  const estimate = (seed: number) => shapleyRate(paths, { seed, exactUpTo: 0, permutations: 100 })
  expect(estimate(5)).toEqual(estimate(5))
  expect(estimate(5).credits).not.toEqual(estimate(6).credits)
})

test('keys on paths that weigh nothing take no part in the choice between exact and estimate', () => {
  const ghosts = Array.from({ length: 30 }, (_, at) => path(`ghost ${at}`, 0, 0))
  const { credits, exact } = shapleyRate(collectPaths([...ghosts, path('A', 1, 1)]))
  expect(exact).toBe(true)
  expect([...credits.conversions]).toEqual([...ghosts.map(() => 0), 1])
})

test('progress ends at 1, exact and estimated', () => {
  for (const exactUpTo of [20, 0]) {
    const steps: number[] = []
    shapleyRate(manyKeys(), { exactUpTo, permutations: 50 }, (done) => steps.push(done))
    expect(steps.at(-1)).toBe(1)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  }
})

test.each([
  { seed: -1 },
  { seed: 0.5 },
  { exactUpTo: 25 },
  { exactUpTo: -1 },
  { permutations: 3 },
  { permutations: Number.POSITIVE_INFINITY },
])('%j is refused', (options) => {
  const error = (() => {
    try {
      return shapleyRate(manyKeys(), options)
    } catch (caught) {
      return caught
    }
  })()
  expect(error).toBeInstanceOf(ModelError)
  expect(error).toMatchObject({ field: Object.keys(options)[0] })
})

/** Shapley's own definition: the mean over all n! orders of what each player adds to those before it. */
function byOrders(players: number, worth: (coalition: number) => number): number[] {
  const shares = Array.from({ length: players }, () => 0)
  let orders = 0
  const extend = (coalition: number, gains: [player: number, gain: number][]) => {
    if (gains.length === players) {
      orders++
      for (const [player, gain] of gains) shares[player] = (shares[player] ?? 0) + gain
      return
    }
    for (let player = 0; player < players; player++) {
      const larger = coalition | (1 << player)
      if (larger !== coalition) extend(larger, [...gains, [player, worth(larger) - worth(coalition)]])
    }
  }
  extend(0, [])
  return shares.map((share) => share / orders)
}
