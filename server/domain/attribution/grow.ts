/** A column at least twice as long with the same beginning, so that filling one costs linear time. */
export function grown<Column extends Uint32Array | Float64Array>(column: Column, needed: number): Column {
  const larger = new (column.constructor as new (length: number) => Column)(
    Math.max(needed, column.length * 2),
  )
  larger.set(column)
  return larger
}
