import { expect, test } from 'vitest'
import { exactSum, settled, shareOut } from './settle.ts'

test('a sum keeps what small numbers lose beside large ones', () => {
  expect(exactSum(Float64Array.of(1, 1e100, 1, -1e100))).toBe(2)
  expect(exactSum(new Float64Array(10_000_000).fill(0.1))).toBe(1_000_000)
  expect(exactSum(new Float64Array(0))).toBe(0)
})

test('what is left of the total goes to the largest share', () => {
  expect([...settled(Float64Array.of(1, -6, 4), 0)]).toEqual([1, -5, 4])
})

test('shares go by weight, and are none where there is nothing to share or nobody to share it', () => {
  expect([...shareOut(12, Float64Array.of(1, 2, 3))]).toEqual([2, 4, 6])
  expect([...shareOut(0, Float64Array.of(1, 2))]).toEqual([0, 0])
  expect([...shareOut(5, Float64Array.of(0, 0))]).toEqual([0, 0])
})
