import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runsOf, shapeOf } from './path-shape.ts'

const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 })

describe('a path in the list', () => {
  it('draws equal touches in a row together', () => {
    expect(runsOf(['a', 'b', 'b', 'b', 'a'])).toEqual([
      { key: 'a', times: 1 },
      { key: 'b', times: 3 },
      { key: 'a', times: 1 },
    ])
  })

  it('can be read back from its runs', () => {
    fc.assert(
      fc.property(path, (touches) => {
        const back = runsOf(touches).flatMap(({ key, times }) => Array.from({ length: times }, () => key))
        expect(back).toEqual(touches)
      }),
    )
  })

  it('shows eight runs at most and counts every touch that is folded away', () => {
    fc.assert(
      fc.property(path, (touches) => {
        const { head, hidden, tail } = shapeOf(touches)
        expect(head.length + tail.length).toBeLessThanOrEqual(8)
        const inSight = [...head, ...tail].reduce((sum, { times }) => sum + times, 0)
        expect(inSight + hidden).toBe(touches.length)
        expect(hidden).not.toBe(1)
      }),
    )
  })

  it('keeps the ends of a long path', () => {
    const { head, hidden, tail } = shapeOf([...'abcabcabcabc'])
    expect(head.map(({ key }) => key).join('')).toBe('abca')
    expect(hidden).toBe(5)
    expect(tail.map(({ key }) => key).join('')).toBe('abc')
  })
})
