import { expect, test } from 'vitest'
import { joinKeys } from './joins.ts'

const MINUTE = 60_000

/** `minute visitor` or `minute visitor<former key`. */
function joins(...hits: string[]): string[] {
  const read = hits.map((text) => {
    const [minute = '', visitor = '', previousVisitor = ''] = text.split(/[ <]/)
    return { time: Number(minute) * MINUTE, visitor, previousVisitor }
  })
  return joinKeys(read).map(
    ({ visitor, from, until, stream }) => `${visitor} ${from / MINUTE}-${until / MINUTE} in ${stream}`,
  )
}

test('a key goes on with the one it names while that is running, and no longer', () => {
  expect(joins('0 a', '30 b<a', '50 b', '70 b')).toEqual(['b 30-70 in a'])
  expect(joins('0 a', '31 b<a', '50 b')).toEqual([])
})

test('a key that is running itself stays by itself', () => {
  expect(joins('0 a', '0 b', '10 b<a')).toEqual([])
})

test('after a silence it is by itself again, until it joins again', () => {
  expect(joins('0 a', '5 b<a', '60 b', '100 a', '101 b', '140 a', '141 b<a')).toEqual([
    'b 5-5 in a',
    'b 141-141 in a',
  ])
})

test('a stream runs on by any of its keys, and a third joins it by the second', () => {
  expect(joins('0 a', '20 b<a', '45 b', '70 c<b', '90 a')).toEqual(['b 20-45 in a', 'c 70-70 in a'])
})

test('the name of a stream that has ended does not carry those who were in it along', () => {
  expect(joins('0 a', '1 b<a', '50 a', '51 b')).toEqual(['b 1-1 in a'])
})

test('a name under which nothing happened joins nothing', () => {
  expect(joins('0 b<a', '1 c<', '2 d<d')).toEqual([])
})
