import { AttributeProblem } from './attribute-problem.ts'

/** What a row of the file says, by the names that its columns have where nothing else is told. */
export const FIELDS = ['path', 'conversions', 'value', 'nulls'] as const
export type Field = (typeof FIELDS)[number]
/** Names that the columns of a file have, where they are not those of the fields. */
export type ColumnNames = ReadonlyMap<Field, string>
/** Where the fields stand in a row, from 0; null for what the file does not have. */
export interface Columns {
  path: number
  conversions: number
  value: number | null
  nulls: number | null
}

/**
 * Reads mappings such as `path=journey,conversions=total_conversions`. Names of columns may hold `=`, but no comma.
 *
 * @throws AttributeProblem for a field that there is not, a field or a column given twice, an empty name.
 */
export function parseColumnNames(given: readonly string[]): ColumnNames {
  const names = new Map<Field, string>()
  for (const pair of given.flatMap((text) => text.split(','))) {
    const [, left = '', name = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
    const field = FIELDS.find((known) => known === left.trim())
    if (field === undefined) {
      const what = left === '' ? `"${pair}" maps nothing` : `there is no "${left.trim()}"`
      throw new AttributeProblem(
        `--columns: ${what}; write FIELD=COLUMN by commas, where FIELD is one of ${FIELDS.join(', ')}`,
      )
    }
    if (name.trim() === '') throw new AttributeProblem(`--columns: ${field}= needs the name of a column`)
    if (names.has(field)) throw new AttributeProblem(`--columns: ${field} is mapped twice; map it once`)
    const other = [...names].find(([, taken]) => taken === name)?.[0]
    if (other) throw new AttributeProblem(`--columns: "${name}" cannot be both ${other} and ${field}`)
    names.set(field, name)
  }
  return names
}

/**
 * Finds the fields in a file's first line: a name that is exactly the same first, then one that is the same but for
 * case and surrounding space.
 *
 * @throws AttributeProblem for a column that is missing or cannot be told from another; begins with the field.
 */
export function findColumns(header: readonly string[], names: ColumnNames): Columns {
  const places = new Map<Field, number>()
  for (const field of FIELDS) {
    const name = names.get(field) ?? field
    const place = placeOf(header, field, name)
    const other = [...places].find(([, taken]) => taken === place)?.[0]
    if (other) {
      throw new AttributeProblem(
        `${field}: the column "${header[place]}" is ${other} already; map each column once`,
      )
    }
    if (place >= 0) places.set(field, place)
    else if (names.has(field) || field === 'path' || field === 'conversions') {
      throw new AttributeProblem(
        `${field}: there is no column "${name}"; the first line names ${header.map((one) => `"${one}"`).join(', ')}` +
          `; --columns ${field}=NAME says which one it is`,
      )
    }
  }
  return {
    path: places.get('path') ?? 0,
    conversions: places.get('conversions') ?? 0,
    value: places.get('value') ?? null,
    nulls: places.get('nulls') ?? null,
  }
}

/** The place of a column; -1 where it is missing. */
function placeOf(header: readonly string[], field: Field, name: string): number {
  const exact = placesOf(header, (column) => column === name)
  const found = exact.length > 0 ? exact : placesOf(header, (column) => folded(column) === folded(name))
  if (found.length > 1) {
    throw new AttributeProblem(
      `${field}: ${found.length} columns are called "${name}"; give each column a name of its own`,
    )
  }
  return found[0] ?? -1
}

function placesOf(header: readonly string[], isIt: (column: string) => boolean): number[] {
  return header.flatMap((column, place) => (isIt(column) ? [place] : []))
}

function folded(name: string): string {
  return name.trim().toLowerCase()
}
