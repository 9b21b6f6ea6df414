import { expect, test } from 'vitest'
import { randomOf, weighted } from './random.ts'

const draws = (...names: number[]) => {
  const random = randomOf(...names)
  return Array.from({ length: 1000 }, () => random.next())
}

test('the same numbers give the same draws, any other number gives others', () => {
  expect(draws(1, 2, 3, 4)).toEqual(draws(1, 2, 3, 4))
  for (const other of [
    [2, 2, 3, 4],
    [1, 3, 3, 4],
    [1, 2, 4, 4],
    [1, 2, 3, 5],
    [2, 1, 3, 4],
  ]) {
    const mine = new Set(draws(1, 2, 3, 4))
    expect(draws(...other).filter((draw) => mine.has(draw))).toEqual([])
  }
})

test('draws fill the range from 0 to 1 evenly', () => {
  const tenths = new Map<number, number>()
  for (const draw of Array.from({ length: 20 }, (_, seed) => draws(seed)).flat()) {
    const tenth = Math.floor(draw * 10)
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1)
  }
  expect([...tenths.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  // 2,000 are expected of each, give or take 42.
  for (const count of tenths.values()) expect(Math.abs(count - 2000)).toBeLessThan(250)
})

test('counts have the mean that was asked for, small or large, and none are made of nothing', () => {
  for (const mean of [0.05, 3, 29, 31, 5000]) {
    const random = randomOf(7)
    const counts = Array.from({ length: 4000 }, () => random.count(mean))
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length
    // Six standard errors of a Poisson mean.
    expect(Math.abs(average - mean)).toBeLessThan(6 * Math.sqrt(mean / 4000))
    expect(counts.every((count) => Number.isInteger(count) && count >= 0)).toBe(true)
  }
  expect(randomOf(7).count(0)).toBe(0)
  expect(randomOf(7).count(Number.NaN)).toBe(0)
})

test('choices come by their weights, and one without weight never', () => {
  const choices = weighted(['often', 'seldom', 'never'], (name) => ({ often: 9, seldom: 1 })[name] ?? 0)
  const random = randomOf(3)
  const picked = Array.from({ length: 10_000 }, () => random.pick(choices))
  expect(picked).not.toContain('never')
  expect(picked.filter((name) => name === 'seldom').length / 10_000).toBeCloseTo(0.1, 1)
  expect(() => weighted(['never'], () => 0)).toThrow(RangeError)
})
