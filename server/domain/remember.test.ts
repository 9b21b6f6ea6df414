import fc from 'fast-check'
import { expect, test } from 'vitest'
import { remember } from './remember.ts'

test('answers are those of the function, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')),
      fc.integer({ min: 1, max: 6 }),
      (keys, max) => {
        const upper = remember(max, (key) => key.toUpperCase())
        expect(keys.map(upper)).toEqual(keys.map((key) => key.toUpperCase()))
      },
    ),
  )
})

test('what was asked lately is not computed again, and what was asked long ago is forgotten', () => {
  const computed: string[] = []
  const remembered = remember(8, (key) => {
    computed.push(key)
    return key
  })
  for (const key of ['a', 'b', 'c', 'd']) remembered(key)
  for (const key of ['d', 'c', 'b', 'a']) remembered(key)
  expect(computed).toEqual(['a', 'b', 'c', 'd'])
  for (let i = 0; i < 20; i++) remembered(`other ${i}`)
  remembered('a')
  expect(computed.filter((key) => key === 'a')).toHaveLength(2)
})

test('undefined and null are remembered like any answer', () => {
  let calls = 0
  const nothing = remember(4, () => {
    calls++
    return null
  })
  expect([nothing('x'), nothing('x')]).toEqual([null, null])
  expect(calls).toBe(1)
})
