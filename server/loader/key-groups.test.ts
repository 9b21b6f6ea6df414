import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupKeys, packGroups } from './key-groups.ts'

test('keys that pairs lead to are one group, over any number of steps, and others stay alone', () => {
  const pairs = [
    { visitor: 'b', previous: 'a' },
    { visitor: 'd', previous: 'c' },
    { visitor: 'c', previous: 'b' },
    { visitor: 'y', previous: 'x' },
  ]
  const groups = groupKeys(['e', 'a', 'y'], pairs).map((group) => group.sort().join(''))
  expect(groups.sort()).toEqual(['abcd', 'e', 'xy'])
})

test('each key is in one group, and no pair leads from one to another', () => {
  const key = fc.integer({ min: 0, max: 20 }).map(String)
  const pair = fc.record({ visitor: key, previous: key })
  fc.assert(
    fc.property(fc.array(key), fc.array(pair), (keys, pairs) => {
      const groups = groupKeys(keys, pairs)
      const all = groups.flat()
      const named = pairs.flatMap(({ visitor, previous }) => [visitor, previous])
      expect(all.sort()).toEqual([...new Set([...keys, ...named])].sort())
      const groupOf = (wanted: string) => groups.findIndex((group) => group.includes(wanted))
      for (const { visitor, previous } of pairs) expect(groupOf(visitor)).toBe(groupOf(previous))
    }),
  )
})

test('groups are put together whole, up to so many keys; one that is larger is cut', () => {
  const group = (size: number) => Array.from({ length: size }, () => 'k')
  const sizes = packGroups([3, 2, 4, 11, 1].map(group), 5).map((portion) => portion.map((one) => one.length))
  expect(sizes).toEqual([[3, 2], [4], [5], [5], [1, 1]])
})
