/** Numbers codes as they first appear, from 0. */
export interface Interner {
  readonly size: number
  /** The number of a code, a new one where it has none. */
  number(code: number): number
}

/** Codes up to this many are kept in a table of 16 MB, which needs no hashing. */
const TABLE_LIMIT = 2 ** 22

/** @param space Codes are whole numbers from 0 to below it, at most 2^53. */
export function createInterner(space: number): Interner {
  return space <= TABLE_LIMIT ? tableInterner(space) : mapInterner()
}

function tableInterner(space: number): Interner {
  // One more than the number; 0 is a code not seen yet.
  const table = new Uint32Array(space)
  let size = 0
  return {
    get size() {
      return size
    },
    number(code) {
      const known = table[code] ?? 0
      if (known > 0) return known - 1
      table[code] = ++size
      return size - 1
    },
  }
}

function mapInterner(): Interner {
  const numbers = new Map<number, number>()
  return {
    get size() {
      return numbers.size
    },
    number(code) {
      const known = numbers.get(code)
      if (known !== undefined) return known
      numbers.set(code, numbers.size)
      return numbers.size - 1
    },
  }
}
