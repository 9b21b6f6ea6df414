import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, type CsvErrorCode, parse } from 'csv-parse'
import type { PathSet } from '../domain/attribution/contract.ts'
import { createPathCollector, PathError } from '../domain/attribution/paths.ts'
import { type ColumnNames, type Columns, findColumns } from './attribute-columns.ts'
import { AttributeProblem } from './attribute-problem.ts'
import { type AttributeRow, createRowReader } from './attribute-row.ts'

export interface PathFile {
  paths: PathSet
  columns: Columns
  /** Whether some path was cut by the separator. */
  isSeparated: boolean
}

export interface PathFileOptions {
  /** What messages call the file. */
  name: string
  separator: string
  columns: ColumnNames
}

/** The first line is looked at before the rest is parsed; one this long is no header. */
const MAX_HEADER_BYTES = 1024 * 1024
/** A quote that is never closed would take the rest of the file for one cell. */
const MAX_ROW_CHARS = 16 * 1024 * 1024
const AFTER_QUOTE = 'behind a closing quote there can only be the next cell; write a quote within one twice'
const CSV_MESSAGES: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED:
    'the quote that opens here is never closed; close it, or write it twice within quotes',
  CSV_INVALID_CLOSING_QUOTE: AFTER_QUOTE,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: AFTER_QUOTE,
  INVALID_OPENING_QUOTE: 'a cell that holds a quote must itself stand between quotes, with that quote twice',
  CSV_MAX_RECORD_SIZE: `the row is longer than ${MAX_ROW_CHARS / 1024 / 1024} MB; is a quote never closed?`,
}

/**
 * Reads a CSV file of paths (UTF-8, with or without a byte order mark; lines end in LF, CR LF or CR; between cells comma,
 * semicolon or tab, whichever the first line has most of). Empty lines are passed over, spaces around cells left out.
 * Rows stream through: memory holds the paths as numbers, 8 bytes a touch and 28 a row, never the text.
 *
 * @throws AttributeProblem `FILE:LINE: COLUMN: …` for the first thing that is wrong; LINE is where the row begins, as
 *   editors count. Errors of the stream itself pass through.
 */
export async function readPathFile(input: Readable, options: PathFileOptions): Promise<PathFile> {
  const chunks = input[Symbol.asyncIterator]()
  try {
    const head = await headOf(chunks, options.name)
    return await readRows(head, chunks, options)
  } finally {
    // Standard input that is left open would keep the process alive.
    input.destroy()
  }
}

async function readRows(
  head: Buffer,
  rest: AsyncIterator<Buffer | string>,
  { name, separator, columns: names }: PathFileOptions,
): Promise<PathFile> {
  const collector = createPathCollector()
  let header: string[] | undefined
  let columns: Columns | undefined
  let read: ((cells: readonly string[]) => AttributeRow) | undefined
  let rows = 0
  let line = 1
  let isSeparated = false

  const take = (cells: string[]): void => {
    if (cells.some((cell) => cell.includes('\uFFFD'))) {
      throw new AttributeProblem('some characters are not UTF-8; save the file as “CSV UTF-8”')
    }
    if (!read) {
      header = cells
      columns = findColumns(cells, names)
      read = createRowReader(cells, columns, separator)
      return
    }
    const row = read(cells)
    isSeparated ||= row.touches.length > 1
    collector.add(row)
    rows++
  }

  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_CHARS,
    on_record: (cells: string[]) => {
      // Empty lines come as one empty cell, so that the count of lines is ours: the parser takes CR LF in quotes for two.
      if (cells.length !== 1 || cells[0] !== '') {
        try {
          take(cells)
        } catch (error) {
          throw atLine(error, name, line)
        }
      }
      line += 1 + cells.reduce((breaks, cell) => breaks + breaksIn(cell), 0)
      return null
    },
  })
  try {
    await pipeline(Readable.from(joined(head, rest)), parser.resume())
  } catch (error) {
    const message = error instanceof CsvError && CSV_MESSAGES[error.code]
    if (!message) throw error
    const column = header?.[Number(error.column)] ?? `cell ${Number(error.column) + 1}`
    throw new AttributeProblem(`${name}:${line}: ${column}: ${message}`)
  }
  if (!columns) throw new AttributeProblem(`${name}: the file is empty; its first line names the columns`)
  if (rows === 0) {
    throw new AttributeProblem(
      `${name}: there are no rows below the first line, so there is no credit to share out`,
    )
  }
  return { paths: collector.done(), columns, isSeparated }
}

/** What was read until the first line was whole. */
async function headOf(chunks: AsyncIterator<Buffer | string>, name: string): Promise<Buffer> {
  let head = Buffer.alloc(0)
  for (;;) {
    const { value, done } = await chunks.next()
    if (!done) head = Buffer.concat([head, typeof value === 'string' ? Buffer.from(value) : value])
    // UTF-16, workbooks and archives have them; CSV does not.
    if (head.includes(0)) {
      throw new AttributeProblem(`${name}: it is not a text in UTF-8; save it as “CSV UTF-8”`)
    }
    if (done || firstLineOf(head).isWhole) return head
    if (head.length > MAX_HEADER_BYTES) {
      throw new AttributeProblem(`${name}:1: the first line is longer than 1 MB; it should name the columns`)
    }
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer | string> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

function delimiterOf(head: Buffer): string {
  const names = firstLineOf(head).line.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => names.split(delimiter).length
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

/** The first line that is not empty. Line breaks within a quoted name do not end it. */
function firstLineOf(head: Buffer): { line: string; isWhole: boolean } {
  const [, line = '', end = ''] =
    /^\s*((?:"[^"]*"|[^"\r\n])*)([\r\n]?)/.exec(head.toString().replace(/^\uFEFF/, '')) ?? []
  return { line, isWhole: end !== '' }
}

function breaksIn(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0
}

function atLine(error: unknown, name: string, line: number): unknown {
  if (error instanceof AttributeProblem) return new AttributeProblem(`${name}:${line}: ${error.message}`)
  if (!(error instanceof PathError)) return error
  const { field } = error
  return new AttributeProblem(
    `${name}:${line}: ${field === 'touches' ? 'path' : field}: ${error.message.replace(/^path \d+: /, '')}`,
  )
}
