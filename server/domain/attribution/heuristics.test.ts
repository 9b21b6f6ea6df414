import { expect, test } from 'vitest'
import type { Credits, PathSet } from './contract.ts'
import { ModelError } from './model-error.ts'
import { isDirect } from './models.ts'
import { firstTouch, lastNonDirect, lastTouch } from './one-touch.ts'
import { collectPaths } from './paths.ts'
import { linear, positionBased, timeDecay } from './shared-credit.ts'

/** Credits by key. */
function byKey(paths: PathSet, { conversions, values }: Credits): Record<string, [number, number]> {
  return Object.fromEntries(paths.keys.map((key, at) => [key, [conversions[at] ?? 0, values[at] ?? 0]]))
}

function path(touches: string, conversions: number, value: number, nulls = 0) {
  return { touches: touches.split(' > '), conversions, value, nulls }
}

const PATHS = collectPaths([
  path('Social > Search > Direct', 4, 40, 7),
  path('Direct', 2, 6),
  path('Search > Social > Social > Email', 1, 10, 1),
  path('Email > Video', 0, 0, 9),
])

test('first touch gives each path to where it began', () => {
  expect(byKey(PATHS, firstTouch(PATHS))).toEqual({
    Social: [4, 40],
    Search: [1, 10],
    Direct: [2, 6],
    Email: [0, 0],
    Video: [0, 0],
  })
})

test('last touch gives each path to where it ended', () => {
  expect(byKey(PATHS, lastTouch(PATHS))).toEqual({
    Social: [0, 0],
    Search: [0, 0],
    Direct: [6, 46],
    Email: [1, 10],
    Video: [0, 0],
  })
})

test('last non-direct passes over Direct, except where there is nothing else', () => {
  expect(byKey(PATHS, lastNonDirect(PATHS, isDirect))).toEqual({
    Social: [0, 0],
    Search: [4, 40],
    Direct: [2, 6],
    Email: [1, 10],
    Video: [0, 0],
  })
})

test('where all touches are direct ones, the last of them is the last non-direct touch', () => {
  const paths = collectPaths([path('(direct) > Direct', 1, 0), path('Search > DIRECT > (Direct)', 1, 0)])
  expect(byKey(paths, lastNonDirect(paths, isDirect))).toMatchObject({ Direct: [1, 0], Search: [1, 0] })
})

test('linear counts every touch, repeats included', () => {
  const paths = collectPaths([path('A > B > A > C', 8, 40, 3), path('B', 1, 2)])
  expect(byKey(paths, linear(paths))).toEqual({ A: [4, 20], B: [3, 12], C: [2, 10] })
})

test('a touch that is one half-life older weighs half', () => {
  const paths = collectPaths([{ ...path('A > B > C', 7, 70), ages: [14, 7, 0] }])
  const credits = byKey(paths, timeDecay(paths, 7))
  expect(credits.A?.[0]).toBeCloseTo(1, 12)
  expect(credits.B?.[0]).toBeCloseTo(2, 12)
  expect(credits.C).toEqual([4, 40])
})

test('decay goes on between whole days', () => {
  const paths = collectPaths([{ ...path('A > B', 1, 0), ages: [3.5, 0] }])
  const [a] = timeDecay(paths, 7).conversions
  expect(a).toBeCloseTo(2 ** -0.5 / (2 ** -0.5 + 1), 12)
})

test('decay does not underflow where all touches are thousands of half-lives old', () => {
  const paths = collectPaths([{ ...path('A > B', 3, 9), ages: [50_001, 50_000] }])
  expect([...timeDecay(paths, 1).conversions]).toEqual([1, 2])
})

test('time decay says so where the paths have no times', () => {
  expect(() => timeDecay(PATHS, 7)).toThrow(ModelError)
  expect(() => timeDecay(PATHS, 7)).toThrow(/times/)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a half-life of %s days is refused', (halfLife) => {
  const paths = collectPaths([{ ...path('A', 1, 0), ages: [1] }])
  expect(() => timeDecay(paths, halfLife)).toThrow(ModelError)
})

test('position based gives 40/20/40, halves to two, all to one', () => {
  const paths = collectPaths([path('A > B > C > D', 10, 100), path('E > F', 2, 0), path('G', 3, 0)])
  const credits = byKey(paths, positionBased(paths, [0.4, 0.2, 0.4]))
  expect(credits.A).toEqual([4, 40])
  expect(credits.B?.[0]).toBeCloseTo(1, 12)
  expect(credits.C?.[1]).toBeCloseTo(10, 12)
  expect(credits.D).toEqual([4, 40])
  expect(credits.E).toEqual([1, 0])
  expect(credits.F).toEqual([1, 0])
  expect(credits.G).toEqual([3, 0])
})

test('position weights are relative; two touches share by the first and the last of them', () => {
  const paths = collectPaths([path('A > B > C', 8, 0), path('D > E', 8, 0)])
  expect([...positionBased(paths, [3, 4, 1]).conversions]).toEqual([3, 4, 1, 6, 2])
})

test('where only touches between have weight, two touches get half each', () => {
  const paths = collectPaths([path('A > B > C', 8, 0), path('D > E', 8, 0)])
  expect([...positionBased(paths, [0, 1, 0]).conversions]).toEqual([0, 8, 0, 4, 4])
})

test.each([[[0, 0, 0]], [[-1, 1, 1]], [[Number.NaN, 1, 1]], [[Number.POSITIVE_INFINITY, 1, 1]]] as [
  [number, number, number],
][])('position weights of %j are refused', (weights) => {
  expect(() => positionBased(PATHS, weights)).toThrow(ModelError)
})
