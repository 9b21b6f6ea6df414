import { hash } from 'node:crypto'
import type { ImportFormat } from './import-line.ts'
import { MAX_LINE_BYTES } from './lines.ts'

/**
 * Identity of imported hits: SHA-256 of format, host, the line's ordinal among identical lines of its file and the
 * line's bytes, cut to 32 hex digits. So a file read again, grown or overlapping with another gives known ids for
 * known lines, and two identical lines of one file give two.
 *
 * The host is empty for formats whose lines name their own. Call it once for each line that becomes a hit, in any
 * order: which of two identical lines comes first makes no difference.
 */
export function lineIds(format: ImportFormat, host: string): (line: Uint8Array) => string {
  const seen = lineCounter()
  const prefix = `${format}\n${host}\n`
  const bytes = Buffer.alloc(Buffer.byteLength(prefix) + 12 + MAX_LINE_BYTES)

  const digest = (line: Uint8Array, ordinal: number): string => {
    const start = bytes.write(`${prefix}${ordinal}\n`)
    bytes.set(line, start)
    return hash('sha256', bytes.subarray(0, start + line.length), 'hex')
  }

  return (line) => {
    const first = digest(line, 1)
    const ordinal = seen(Number.parseInt(first.slice(0, 8), 16), Number.parseInt(first.slice(8, 16), 16))
    return (ordinal === 1 ? first : digest(line, ordinal)).slice(0, 32)
  }
}

const TABLES = 256
const FIRST_SLOTS = 64
const MAX_LOAD = 0.75
const WORDS = 3

/**
 * Counts how often each 64-bit key came: 1 for the first time. Exact in the keys, 16 to 32 bytes for each distinct one
 * (a `Map` takes about 100 and ends at 16.7 million), so 30 million lines take about 0.7 GB. Two different lines share
 * a key with a chance of 2e-5 in a file of 30 million; the later one would then only carry a needless ordinal.
 * Open addressing in 256 tables, chosen by the key's first byte, so that growing copies 1/256 of it at a time.
 */
function lineCounter(): (high: number, low: number) => number {
  const tables = Array.from({ length: TABLES }, () => ({
    words: new Uint32Array(FIRST_SLOTS * WORDS),
    used: 0,
  }))

  const find = (words: Uint32Array<ArrayBuffer>, high: number, low: number): number => {
    const slots = words.length / WORDS
    for (let slot = low & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * WORDS
      if (words[at + 2] === 0 || (words[at] === high && words[at + 1] === low)) return at
    }
  }

  const grown = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
    const words = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 2] !== 0)
        words.set(old.subarray(at, at + WORDS), find(words, old[at] ?? 0, old[at + 1] ?? 0))
    }
    return words
  }

  return (high, low) => {
    const table = tables[high >>> 24]
    if (table === undefined) throw new RangeError(`not a 32-bit word: ${high}`)
    let at = find(table.words, high, low)
    const count = (table.words[at + 2] ?? 0) + 1
    if (count === 1) {
      table.used++
      if (table.used > (table.words.length / WORDS) * MAX_LOAD) {
        table.words = grown(table.words)
        at = find(table.words, high, low)
      }
      table.words[at] = high
      table.words[at + 1] = low
    }
    table.words[at + 2] = count
    return count
  }
}
