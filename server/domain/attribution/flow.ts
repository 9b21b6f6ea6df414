import { createCorrection } from './correction.ts'
import { dot, type SparseMatrix } from './sparse.ts'

/** A flow x = s + x·B through a sparse matrix B of no negative entry, to be followed until nothing that matters is left. */
export interface FlowQuestion {
  matrix: SparseMatrix
  /** s, of no negative entry. */
  source: Float64Array
  /** States where flow stays for good; null for none. */
  trap: Uint8Array | null
  /**
   * What a unit of flow in each state is worth in the end, by one or more measures t with B·t ≤ t: so what is on the way
   * is worth no more than where it stands, which bounds what the answer can still gain.
   */
  worths: readonly Float64Array[]
  /** Follow the flow until what is on the way is worth this part of what the traps hold, or of the source's worth. */
  precision: number
  /** Worth of a trapped flow below this part of the source's worth is as good as none. */
  floor: number
  /** Sweeps go through the states from the last to the first: the way that a transposed chain flows. */
  backward: boolean
  /** Groupings of the states for corrections, coarse to fine. */
  groupings: readonly Grouping[]
}

export interface Flow {
  /** Flow that has passed each state: x, outside the traps. */
  passed: Float64Array
  /** Flow that each trap holds; elsewhere what is still on the way. */
  held: Float64Array
}

/** States put together, so that a dense solution of the whole stays small. */
export interface Grouping {
  groups: number
  /** Group number of each state. */
  of: Uint32Array
}

/** Sweeps between two looks at whether the flow has settled: a look costs about half a sweep. */
const LOOK = 4
/** Sweeps between two looks at how fast the flow settles. */
const ROUND = 16
/** Far beyond what a chain of paths can need; a bound, so that no input can run for ever. */
const MOST_SWEEPS = 2_000_000

/**
 * Gauss–Seidel in the form of pushing: each sweep takes what stands on a state, counts it as passed and hands it on. All
 * of it is addition of numbers of one sign, so even the smallest answers are right to rounding, and what is still on the
 * way bounds the error: it stops by proof, not by hope. Where flow goes round for long before it ends (paths of
 * thousands of touches), whole groups of states are brought to their right size at once (`correction.ts`), and the sweeps
 * go on from there.
 *
 * @throws {RangeError} where the flow does not settle, which takes a chain that nothing leaves.
 */
export function followFlow(question: FlowQuestion): Flow {
  const { source, trap, worths, precision, floor, groupings } = question
  let flow: Flow = { passed: new Float64Array(source.length), held: source.slice() }
  const worthOfSource = worths.map((worth) => dot(source, worth))
  const correct = createCorrection(question)
  let level = -1
  let undo: Flow | null = null
  let before = Number.POSITIVE_INFINITY
  for (let sweep = 1; sweep <= MOST_SWEEPS; sweep++) {
    push(question, flow)
    if (sweep % LOOK !== 0) continue
    // How many times too much is on the way.
    let excess = 0
    worths.forEach((worth, at) => {
      const whole = worthOfSource[at] ?? 0
      const got = trap ? Math.max(worthHeld(flow, worth, trap), floor * whole) : whole
      const left = worthOnWay(flow, worth, trap)
      if (left > 0) excess = Math.max(excess, left / (precision * got))
    })
    if (excess <= 1) return flow
    if (sweep % ROUND !== 0) continue
    if (isFinerBetter(question, level, Math.log(excess) / Math.log(before / excess))) level++
    if (undo && excess > before) {
      flow = undo
      excess = before
    }
    const grouping = groupings[level]
    undo = grouping ? { passed: flow.passed.slice(), held: flow.held.slice() } : null
    if (grouping) correct(flow, grouping)
    before = excess
  }
  throw new RangeError(`the flow did not settle in ${MOST_SWEEPS} sweeps`)
}

/** Whether going on as now, for so many rounds, takes more than the next finer correction; less than none is for ever. */
function isFinerBetter({ matrix, groupings }: FlowQuestion, level: number, rounds: number): boolean {
  if (rounds < 0) return true
  const next = groupings[level + 1]
  return next !== undefined && rounds * ROUND * (matrix.size + matrix.columns.length) > next.groups ** 3 / 3
}

function push({ matrix, trap, backward }: FlowQuestion, { passed, held }: Flow): void {
  const { size, offsets, columns, entries } = matrix
  const step = backward ? -1 : 1
  for (let turn = 0, state = backward ? size - 1 : 0; turn < size; turn++, state += step) {
    const amount = held[state] ?? 0
    if (amount === 0 || trap?.[state] === 1) continue
    held[state] = 0
    passed[state] = (passed[state] ?? 0) + amount
    const end = offsets[state + 1] ?? 0
    for (let at = offsets[state] ?? 0; at < end; at++) {
      const to = columns[at] ?? 0
      held[to] = (held[to] ?? 0) + amount * (entries[at] ?? 0)
    }
  }
}

/** Worth of the flow that the traps hold. */
function worthHeld({ held }: Flow, worth: Float64Array, trap: Uint8Array): number {
  let sum = 0
  for (let state = 0; state < held.length; state++)
    if (trap[state] === 1) sum += (held[state] ?? 0) * (worth[state] ?? 0)
  return sum
}

/** Most that the flow on the way is still worth; without what is lost in the last digit of what has passed there. */
function worthOnWay({ held, passed }: Flow, worth: Float64Array, trap: Uint8Array | null): number {
  let sum = 0
  for (let state = 0; state < held.length; state++) {
    // Corrections leave some of it negative.
    const amount = Math.abs(held[state] ?? 0)
    if (trap?.[state] !== 1 && amount > Number.EPSILON * (passed[state] ?? 0))
      sum += amount * (worth[state] ?? 0)
  }
  return sum
}
