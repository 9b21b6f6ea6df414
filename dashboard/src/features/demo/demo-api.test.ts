import { expect, test } from 'vitest'
import { progressOf } from './demo-api.ts'

test('progress begins at nothing, is half way when all is made and whole when all is loaded', () => {
  expect(progressOf({ hits: 1000, made: 0, loaded: 0 })).toBe(0)
  expect(progressOf({ hits: 1000, made: 1000, loaded: 0 })).toBe(0.5)
  expect(progressOf({ hits: 1000, made: 990, loaded: 990 })).toBeCloseTo(0.99)
})

test('progress stays within its bar where more hits came out than were asked for, or none were', () => {
  expect(progressOf({ hits: 1000, made: 1030, loaded: 1030 })).toBe(1)
  expect(progressOf({ hits: 0, made: 0, loaded: 0 })).toBe(0)
})
