import { type CodeRange, holds } from './code-ranges.ts'
import { type Node, type Pattern, PatternError } from './pattern.ts'

/** A step of the machine that a pattern becomes. Steps without a character are followed at once. */
type Step =
  | { kind: 'set'; small: Uint8Array; ranges: readonly CodeRange[]; next: number }
  | { kind: 'begin' | 'end' | 'boundary'; next: number }
  | { kind: 'fork'; next: number; other: number }
  | { kind: 'found' }

/** With a text of 2,048 characters the worst pattern then costs about ten milliseconds, most cost microseconds. */
const MAX_STEPS = 500
/** RE2's own limit of nested repetitions, multiplied out. */
const MAX_TIMES = 1000

/**
 * Makes the function that says whether a pattern is found anywhere in a text; the caller folds the text where the
 * pattern ignores case. It follows all ways through the pattern at once (Thompson, "Regular expression search
 * algorithm", 1968), so its time grows with the text's length times the pattern's, whatever they hold; JavaScript's
 * own expressions can take exponential time.
 *
 * @throws {PatternError} for a pattern that is too large once its repetitions are written out.
 */
export function createMatcher({ root }: Pattern): (text: string) => boolean {
  const { steps, start } = build(root)
  const marks = new Int32Array(steps.length)
  let mark = 0

  return (text) => {
    const codes = codePoints(text)
    let active: number[] = []
    for (let at = 0; ; at++) {
      mark = mark === 0x7fffffff ? restart(marks) : mark + 1
      const closed: number[] = []
      for (const step of active) if (follow(step, codes, at, closed)) return true
      // A match may begin at every character.
      if (follow(start, codes, at, closed)) return true
      const code = codes[at]
      if (code === undefined) return false
      active = []
      for (const index of closed) {
        const step = steps[index]
        if (step?.kind === 'set' && (code < 128 ? step.small[code] === 1 : holds(step.ranges, code)))
          active.push(step.next)
      }
    }
  }

  /** Adds the character steps that can be reached from a step without reading; true where the end can. */
  function follow(from: number, codes: readonly number[], at: number, closed: number[]): boolean {
    const open = [from]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (marks[index] === mark) continue
      marks[index] = mark
      const step = steps[index]
      if (!step) continue
      if (step.kind === 'found') return true
      if (step.kind === 'set') closed.push(index)
      else if (step.kind === 'fork') open.push(step.other, step.next)
      else if (stands(step.kind, codes, at)) open.push(step.next)
    }
    return false
  }
}

function restart(marks: Int32Array): number {
  marks.fill(0)
  return 1
}

function stands(kind: 'begin' | 'end' | 'boundary', codes: readonly number[], at: number): boolean {
  if (kind === 'begin') return at === 0
  if (kind === 'end') return at === codes.length
  return isWord(codes[at - 1]) !== isWord(codes[at])
}

function isWord(code: number | undefined): boolean {
  if (code === undefined) return false
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f
  )
}

function codePoints(text: string): number[] {
  const codes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code > 0xffff) at++
    codes.push(code)
  }
  return codes
}

const TOO_LARGE = 'it is too large once its repetitions are written out'

/** Built from the end: each part is given the step that follows it. */
function build(root: Node): { steps: readonly Step[]; start: number } {
  const steps: Step[] = []

  function add(step: Step): number {
    if (steps.length >= MAX_STEPS) throw new PatternError(TOO_LARGE)
    return steps.push(step) - 1
  }

  function part(node: Node, next: number, times: number): number {
    switch (node.kind) {
      case 'set':
        return add({ kind: 'set', small: smallOnes(node.ranges), ranges: node.ranges, next })
      case 'sequence':
        return node.parts.reduceRight((after, one) => part(one, after, times), next)
      case 'choice':
        return node.parts
          .map((one) => part(one, next, times))
          .reduceRight((other, one) => add({ kind: 'fork', next: one, other }))
      case 'repeat':
        return repeat(node, next, times * Math.max(1, node.max ?? node.min))
      default:
        return add({ kind: node.kind, next })
    }
  }

  function repeat({ part: node, min, max }: Node & { kind: 'repeat' }, next: number, times: number): number {
    // A repeated nothing adds no steps, so those alone would not end it.
    if (times > MAX_TIMES) throw new PatternError(TOO_LARGE)
    let start = next
    if (max === null) {
      const fork: Step & { kind: 'fork' } = { kind: 'fork', next, other: next }
      start = add(fork)
      fork.next = part(node, start, times)
    } else {
      for (let count = min; count < max; count++)
        start = add({ kind: 'fork', next: part(node, start, times), other: next })
    }
    for (let count = 0; count < min; count++) start = part(node, start, times)
    return start
  }

  const start = part(root, add({ kind: 'found' }), 1)
  return { steps, start }
}

function smallOnes(ranges: readonly CodeRange[]): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (holds(ranges, code) ? 1 : 0))
}
