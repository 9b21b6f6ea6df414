import { describe, expect, it } from 'vitest'
import { differenceText, rateScale, rateText } from './rate-text.ts'

describe('a rate in words', () => {
  it('has as many decimals as its interval is sure of', () => {
    expect(rateText(0.024, [0.019, 0.031])).toEqual({ rate: '2.4%', interval: '[1.9, 3.1]' })
    expect(rateText(0.0004, [0.00035, 0.00046])).toEqual({ rate: '0.040%', interval: '[0.035, 0.046]' })
    expect(rateText(0, [0, 0.27])).toEqual({ rate: '0.0%', interval: '[0.0, 27.0]' })
  })
})

describe('the scale of rates', () => {
  it('reaches beyond the highest interval, and never beyond all', () => {
    expect(rateScale([{ ci: [0.1, 0.2] }, undefined, { ci: null }])).toBeCloseTo(0.21)
    expect(rateScale([{ ci: [0.5, 0.99] }])).toBe(1)
    expect(rateScale([undefined])).toBe(1)
  })
})

describe('a difference in words', () => {
  it('is told from the side of the higher rate, with its interval turned as well', () => {
    expect(differenceText(-0.118, [-0.154, -0.081])).toEqual({
      higher: 'b',
      points: '11.8 points [8.1, 15.4]',
      clear: true,
    })
    expect(differenceText(0.012, [-0.006, 0.03])).toEqual({
      higher: 'a',
      points: '1.2 points [−0.6, 3.0]',
      clear: false,
    })
  })
})
