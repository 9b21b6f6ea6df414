import type { PathSet } from './contract.ts'
import { grown } from './grow.ts'

/** Journeys with the same touches, as one row of a file or of a query. */
export interface TouchPath {
  /** Oldest first, at least one. */
  touches: readonly string[]
  /** Journeys that ended in a conversion: 0, or from 1e-100 to 1e100. */
  conversions: number
  /** What these conversions are worth together, in the same range; 0 where there are none. */
  value: number
  /** Journeys that ended without conversion, in the same range. */
  nulls: number
  /** Days from each touch to the conversion, at least 0; on every row or on none. */
  ages?: readonly number[]
}

/** A path that no model can take: `row` counts from 0, `field` is the property at fault. */
export class PathError extends Error {
  override readonly name = 'PathError'
  readonly row: number
  readonly field: keyof TouchPath

  constructor(row: number, field: keyof TouchPath, message: string) {
    super(`path ${row + 1}: ${message}`)
    this.row = row
    this.field = field
  }
}

export interface PathCollector {
  /** @throws {PathError} where the row cannot be taken; the rows before it stay. */
  add(row: TouchPath): void
  /** All rows so far. */
  done(): PathSet
}

/** Weights beyond these bounds would leave the range of doubles once the models multiply them. */
const SMALLEST = 1e-100
const LARGEST = 1e100

/**
 * Takes paths one by one and keeps them in columns; keys are numbered as they first appear.
 *
 * @example
 * const paths = createPathCollector()
 * paths.add({ touches: ['Organic Social', 'Organic Search'], conversions: 3, value: 90, nulls: 12 })
 * linear(paths.done()).conversions // [1.5, 1.5]
 */
export function createPathCollector(): PathCollector {
  const numbers = new Map<string, number>()
  let rows = 0
  let length = 0
  let timed = false
  let offsets = new Uint32Array(1024)
  let touches = new Uint32Array(4096)
  let conversions = new Float64Array(1024)
  let values = new Float64Array(1024)
  let nulls = new Float64Array(1024)
  let ages: Float64Array = new Float64Array(0)

  return {
    add(row) {
      if (rows === 0) timed = row.ages !== undefined
      check(row, rows, timed)
      const end = length + row.touches.length
      if (rows + 2 > offsets.length) {
        offsets = grown(offsets, rows + 2)
        conversions = grown(conversions, rows + 2)
        values = grown(values, rows + 2)
        nulls = grown(nulls, rows + 2)
      }
      if (end > touches.length) touches = grown(touches, end)
      if (timed && end > ages.length) ages = grown(ages, touches.length)
      if (row.ages) ages.set(row.ages, length)
      for (const key of row.touches) {
        let number = numbers.get(key)
        if (number === undefined) {
          number = numbers.size
          numbers.set(key, number)
        }
        touches[length++] = number
      }
      conversions[rows] = row.conversions
      values[rows] = row.value
      nulls[rows] = row.nulls
      offsets[++rows] = length
    },
    done() {
      return {
        keys: [...numbers.keys()],
        offsets: offsets.slice(0, rows + 1),
        touches: touches.slice(0, length),
        conversions: conversions.slice(0, rows),
        values: values.slice(0, rows),
        nulls: nulls.slice(0, rows),
        ages: timed ? ages.slice(0, length) : null,
      }
    },
  }
}

/**
 * All paths of a list or of a generator.
 *
 * @throws {PathError} at the first one that cannot be taken.
 */
export function collectPaths(rows: Iterable<TouchPath>): PathSet {
  const collector = createPathCollector()
  for (const row of rows) collector.add(row)
  return collector.done()
}

/**
 * The same paths with consecutive equal touches made one, which has the age of the last of them. Paths that become
 * equal by that stay apart: every model adds them up.
 */
export function collapseRepeats(paths: PathSet): PathSet {
  const rows = paths.conversions.length
  const offsets = new Uint32Array(rows + 1)
  const touches = new Uint32Array(paths.touches.length)
  const ages = paths.ages && new Float64Array(paths.ages.length)
  let length = 0
  for (let row = 0; row < rows; row++) {
    const end = paths.offsets[row + 1] ?? 0
    for (let at = paths.offsets[row] ?? 0; at < end; at++) {
      if (at + 1 < end && paths.touches[at + 1] === paths.touches[at]) continue
      touches[length] = paths.touches[at] ?? 0
      if (ages) ages[length] = paths.ages?.[at] ?? 0
      length++
    }
    offsets[row + 1] = length
  }
  return {
    ...paths,
    offsets,
    touches: touches.slice(0, length),
    ages: ages?.slice(0, length) ?? null,
  }
}

function check(row: TouchPath, index: number, timed: boolean): void {
  if (row.touches.length === 0) throw new PathError(index, 'touches', 'a path needs at least one touch')
  weight(row.conversions, index, 'conversions')
  weight(row.value, index, 'value')
  weight(row.nulls, index, 'nulls')
  if (row.conversions === 0 && row.value > 0)
    throw new PathError(index, 'value', `a value of ${row.value} needs conversions that it comes from`)
  if ((row.ages !== undefined) !== timed)
    throw new PathError(index, 'ages', 'either every path has ages or none has')
  if (!row.ages) return
  if (row.ages.length !== row.touches.length)
    throw new PathError(index, 'ages', `${row.ages.length} ages for ${row.touches.length} touches`)
  for (const age of row.ages) {
    if (!(age >= 0 && age < Number.POSITIVE_INFINITY))
      throw new PathError(index, 'ages', `an age is a number of days from 0, not ${age}`)
  }
}

function weight(value: number, row: number, field: 'conversions' | 'value' | 'nulls'): void {
  if (value === 0 || (value >= SMALLEST && value <= LARGEST)) return
  throw new PathError(row, field, `${field} must be 0 or from ${SMALLEST} to ${LARGEST}, not ${value}`)
}
