import { CsvError, type CsvErrorCode, parse } from 'csv-parse/sync'

/** A table as a CSV file holds it (RFC 4180). */
export interface CsvTable {
  header: CsvRow
  rows: CsvRow[]
}

export interface CsvRow {
  /** Line of the file on which the row begins, from 1: a quoted cell may go over several. */
  line: number
  cells: string[]
}

/** Where the text stops being a table. */
export interface CsvProblem {
  /** Line of the file on which the row begins, from 1. */
  line: number
  /** Number of the cell in its row, from 1: a column of the table, not a character of the line. */
  column: number
  message: string
}

/** More than 5 MB can hold of rows with a goal, a time and a key: those need 22 bytes. */
const MAX_ROWS = 250_000
/** The parser makes an error of each, 25 µs long: 5 MB of them would hold everything up for a minute. */
const MAX_UNEVEN_ROWS = 10_000

const AFTER_QUOTE = 'Behind a closing quote there can only be the next cell; write a quote within one twice.'
const MESSAGES: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'The quote that opens here is never closed.',
  CSV_INVALID_CLOSING_QUOTE: AFTER_QUOTE,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: AFTER_QUOTE,
  INVALID_OPENING_QUOTE: 'A cell that holds a quote must itself stand between quotes.',
}

/**
 * Reads CSV: cells between commas, or between semicolons where the first line has those and no comma, as spreadsheets
 * write it in countries with a decimal comma; quotes around what holds delimiters, quotes (doubled) or line breaks;
 * lines end in LF, CR LF or CR. Empty lines are passed over, spaces around cells that are not quoted are left out.
 * Rows may have other numbers of cells than the header, up to 10,000 of them, and there may be 250,000 rows.
 */
export function readCsv(text: string): CsvTable | CsvProblem {
  const source = Buffer.from(text)
  const rows: CsvRow[] = []
  let uneven = 0
  let end = 0
  let line = 1
  try {
    parse(source, {
      bom: true,
      delimiter: delimiterOf(text),
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (cells, { bytes }) => {
        // The parser's own count of lines takes a CR LF within quotes for two.
        const { blank, row } = splitBlank(source.toString('utf8', end, bytes))
        line += countBreaks(blank)
        if (cells.length !== (rows[0]?.cells ?? cells).length) uneven++
        const tooMany = excess(rows.length, uneven)
        if (tooMany) throw new Excess({ line, column: 1, message: tooMany })
        rows.push({ line, cells })
        line += countBreaks(row)
        end = bytes
        return null
      },
    })
  } catch (error) {
    if (error instanceof Excess) return error.problem
    const message = error instanceof CsvError && MESSAGES[error.code]
    if (!message) throw error
    const { blank } = splitBlank(source.toString('utf8', end))
    return { line: line + countBreaks(blank), column: Number(error.column) + 1, message }
  }
  const [header, ...rest] = rows
  if (!header) return { line: 1, column: 1, message: 'The file is empty; its first line names the columns.' }
  return { header, rows: rest }
}

function delimiterOf(text: string): ',' | ';' {
  const first = /^[^\r\n]*/.exec(text.trimStart())?.[0] ?? ''
  return first.includes(';') && !first.includes(',') ? ';' : ','
}

function excess(rows: number, uneven: number): string | undefined {
  if (rows > MAX_ROWS) return `There are more than ${MAX_ROWS} rows below the first line.`
  if (uneven > MAX_UNEVEN_ROWS) {
    return `More than ${MAX_UNEVEN_ROWS} rows have another number of cells than the first line.`
  }
}

/** Ends the parsing from within. */
class Excess extends Error {
  readonly problem: CsvProblem

  constructor(problem: CsvProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** A row, and the empty lines before it with the byte order mark: what `trimStart` takes is what the parser takes for blank. */
function splitBlank(text: string): { blank: string; row: string } {
  const row = text.trimStart()
  return { blank: text.slice(0, text.length - row.length), row }
}

function countBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}
