/**
 * Letters whose small form is one letter too, and those small forms, position by position. The warehouse gets exactly
 * these two texts for `translateUTF8`: its own lower-casing and JavaScript's differ (`İ`, a sigma at a word's end), and
 * would differ again with the next version of Unicode on either side.
 */
export interface FoldingTable {
  from: string
  to: string
}

let table: FoldingTable | null = null
let letters: Map<string, string> | null = null

/** Cased scripts lie below this code point. */
const END_OF_LETTERS = 0x1ffff

/** About 40 ms when first asked for. */
export function foldingTable(): FoldingTable {
  if (table) return table
  let from = ''
  let to = ''
  for (let code = 0x41; code < END_OF_LETTERS; code++) {
    if (code === 0x5b) code = 0x80
    if (code === 0xd800) code = 0xe000
    const letter = String.fromCodePoint(code)
    const small = letter === 'ς' ? 'σ' : letter.toLowerCase()
    if (small === letter || small.length > String.fromCodePoint(small.codePointAt(0) ?? 0).length) continue
    from += letter
    to += small
  }
  table = { from, to }
  return table
}

/** The small form of one letter; itself where it has none of one letter. */
export function foldLetter(letter: string): string {
  letters ??= lettersOf(foldingTable())
  return letters.get(letter) ?? letter
}

/** The pairs of the table, by code point. */
export function foldingPairs(): readonly (readonly [number, number])[] {
  letters ??= lettersOf(foldingTable())
  return [...letters].map(([from, to]) => [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0])
}

/** Makes texts that differ only in case equal, letter by letter: `translateUTF8` with the table does the same. */
export function foldSimply(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  let folded = ''
  for (const letter of text) folded += foldLetter(letter)
  return folded
}

/** The text as UTF-8 can keep it: half of a surrogate pair becomes U+FFFD. */
export function wellFormed(text: string): string {
  return isAscii(text) ? text : text.replace(/\p{Cs}/gu, '\ufffd')
}

function lettersOf({ from, to }: FoldingTable): Map<string, string> {
  const small = [...to]
  return new Map([...from].map((letter, index) => [letter, small[index] ?? letter]))
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
