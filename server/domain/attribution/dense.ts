import type { SparseMatrix } from './sparse.ts'

/**
 * Solves a·x = b by elimination without pivoting, as fits the M-matrices of a balance; `a` row by row, spoilt. Unknowns
 * of empty rows are 1. Null where the numbers do not allow it.
 */
export function solveDense(a: Float64Array, b: Float64Array): Float64Array | null {
  const size = b.length
  for (let pivot = 0; pivot < size; pivot++) {
    const diagonal = a[pivot * size + pivot] ?? 0
    if (diagonal <= 0) {
      a.fill(0, pivot * size, (pivot + 1) * size)
      a[pivot * size + pivot] = 1
      b[pivot] = 1
      continue
    }
    const upper = a.subarray(pivot * size, (pivot + 1) * size)
    for (let row = pivot + 1; row < size; row++) {
      const factor = (a[row * size + pivot] ?? 0) / diagonal
      if (factor === 0) continue
      const lower = a.subarray(row * size, (row + 1) * size)
      for (let at = pivot + 1; at < size; at++) lower[at] = (lower[at] ?? 0) - factor * (upper[at] ?? 0)
      b[row] = (b[row] ?? 0) - factor * (b[pivot] ?? 0)
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    let rest = b[row] ?? 0
    for (let at = row + 1; at < size; at++) rest -= (a[row * size + at] ?? 0) * (b[at] ?? 0)
    b[row] = rest / (a[row * size + row] ?? 1)
  }
  return b.every((factor) => factor > 0 && factor < Number.POSITIVE_INFINITY) ? b : null
}

/**
 * The diagonal of (I − Q)⁻¹: how often a flow that stands on a state passes it, this once included. By Gauss and Jordan's
 * elimination in place, without pivoting; n³ multiplications.
 *
 * @param onPivot Told after each of the n pivots.
 */
export function selfVisits(matrix: SparseMatrix, onPivot?: (done: number) => void): Float64Array {
  const { size, offsets, columns, entries } = matrix
  const a = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    a[row * size + row] = 1
    for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++)
      a[row * size + (columns[at] ?? 0)] = -(entries[at] ?? 0)
  }
  for (let pivot = 0; pivot < size; pivot++) {
    const pivotRow = a.subarray(pivot * size, (pivot + 1) * size)
    const inverse = 1 / (pivotRow[pivot] ?? 1)
    pivotRow[pivot] = 1
    for (let at = 0; at < size; at++) pivotRow[at] = (pivotRow[at] ?? 0) * inverse
    for (let row = 0; row < size; row++) {
      const factor = a[row * size + pivot] ?? 0
      if (row === pivot || factor === 0) continue
      const own = a.subarray(row * size, (row + 1) * size)
      own[pivot] = 0
      for (let at = 0; at < size; at++) own[at] = (own[at] ?? 0) - factor * (pivotRow[at] ?? 0)
    }
    onPivot?.(pivot + 1)
  }
  return Float64Array.from({ length: size }, (_, state) => a[state * size + state] ?? 1)
}
