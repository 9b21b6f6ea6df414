/** A square matrix by its rows: row i has the entries from `offsets[i]` to before `offsets[i + 1]`. */
export interface SparseMatrix {
  readonly size: number
  readonly offsets: Uint32Array
  readonly columns: Uint32Array
  readonly entries: Float64Array
}

/** The matrix with the given entries; no place may be given twice. */
export function sparseMatrix(
  size: number,
  rows: Uint32Array,
  columns: Uint32Array,
  entries: Float64Array,
): SparseMatrix {
  const offsets = new Uint32Array(size + 1)
  for (const row of rows) offsets[row + 1] = (offsets[row + 1] ?? 0) + 1
  for (let row = 0; row < size; row++) offsets[row + 1] = (offsets[row + 1] ?? 0) + (offsets[row] ?? 0)
  const next = offsets.slice(0, size)
  const sorted = { columns: new Uint32Array(rows.length), entries: new Float64Array(rows.length) }
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0
    const to = next[row] ?? 0
    next[row] = to + 1
    sorted.columns[to] = columns[at] ?? 0
    sorted.entries[to] = entries[at] ?? 0
  }
  return { size, offsets, ...sorted }
}

export function transposed(matrix: SparseMatrix): SparseMatrix {
  const rows = new Uint32Array(matrix.columns.length)
  for (let row = 0; row < matrix.size; row++)
    rows.fill(row, matrix.offsets[row] ?? 0, matrix.offsets[row + 1] ?? 0)
  return sparseMatrix(matrix.size, matrix.columns, rows, matrix.entries)
}

/** Σᵢ aᵢ·bᵢ */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}
