import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credits, type MarkovOrder, MODELS, type Model } from './contract.ts'
import { type RunOptions, runModel } from './models.ts'
import { collectPaths, type TouchPath } from './paths.ts'

const RUNS: [name: string, model: Model, options: RunOptions][] = [
  ...MODELS.map((model): [string, Model, RunOptions] => [model, model, {}]),
  ...([2, 3] as MarkovOrder[]).map((order): [string, Model, RunOptions] => [
    `markov of order ${order}`,
    'markov',
    { order },
  ]),
  ['timeDecay of an hour', 'timeDecay', { halfLife: 1 / 24 }],
  ['position 0/0/7', 'position', { position: [0, 0, 7] }],
  ['position 0/1/0', 'position', { position: [0, 1, 0] }],
  ['an estimated shapleyRate', 'shapleyRate', { exactUpTo: 0, permutations: 6, seed: 3 }],
]

/** Weights of all sizes, from fractions to what a bank would not count. */
const weight = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 20 }),
  fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
)
const row: fc.Arbitrary<TouchPath> = fc
  .record({
    steps: fc.array(fc.tuple(fc.constantFrom('Direct', 'Search', 'Social', 'Email'), fc.nat({ max: 9000 })), {
      minLength: 1,
      maxLength: 8,
    }),
    conversions: weight,
    value: weight,
    nulls: weight,
  })
  .map(({ steps, ...weights }) => ({
    ...weights,
    value: weights.conversions === 0 ? 0 : weights.value,
    touches: steps.map(([key]) => key),
    ages: steps.map(([, age]) => age / 100).toSorted((a, b) => b - a),
  }))
const rows = fc.array(row, { maxLength: 20 })

function total(numbers: Iterable<number>): number {
  let sum = 0
  for (const number of numbers) sum += number
  return sum
}

/** Credits of every key, by its name. */
function credit(model: Model, options: RunOptions, paths: TouchPath[]): Record<string, [number, number]> {
  const set = collectPaths(paths)
  const { credits } = runModel(model, set, options)
  return Object.fromEntries(
    set.keys.map((key, at) => [
      key,
      [credits.conversions[at] ?? Number.NaN, credits.values[at] ?? Number.NaN],
    ]),
  )
}

/** The same credits, as far as doubles can tell after sums in another order. */
function expectClose(
  actual: Record<string, [number, number]>,
  expected: Record<string, [number, number]>,
): void {
  const size = (at: 0 | 1) => Math.max(...Object.values(expected).map((pair) => Math.abs(pair[at])))
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted())
  for (const [key, pair] of Object.entries(expected))
    for (const at of [0, 1] as const)
      expect(Math.abs((actual[key]?.[at] ?? Number.NaN) - pair[at])).toBeLessThanOrEqual(1e-9 * size(at))
}

describe.each(RUNS)('%s', (_, model, options) => {
  test('shares out all conversions and all value, whatever the paths', () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const { credits } = runModel(model, collectPaths(drawn), options)
        const expectSum = (shares: Float64Array, whole: number) => {
          // A sum of shares of both signs is known no better than its largest share allows.
          const scale = Math.max(whole, 1e-5 * Math.max(0, ...shares.map(Math.abs)))
          expect(Math.abs(total(shares) - whole)).toBeLessThanOrEqual(1e-9 * scale)
        }
        expectSum(credits.conversions, total(drawn.map((path) => path.conversions)))
        expectSum(credits.values, total(drawn.map((path) => path.value)))
      }),
      { numRuns: 60 },
    )
  })

  test('gives nobody less than nothing', () => {
    if (model === 'shapleyRate') return
    fc.assert(
      fc.property(rows, (drawn) => {
        const { credits } = runModel(model, collectPaths(drawn), options)
        for (const share of [...credits.conversions, ...credits.values])
          expect(share).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 40 },
    )
  })

  test('does not mind the order of the paths, nor one path told in two parts', () => {
    // An estimate draws other orders where keys are numbered otherwise.
    if (options.exactUpTo === 0) return
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (drawn) => {
        const [first, ...rest] = drawn
        if (!first) return
        const half = {
          ...first,
          conversions: first.conversions / 2,
          value: first.value / 2,
          nulls: first.nulls / 2,
        }
        expectClose(credit(model, options, [half, ...rest, half].toReversed()), credit(model, options, drawn))
      }),
      { numRuns: 40 },
    )
  })

  test('gives ten times as much where all weights are ten times as large', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (drawn) => {
        const larger = drawn.map((path) => ({
          ...path,
          conversions: 10 * path.conversions,
          value: 10 * path.value,
          nulls: 10 * path.nulls,
        }))
        const plain = credit(model, options, drawn)
        const expected = Object.entries(plain).map(([key, [count, value]]) => [key, [10 * count, 10 * value]])
        expectClose(credit(model, options, larger), Object.fromEntries(expected))
      }),
      { numRuns: 30 },
    )
  })

  test('gives nothing to a key that no path with a conversion holds', () => {
    // shapleyRate may give less than nothing; markov may see a way from it to a conversion.
    if (model === 'shapleyRate') return
    fc.assert(
      fc.property(rows, weight, (drawn, nulls) => {
        const idle = { touches: ['Idle', 'Idle'], conversions: 0, value: 0, nulls, ages: [2, 1] }
        expect(credit(model, options, [idle, ...drawn]).Idle).toEqual([0, 0])
      }),
      { numRuns: 30 },
    )
  })

  test('takes no paths at all', () => {
    const { credits } = runModel(model, collectPaths([]), options)
    expect(credits).toEqual({
      conversions: new Float64Array(0),
      values: new Float64Array(0),
    } satisfies Credits)
  })
})

test('markov tells removal effects, shapleyRate whether it is exact', () => {
  const paths = collectPaths([{ touches: ['A', 'B'], conversions: 1, value: 2, nulls: 1 }])
  expect(runModel('markov', paths).removalEffects?.conversions).toEqual(Float64Array.of(1, 1))
  expect(runModel('shapleyRate', paths)).toMatchObject({ exact: true, standardErrors: null })
  expect(Object.keys(runModel('linear', paths))).toEqual(['credits'])
})

test('other keys than Direct can be passed over as direct', () => {
  const paths = collectPaths([{ touches: ['Search', 'Typed in'], conversions: 1, value: 0, nulls: 0 }])
  expect([...runModel('lastNonDirect', paths).credits.conversions]).toEqual([0, 1])
  const passed = runModel('lastNonDirect', paths, { directKeys: ['TYPED IN'] })
  expect([...passed.credits.conversions]).toEqual([1, 0])
})
