import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MarkovOrder } from './contract.ts'
import { markov } from './markov.ts'
import { ModelError } from './model-error.ts'
import { collectPaths, type TouchPath } from './paths.ts'

const ORDERS: MarkovOrder[] = [1, 2, 3]

function path(touches: string, conversions: number, nulls: number, value = 0): TouchPath {
  return { touches: touches.split(' > '), conversions, value, nulls }
}

/** By key: removal effect of conversions and of value, credit in both. */
function run(rows: TouchPath[], order: MarkovOrder): Record<string, [number, number, number, number]> {
  const paths = collectPaths(rows)
  const { credits, removalEffects: effects } = markov(paths, order)
  return Object.fromEntries(
    paths.keys.map((key, at) => [
      key,
      [
        effects.conversions[at] ?? Number.NaN,
        effects.values[at] ?? Number.NaN,
        credits.conversions[at] ?? Number.NaN,
        credits.values[at] ?? Number.NaN,
      ],
    ]),
  )
}

/** The definition, step by step: states as text, a dense matrix, and each key's states struck out in turn. */
function reference(rows: TouchPath[], order: MarkovOrder): Record<string, [number, number]> {
  const weights = new Map<string, Map<string, number>>()
  const states = new Map<string, readonly string[]>([['start', []]])
  const values = new Map<string, number>()
  const add = (from: string, to: string, weight: number) => {
    const row = weights.get(from) ?? new Map<string, number>()
    weights.set(from, row.set(to, (row.get(to) ?? 0) + weight))
  }
  for (const { touches, conversions, value, nulls } of rows) {
    const grams =
      touches.length < order
        ? [touches]
        : touches.slice(order - 1).map((_, at) => touches.slice(at, at + order))
    let before = 'start'
    for (const gram of grams) {
      const name = JSON.stringify(gram)
      states.set(name, gram)
      if (name !== before) add(before, name, conversions + nulls)
      before = name
    }
    add(before, 'conversion', conversions)
    add(before, 'null', nulls)
    values.set(before, (values.get(before) ?? 0) + value)
  }
  const expected = (removed: string | null): [number, number] => {
    const left = [...states].filter(([, gram]) => removed === null || !gram.includes(removed))
    const equations = left.map(([name], row) => {
      const out = weights.get(name) ?? new Map<string, number>()
      const sum = [...out.values()].reduce((a, b) => a + b, 0)
      const share = (to: string) => (sum > 0 ? (out.get(to) ?? 0) / sum : 0)
      const converted = out.get('conversion') ?? 0
      const mean = converted > 0 ? (values.get(name) ?? 0) / converted : 0
      return [
        ...left.map(([to], column) => (row === column ? 1 : 0) - share(to)),
        share('conversion'),
        share('conversion') * mean,
      ]
    })
    return solve(equations)[0] ?? [0, 0]
  }
  const [count, value] = expected(null)
  return Object.fromEntries(
    Array.from(new Set(rows.flatMap((row) => row.touches)), (key) => {
      const [countWithout, valueWithout] = expected(key)
      return [key, [count > 0 ? 1 - countWithout / count : 0, value > 0 ? 1 - valueWithout / value : 0]]
    }),
  )
}

/** Gauss and Jordan with pivoting on rows of equations with two right sides. */
function solve(rows: number[][]): [number, number][] {
  const size = rows.length
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot
    for (let row = pivot; row < size; row++)
      if (Math.abs(rows[row]?.[pivot] ?? 0) > Math.abs(rows[best]?.[pivot] ?? 0)) best = row
    const chosen = rows[best] ?? []
    rows[best] = rows[pivot] ?? []
    rows[pivot] = chosen.map((number) => number / (chosen[pivot] ?? 1))
    for (let row = 0; row < size; row++) {
      const factor = rows[row]?.[pivot] ?? 0
      if (row === pivot || factor === 0) continue
      rows[row] = (rows[row] ?? []).map((number, at) => number - factor * (rows[pivot]?.[at] ?? 0))
    }
  }
  return rows.map((row) => [row[size] ?? 0, row[size + 1] ?? 0])
}

