import { foldingPairs } from './simple-folding.ts'

/** Code points from one to another, both included. */
export type CodeRange = readonly [from: number, to: number]

const LAST_CODE = 0x10ffff

/** The same code points in ascending ranges that neither touch nor overlap. */
export function merged(ranges: readonly CodeRange[]): CodeRange[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0])
  const all: CodeRange[] = []
  for (const [from, to] of sorted) {
    const last = all.at(-1)
    if (last && from <= last[1] + 1) all[all.length - 1] = [last[0], Math.max(last[1], to)]
    else all.push([from, to])
  }
  return all
}

/** All other code points; `ranges` are merged ones. */
export function complement(ranges: readonly CodeRange[]): CodeRange[] {
  const rest: CodeRange[] = []
  let next = 0
  for (const [from, to] of ranges) {
    if (from > next) rest.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST_CODE) rest.push([next, LAST_CODE])
  return rest
}

/** With the small forms of what they hold. */
export function folded(ranges: readonly CodeRange[]): CodeRange[] {
  const small = foldingPairs().flatMap(([letter, to]): CodeRange[] =>
    holds(ranges, letter) ? [[to, to]] : [],
  )
  return merged([...ranges, ...small])
}

export function holds(ranges: readonly CodeRange[], code: number): boolean {
  for (const [from, to] of ranges)
    if (code >= from) {
      if (code <= to) return true
    } else return false
  return false
}
