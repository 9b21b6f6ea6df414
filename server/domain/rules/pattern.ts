import { type CodeRange, complement, folded, merged } from './code-ranges.ts'

/**
 * A pattern as `matches` takes it: the part of RE2's syntax that has one meaning, read into a tree from which both the
 * warehouse's pattern (`toRe2`) and the matcher here (`createMatcher`) are made.
 *
 * Taken: letters, `.` (any character, line breaks included), `^` and `$` (begin and end of the text), `\d \w \s` and
 * their capitals, `\b`, `\t \n \r`, a backslash before punctuation, `[…]` with ranges, `(…)`, `(?:…)`, `|`, `*`,
 * `+`, `?`, `{n}`, `{n,}`, `{n,m}`, and `(?i)` at the very beginning. Everything else is refused; `\B` too, which RE2 also
 * finds between the bytes of one letter.
 */
export interface Pattern {
  root: Node
  /** The text is folded (`foldSimply`) before it is looked at. */
  ignoreCase: boolean
}

export type Node =
  | { kind: 'set'; ranges: readonly CodeRange[] }
  | { kind: 'begin' | 'end' | 'boundary' }
  | { kind: 'sequence' | 'choice'; parts: readonly Node[] }
  | { kind: 'repeat'; part: Node; min: number; max: number | null }

