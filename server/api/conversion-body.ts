import { type CsvRow, readCsv } from '../domain/conversions/csv.ts'
import { MAX_CONVERSIONS, toldConversionSchema } from './conversion-schemas.ts'
import { HttpProblem } from './problem.ts'

/** What was posted, before any of its conversions is looked at. */
export interface PostedConversions {
  site: unknown
  form: 'one' | 'batch' | 'csv'
  items: PostedConversion[]
}

export interface PostedConversion {
  input: unknown
  /** Begins the names of its fields in problems: `conversions[3].`. */
  prefix: string
  /** Of a CSV file. */
  line: number | null
}

/**
 * Reads one conversion, or `{ site, conversions }`.
 *
 * @throws {HttpProblem} 400 where it is neither.
 */
export function readJsonConversions(text: string): PostedConversions {
  const body = parseJson(text)
  if (!isObject(body)) throw bad('body', 'The body is one JSON object.')
  if (!Object.hasOwn(body, 'conversions')) {
    const { site, ...input } = body
    return { site, form: 'one', items: [{ input, prefix: '', line: null }] }
  }
  const { site, conversions, ...others } = body
  const [stranger] = Object.keys(others)
  if (stranger !== undefined) throw bad(stranger, 'Beside conversions there is only site.')
  if (!Array.isArray(conversions) || conversions.length < 1 || conversions.length > MAX_CONVERSIONS) {
    throw bad('conversions', `This is a list of 1 to ${MAX_CONVERSIONS} conversions.`)
  }
  const items = conversions.map((input, index) => ({ input, prefix: `conversions[${index}].`, line: null }))
  return { site, form: 'batch', items }
}

const COLUMNS = Object.keys(toldConversionSchema.shape).filter((name) => name !== 'props')
const PROPERTY = 'props.'

/**
 * Reads a CSV file: the fields of a conversion as columns in any order, a property as `props.<name>`. An empty cell is
 * a field left out.
 *
 * @throws {HttpProblem} 400 that names the line on which a row begins, and the number of the cell as column, where it
 * is no such table.
 */
export function readCsvConversions(text: string, site: unknown): PostedConversions {
  const table = readCsv(text)
  if ('message' in table) {
    const { line, column, message } = table
    throw bad('body', `Line ${line}, column ${column}: ${message}`)
  }
  const columns = readHeader(table.header)
  const items = table.rows.map((row) => ({ input: rowInput(row, columns), prefix: '', line: row.line }))
  if (items.length === 0) throw bad('body', 'There is nothing below the line of column names.')
  return { site, form: 'csv', items }
}

function readHeader({ line, cells }: CsvRow): string[] {
  const columns = cells.map((cell) => {
    const known = COLUMNS.find((name) => name.toLowerCase() === cell.toLowerCase())
    if (known !== undefined) return known
    if (cell.startsWith(PROPERTY) && cell.length > PROPERTY.length) return cell
    throw bad('body', `Line ${line}: there is no column “${cell}”.`, [...COLUMNS, `${PROPERTY}<name>`])
  })
  const twice = columns.find((name, index) => columns.indexOf(name) !== index)
  if (twice !== undefined) throw bad('body', `Line ${line}: the column ${twice} stands there twice.`)
  return columns
}

/** A row's conversion; where the row has other cells than the header, what the schema refuses with that message. */
function rowInput({ cells }: CsvRow, columns: readonly string[]): unknown {
  if (cells.length !== columns.length) {
    return new WrongRow(`The row has ${cells.length} cells, the first line ${columns.length} column names.`)
  }
  const input: Record<string, unknown> = {}
  const props: [string, string][] = []
  columns.forEach((name, index) => {
    const cell = (cells[index] ?? '').trim()
    if (cell === '') return
    if (name.startsWith(PROPERTY)) props.push([name.slice(PROPERTY.length), cell])
    else if (name === 'version') input[name] = /^\d{1,15}$/.test(cell) ? Number(cell) : cell
    else input[name] = cell
  })
  return props.length > 0 ? { ...input, props: Object.fromEntries(props) } : input
}

/** A row that is no conversion at all. */
export class WrongRow {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw bad('body', `This is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(field: string, message: string, allowed?: readonly string[]): HttpProblem {
  return new HttpProblem(400, `The conversions cannot be taken: ${message}`, [
    { field, message, ...(allowed && { allowed }) },
  ])
}
