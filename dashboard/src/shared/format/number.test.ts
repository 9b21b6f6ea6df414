import { describe, expect, it } from 'vitest'
import { share, split, times } from './number.ts'

describe('shares', () => {
  it('never round a little to nothing or almost all to all', () => {
    expect(share(0.00001)).toMatch(/^</)
    expect(share(0.99999)).toMatch(/^>/)
    expect(split(0.001)).toBe('<1 : >99')
    expect(split(0.999)).toBe('>99 : <1')
  })

  it('say nothing and all where it is so', () => {
    expect([split(0), split(1)]).toEqual(['0 : 100', '100 : 0'])
    expect(share(0)).not.toMatch(/</)
  })

  it('of two parts add up to a hundred', () => {
    expect([split(0.125), split(0.875), split(0.5)]).toEqual(['13 : 87', '88 : 12', '50 : 50'])
  })

  it('give multiples with one digit below ten', () => {
    expect([times(1.34), times(9.96), times(42.4)]).toEqual(['1.3', '10', '42'])
  })
})