test("DP6's nine paths have the removal effects that DP6 and ChannelAttribution give them", () => {
  // DP6/Marketing-Attribution-Models: tests/test_mam.py
  const nine = ['A', 'A > B', 'A > B > C', 'B', 'B > A', 'B > C > A', 'C', 'C > A', 'C > B > A']
  const result = run(
    nine.map((touches) => path(touches, 1, 0, 3)),
    1,
  )
  expect(result.A?.[0]).toBeCloseTo(0.666667, 6)
  expect(result.B?.[0]).toBeCloseTo(0.533333, 6)
  expect(result.C?.[0]).toBeCloseTo(0.491228, 6)
  expect(result.A?.[1]).toBeCloseTo(2 / 3, 12)
  expect(result.A?.[3]).toBeCloseTo(3 * (result.A?.[2] ?? 0), 12)
})

test("the fixture of eeghor/mta has the removal effects of mta's analytic Markov", () => {
  // eeghor/mta: tests/conftest.py
  const result = run(
    [path('direct', 2, 1), path('search > email', 3, 2), path('search > social > email', 5, 4)],
    1,
  )
  expect(result.direct?.[0]).toBeCloseTo(0.2, 14)
  expect(result.search?.[0]).toBeCloseTo(0.8, 14)
  expect(result.email?.[0]).toBeCloseTo(0.8, 14)
  expect(result.social?.[0]).toBeCloseTo(0.5142857142857142, 14)
})

test('value goes by the mean value of the conversions that ended in a state', () => {
  // C is worth 6 to whoever comes to it, from A (10) and from B (2) alike.
  const result = run([path('A > C', 1, 0, 10), path('B > C', 1, 0, 2)], 1)
  expect(result.A).toEqual([0.5, 0.5, 0.5, 3])
  expect(result.B).toEqual([0.5, 0.5, 0.5, 3])
  expect(result.C).toEqual([1, 1, 1, 6])
})

test('touches are not made one, so that what went through equal ones is mixed', () => {
  // CA and DA both lead to AA, and half of AA goes on to AB. Of C > A > B and D > A, only C's would convert.
  const rows = [path('C > A > A > B', 1, 0), path('D > A > A > A', 0, 1)]
  const result = run(rows, 2)
  expect(result.A?.[0]).toBeCloseTo(1, 14)
  expect(result.B?.[0]).toBeCloseTo(1, 14)
  expect(result.C?.[0]).toBeCloseTo(1 / 2, 14)
  expect(result.D?.[0]).toBeCloseTo(1 / 2, 14)
})

test('a path shorter than the order is a state of its own', () => {
  // A alone converts 1 of 2, AA never does, AB always: P = (1 + 0 + 4)/8.
  const rows = [path('A', 1, 1), path('A > A', 0, 2), path('A > B', 4, 0)]
  const result = run(rows, 2)
  expect(result.A?.[0]).toBeCloseTo(1, 14)
  expect(result.B?.[0]).toBeCloseTo(4 / 5, 14)
})

const weighed = fc.record({
  touches: fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 7 }),
  conversions: fc.integer({ min: 0, max: 5 }),
  price: fc.integer({ min: 0, max: 20 }),
  nulls: fc.integer({ min: 0, max: 5 }),
})

test.each(ORDERS)('order %i agrees with the definition, with nulls and without', (order) => {
  fc.assert(
    fc.property(fc.array(weighed, { minLength: 1, maxLength: 12 }), fc.boolean(), (drawn, withNulls) => {
      const rows = drawn
        .filter(({ conversions, nulls }) => conversions + (withNulls ? nulls : 0) > 0)
        .map(({ price, ...row }) => ({
          ...row,
          value: row.conversions * price,
          nulls: withNulls ? row.nulls : 0,
        }))
      const result = run(rows, order)
      for (const [key, [count, value]] of Object.entries(reference(rows, order))) {
        expect(Math.abs((result[key]?.[0] ?? Number.NaN) - count)).toBeLessThan(1e-12)
        expect(Math.abs((result[key]?.[1] ?? Number.NaN) - value)).toBeLessThan(1e-12)
      }
    }),
    { numRuns: 150 },
  )
})

test('the effect of a key that is one in a thousand million keeps its digits', () => {
  const [often, once] = [1e9 - 1, 1]
  const result = run([path('A > B', often, 3 * often, 5 * often), path('Rare > B', once, 3 * once, 5)], 1)
  expect(result.Rare?.[0]).toBeCloseTo(1e-9, 23)
  expect(result.Rare?.[1]).toBeCloseTo(1e-9, 23)
})

