import { describe, expect, it } from 'vitest'
import { duration } from './duration.ts'

describe('a length of time', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [59.6, '1 min'],
    [61, '1 min'],
    [119, '2 min'],
    [3_599, '1 h'],
    [3_600, '1 h'],
    [3_600 * 3 + 1_200, '3 h 20 min'],
    [3_600 * 23 + 59.9 * 60, '1 d'],
    [86_400 * 2 + 3_600 * 4, '2 d 4 h'],
    [86_400 * 9 + 3_600 * 23.9, '10 d'],
    [86_400 * 29.6, '30 d'],
  ])('%d seconds is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})
