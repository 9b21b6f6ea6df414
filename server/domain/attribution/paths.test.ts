import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PathSet } from './contract.ts'
import { collapseRepeats, collectPaths, createPathCollector, PathError, type TouchPath } from './paths.ts'

const path: fc.Arbitrary<TouchPath> = fc.record({
  touches: fc.array(fc.constantFrom('A', 'B', '', 'constructor'), { minLength: 1, maxLength: 6 }),
  conversions: fc.integer({ min: 1, max: 9 }),
  value: fc.integer({ min: 0, max: 99 }),
  nulls: fc.integer({ min: 0, max: 9 }),
})

/** The paths as rows again. */
function rowsOf(paths: PathSet): TouchPath[] {
  return Array.from(paths.conversions, (conversions, row) => {
    const [from, to] = [paths.offsets[row], paths.offsets[row + 1]]
    return {
      touches: Array.from(paths.touches.subarray(from, to), (key) => paths.keys[key] ?? ''),
      conversions,
      value: paths.values[row] ?? 0,
      nulls: paths.nulls[row] ?? 0,
      ...(paths.ages && { ages: Array.from(paths.ages.subarray(from, to)) }),
    }
  })
}

test('what is collected can be read back, with and without ages', () => {
  fc.assert(
    fc.property(fc.array(path), fc.boolean(), (plain, timed) => {
      const rows = timed ? plain.map((row) => ({ ...row, ages: row.touches.map((_, at) => at / 2) })) : plain
      expect(rowsOf(collectPaths(rows))).toEqual(rows)
    }),
  )
})

test('more paths than the first columns hold are kept whole', () => {
  const rows = Array.from({ length: 5000 }, (_, row) => ({
    touches: Array.from({ length: 1 + (row % 7) }, (_, at) => `key ${(row + at) % 900}`),
    conversions: row,
    value: 0,
    nulls: 1,
    ages: Array.from({ length: 1 + (row % 7) }, (_, at) => row + at),
  }))
  expect(rowsOf(collectPaths(rows))).toEqual(rows)
})

test('keys are numbered as they first appear', () => {
  const paths = collectPaths([
    { touches: ['Social', 'Search'], conversions: 1, value: 0, nulls: 0 },
    { touches: ['Email', 'Social'], conversions: 1, value: 0, nulls: 0 },
  ])
  expect(paths.keys).toEqual(['Social', 'Search', 'Email'])
  expect([...paths.touches]).toEqual([0, 1, 2, 0])
})

test('no paths are a set of none', () => {
  const paths = collectPaths([])
  expect(paths.keys).toEqual([])
  expect([...paths.offsets]).toEqual([0])
  expect(paths.ages).toBeNull()
})

const GOOD: TouchPath = { touches: ['A', 'B'], conversions: 1, value: 2, nulls: 0 }

test.each<[string, TouchPath['touches' | 'ages'] | number | undefined, keyof TouchPath]>([
  ['no touches', [], 'touches'],
  ['negative conversions', -1, 'conversions'],
  ['conversions that are not a number', Number.NaN, 'conversions'],
  ['endless conversions', Number.POSITIVE_INFINITY, 'conversions'],
  ['conversions beyond the range of the models', 1e101, 'conversions'],
  ['nulls too small for the models', 5e-324, 'nulls'],
  ['negative nulls', -0.5, 'nulls'],
  ['a negative value', -2, 'value'],
  ['fewer ages than touches', [1], 'ages'],
  ['a negative age', [1, -1], 'ages'],
  ['an endless age', [Number.POSITIVE_INFINITY, 0], 'ages'],
  ['an age that is not a number', [Number.NaN, 0], 'ages'],
  ['no ages where other paths have them', undefined, 'ages'],
])('%s are refused with the row and the field', (_, wrong, field) => {
  const collector = createPathCollector()
  if (field === 'ages') collector.add({ ...GOOD, ages: [1, 0] })
  else collector.add(GOOD)
  const row = { ...GOOD, [field]: wrong } as TouchPath
  if (wrong === undefined) delete row.ages
  const error = catchError(() => collector.add(row))
  expect(error).toBeInstanceOf(PathError)
  expect(error).toMatchObject({ row: 1, field })
  expect(String(error)).toContain('path 2')
  expect(collector.done().conversions.length).toBe(1)
})

test('a value without a conversion that it comes from is refused', () => {
  const error = catchError(() => collectPaths([{ ...GOOD, conversions: 0 }]))
  expect(error).toMatchObject({ row: 0, field: 'value' })
})

test('ages on a later path alone are refused', () => {
  const error = catchError(() => collectPaths([GOOD, { ...GOOD, ages: [1, 0] }]))
  expect(error).toMatchObject({ row: 1, field: 'ages' })
})

test('consecutive equal touches become one, with the age of the last of them', () => {
  const [row] = rowsOf(
    collapseRepeats(
      collectPaths([{ ...GOOD, touches: ['A', 'A', 'B', 'A', 'A', 'A'], ages: [9, 8, 7, 6, 5, 4] }]),
    ),
  )
  expect(row).toEqual({ ...GOOD, touches: ['A', 'B', 'A'], ages: [8, 7, 4] })
})

test('equal touches of neighbouring paths stay apart', () => {
  const rows = [
    { ...GOOD, touches: ['A'] },
    { ...GOOD, touches: ['A', 'B'] },
  ]
  expect(rowsOf(collapseRepeats(collectPaths(rows)))).toEqual(rows)
})

test('collapsing leaves no two equal neighbours, changes no weight, and does nothing twice', () => {
  fc.assert(
    fc.property(fc.array(path), (rows) => {
      const once = rowsOf(collapseRepeats(collectPaths(rows)))
      for (const { touches } of once)
        expect(touches.every((key, at) => at === 0 || key !== touches[at - 1])).toBe(true)
      expect(once.map(({ touches, ...weights }) => weights)).toEqual(
        rows.map(({ touches, ...weights }) => weights),
      )
      expect(rowsOf(collapseRepeats(collectPaths(once)))).toEqual(once)
    }),
  )
})

function catchError(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