test('a journey that goes to and fro for a hundred thousand touches is exact', () => {
  // B goes on to A with (m − 1)/(m + 1), converts with 1/(m + 1), ends with 1/(m + 1): P = 1/2, without A 1/2·1/(m + 1).
  const m = 50_000
  const there = Array.from({ length: 2 * m }, (_, at) => (at % 2 === 0 ? 'A' : 'B'))
  const rows = [{ touches: there, conversions: 1, value: 4, nulls: 0 }, path('B', 0, 1)]
  const result = run(rows, 1)
  expect(result.A?.[0]).toBeCloseTo(m / (m + 1), 10)
  expect(result.B?.[0]).toBeCloseTo(1, 10)
  expect(result.A?.[1]).toBeCloseTo(m / (m + 1), 10)
})

test.each(ORDERS)('circles that keep to themselves for long are exact at order %i', (order) => {
  const round = (turn: string, times: number) => Array.from({ length: times }, () => [...turn]).flat()
  const rows = [
    { touches: round('ABC', 400), conversions: 3, value: 9, nulls: 1 },
    { touches: round('ACB', 500), conversions: 1, value: 8, nulls: 2 },
    { touches: [...round('DE', 700), 'A'], conversions: 1, value: 1, nulls: 0 },
    { touches: [...round('BCD', 300), ...round('EA', 300)], conversions: 0, value: 0, nulls: 4 },
    path('E', 1, 1, 2),
  ]
  const result = run(rows, order)
  for (const [key, [count, value]] of Object.entries(reference(rows, order))) {
    expect(result[key]?.[0]).toBeCloseTo(count, 9)
    expect(result[key]?.[1]).toBeCloseTo(value, 9)
  }
})

test('where nothing converts, nothing is credited', () => {
  expect(run([path('A > B', 0, 3)], 1)).toEqual({ A: [0, 0, 0, 0], B: [0, 0, 0, 0] })
  const { credits } = markov(collectPaths([]), 1)
  expect(credits.conversions.length).toBe(0)
})

test('one channel alone gets all', () => {
  for (const order of ORDERS)
    expect(run([path('A', 2, 1, 5), path('A > A > A > A', 1, 0, 1)], order)).toEqual({ A: [1, 1, 3, 6] })
})

test('paths that weigh nothing leave no state, and their keys get nothing', () => {
  const result = run([path('A > Ghost > B', 0, 0), path('A > B', 1, 1)], 1)
  expect(result.Ghost).toEqual([0, 0, 0, 0])
  expect(result.A?.[0]).toBe(1)
})

test('a key on paths that fail has an effect only where the chain leads on from it to a conversion', () => {
  const result = run([path('A', 3, 1), path('Bridge > A', 0, 2), path('End', 0, 2)], 1)
  expect(result.Bridge?.[0]).toBeCloseTo(1 / 3, 14)
  expect(result.End?.[0]).toBe(0)
})

test('progress ends at 1, for a few keys and for many', () => {
  for (const keys of [3, 60]) {
    const steps: number[] = []
    const rows = Array.from({ length: keys * keys }, (_, at) =>
      path(`k${at % keys} > k${Math.floor(at / keys)}`, 1, 1),
    )
    markov(collectPaths(rows), 2, (done) => steps.push(done))
    expect(steps.at(-1)).toBe(1)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  }
})

test.each([0, 4, 1.5, Number.NaN])('an order of %s is refused', (order) => {
  expect(() => markov(collectPaths([path('A', 1, 0)]), order as MarkovOrder)).toThrow(ModelError)
})

test('weights two hundred orders of magnitude apart are credited as any others', () => {
  const rows = Array.from({ length: 4 }, (_, at) => path(`k${at}`, 0, 1e100))
  const result = run([...rows, path('k0 > k1 > k2 > k3 > k4', 1e-100, 0, 1e-100)], 1)
  // From each k but k3 the way is too unlikely for doubles.
  expect(result.k4).toEqual([1, 1, 5e-101, 5e-101])
  expect(result.k3).toEqual([1, 1, 5e-101, 5e-101])
  expect(result.k0).toEqual([0, 0, 0, 0])
})
