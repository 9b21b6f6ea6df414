import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineIds } from './line-ids.ts'

function idsOf(lines: readonly string[], host = 'example.com'): string[] {
  const idOf = lineIds('access-log', host)
  return lines.map((line) => idOf(Buffer.from(line)))
}

describe('lineIds', () => {
  test('gives 32 hex digits, the same in every run', () => {
    expect(idsOf(['a'])).toEqual(idsOf(['a']))
    expect(idsOf(['a'])[0]).toMatch(/^[0-9a-f]{32}$/)
  })

  test('tells identical lines of one file apart', () => {
    expect(new Set(idsOf(['a', 'b', 'a', 'a'])).size).toBe(4)
  })

  test('depends on host and format', () => {
    const ids = [lineIds('access-log', 'a'), lineIds('access-log', 'b'), lineIds('bitly', 'a')].map((idOf) =>
      idOf(Buffer.from('line')),
    )
    expect(new Set(ids).size).toBe(3)
  })

  test('does not take a line that begins with a digit for another ordinal', () => {
    expect(new Set(idsOf(['1\na', 'a', 'a', '2\na'])).size).toBe(4)
  })

  test('adds exactly what a second file holds more of, in any order', () => {
    // Few different lines, so that most come several times.
    const file = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
    fc.assert(
      fc.property(file, file, (first, second) => {
        const known = new Set([...idsOf(first), ...idsOf(second)])
        const count = (lines: string[], line: string) => lines.filter((each) => each === line).length
        const expected = ['a', 'b', 'c', 'd'].reduce(
          (sum, line) => sum + Math.max(count(first, line), count(second, line)),
          0,
        )
        expect(known.size).toBe(expected)
      }),
    )
  })

  test('stays exact while its tables grow', () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `line ${n % 40_000}`)
    expect(new Set(idsOf(lines)).size).toBe(60_000)
    expect(new Set([...idsOf(lines), ...idsOf(lines.toReversed())]).size).toBe(60_000)
  })
})