/** A pattern that cannot be used; the message says why, and where. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

/** As RE2 has them, ASCII alone. */
const DIGIT: CodeRange[] = [[0x30, 0x39]]
const WORD: CodeRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
const SPACE: CodeRange[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
]
const ANY: CodeRange[] = [[0, 0x10ffff]]
const CLASSES: Record<string, readonly CodeRange[]> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
}
const CONTROLS: Record<string, number> = { t: 9, n: 10, r: 13 }
const PUNCTUATION = /^[!-/:-@[-`{-~]$/
const MAX_REPEAT = 100
const MAX_GROUP_DEPTH = 16

/**
 * Reads a pattern.
 *
 * @throws {PatternError} for syntax that is wrong or not taken.
 */
export function parsePattern(text: string): Pattern {
  const ignoreCase = text.startsWith('(?i)')
  const source = ignoreCase ? text.slice(4) : text
  if (source === '') throw new PatternError('it is empty')
  return { root: new PatternReader(source, ignoreCase).whole(), ignoreCase }
}

class PatternReader {
  readonly #letters: readonly string[]
  readonly #ignoreCase: boolean
  #at = 0
  #depth = 0

  constructor(source: string, ignoreCase: boolean) {
    this.#letters = [...source]
    this.#ignoreCase = ignoreCase
  }

  whole(): Node {
    const root = this.#choice()
    if (this.#at < this.#letters.length) this.#refuse('there is a ) without its (')
    return root
  }

  #choice(): Node {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts }
  }

  #sequence(): Node {
    const parts: Node[] = []
    for (let next = this.#next(); next !== '' && next !== '|' && next !== ')'; next = this.#next()) {
      parts.push(this.#repeated(this.#atom()))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(part: Node): Node {
    const counts = this.#counts()
    if (!counts) return part
    // A lazy quantifier finds other places, not other texts.
    this.#take('?')
    if ('*+?{'.includes(this.#next() || ' ')) this.#refuse('two quantifiers follow one another')
    return { kind: 'repeat', part, ...counts }
  }

  #counts(): { min: number; max: number | null } | null {
    if (this.#take('*')) return { min: 0, max: null }
    if (this.#take('+')) return { min: 1, max: null }
    if (this.#take('?')) return { min: 0, max: 1 }
    if (this.#next() !== '{') return null
    const form = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(
      this.#letters.slice(this.#at, this.#at + 12).join(''),
    )
    if (!form) return this.#refuse('{ is no repetition such as {2,5}; the character itself is \\{')
    const min = Number(form[1])
    const max = form[3] === undefined ? (form[2] ? null : min) : Number(form[3])
    if (max !== null && max < min) return this.#refuse('a repetition ends below its beginning')
    if (Math.max(min, max ?? 0) > MAX_REPEAT) return this.#refuse(`repetitions go up to ${MAX_REPEAT}`)
    this.#at += form[0].length
    return { min, max }
  }

  #atom(): Node {
    const letter = this.#next()
    this.#at++
    if (letter === '(') return this.#group()
    if (letter === '[') return { kind: 'set', ranges: this.#class() }
    if (letter === '.') return { kind: 'set', ranges: ANY }
    if (letter === '^') return { kind: 'begin' }
    if (letter === '$') return { kind: 'end' }
    if (letter === '\\') return this.#escape()
    if ('*+?'.includes(letter)) this.#refuse(`there is nothing for ${letter} to repeat`, -1)
    if ('{}]'.includes(letter)) this.#refuse(`the character itself is written \\${letter}`, -1)
    return this.#literal(codeOf(letter))
  }

  #group(): Node {
    if (this.#take('?') && !this.#take(':')) {
      this.#refuse('of groups with (? only (?:…) is taken, and (?i) at the very beginning', -2)
    }
    if (++this.#depth > MAX_GROUP_DEPTH) this.#refuse(`groups may be nested ${MAX_GROUP_DEPTH} deep`)
    const inside = this.#choice()
    if (!this.#take(')')) this.#refuse('a ( is not closed')
    this.#depth--
    return inside
  }

  #escape(): Node {
    if (this.#take('b')) return { kind: 'boundary' }
    const found = this.#escaped()
    return typeof found === 'number' ? this.#literal(found) : { kind: 'set', ranges: found }
  }

  /** What stands behind a backslash, outside and inside a class alike. */
  #escaped(): number | readonly CodeRange[] {
    const letter = this.#next()
    if (letter === '') return this.#refuse('it ends in a backslash')
    this.#at++
    const found = CLASSES[letter] ?? CONTROLS[letter]
    if (found !== undefined) return found
    if (!PUNCTUATION.test(letter)) return this.#refuse(`\\${letter} is not taken`, -2)
    return codeOf(letter)
  }

  #class(): readonly CodeRange[] {
    const negated = this.#take('^')
    const named: CodeRange[] = []
    const written: CodeRange[] = []
    let first = true
    while (!this.#take(']')) {
      const from = this.#classItem(first)
      first = false
      if (typeof from !== 'number') {
        if (this.#next() === '-' && this.#letters[this.#at + 1] !== ']')
          this.#refuse('a range goes from one character to another')
        named.push(...from)
        continue
      }
      if (this.#next() !== '-' || this.#letters[this.#at + 1] === ']') {
        written.push([from, from])
        continue
      }
      this.#at++
      const to = this.#classItem(false, true)
      if (typeof to !== 'number') return this.#refuse('a range goes from one character to another')
      if (to < from) this.#refuse('a range ends before its beginning')
      written.push([from, to])
    }
    if (first) this.#refuse('a class [] holds nothing')
    // `\W` and its like are not folded: it would bring them letters that fold to others of theirs.
    const ranges = merged([...named, ...(this.#ignoreCase ? folded(merged(written)) : written)])
    const all = negated ? complement(ranges) : ranges
    return all.length > 0 ? all : this.#refuse('a class leaves no character')
  }

  #classItem(first: boolean, endOfRange = false): number | readonly CodeRange[] {
    const letter = this.#next()
    if (letter === '') return this.#refuse('a [ is not closed')
    this.#at++
    if (letter === '\\') return this.#escaped()
    if (letter === '[') return this.#refuse('inside a class the character itself is written \\[', -1)
    if (letter === '-' && (endOfRange || !(first || this.#next() === ']')))
      return this.#refuse('inside a class the character itself is written \\-', -1)
    return codeOf(letter)
  }

  #literal(code: number): Node {
    const ranges: CodeRange[] = [[code, code]]
    return { kind: 'set', ranges: this.#ignoreCase ? folded(ranges) : ranges }
  }

  #next(): string {
    return this.#letters[this.#at] ?? ''
  }

  #take(letter: string): boolean {
    if (this.#next() !== letter) return false
    this.#at++
    return true
  }

  #refuse(reason: string, offset = 0): never {
    throw new PatternError(`${reason} (at character ${this.#at + offset + 1 + (this.#ignoreCase ? 4 : 0)})`)
  }
}

function codeOf(letter: string): number {
  return letter.codePointAt(0) ?? 0
}

/** The pattern for RE2, every character class spelled out, so that nothing hangs on a flag of the engine. */
export function toRe2(node: Node): string {
  switch (node.kind) {
    case 'set':
      return setToRe2(node.ranges)
    case 'begin':
      return '^'
    case 'end':
      return '$'
    case 'boundary':
      return '\\b'
    case 'sequence':
      return node.parts.map(toRe2).join('')
    case 'choice':
      return `(?:${node.parts.map(toRe2).join('|')})`
    case 'repeat':
      return `(?:${toRe2(node.part)})${node.max === null ? `{${node.min},}` : `{${node.min},${node.max}}`}`
  }
}

function setToRe2(ranges: readonly CodeRange[]): string {
  const [only] = ranges
  if (ranges.length === 1 && only && only[0] === only[1]) return letterToRe2(only[0])
  return `[${ranges.map(([from, to]) => `${inHex(from)}-${inHex(to)}`).join('')}]`
}

function letterToRe2(code: number): string {
  const letter = String.fromCodePoint(code)
  if (PUNCTUATION.test(letter)) return `\\${letter}`
  return code < 0x20 || code === 0x7f ? inHex(code) : letter
}

function inHex(code: number): string {
  return `\\x{${code.toString(16)}}`
}
