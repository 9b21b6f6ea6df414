import type { Columns, Field } from './attribute-columns.ts'
import { AttributeProblem } from './attribute-problem.ts'

/** A row of the file, read: its touches, and what stands beside them. */
export interface AttributeRow {
  touches: string[]
  conversions: number
  value: number
  nulls: number
}

const WHOLE = /^\d{1,15}$/
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * Makes the reader of a file's rows, whose cells have no space around them.
 *
 * @returns a function that throws an AttributeProblem whose words begin with the column.
 */
export function createRowReader(
  header: readonly string[],
  columns: Columns,
  separator: string,
): (cells: readonly string[]) => AttributeRow {
  const splitPath = createPathSplitter(separator)
  return (cells) => {
    if (cells.length !== header.length) throw unevenRow(cells.length, header)
    const conversions = amountIn(cells[columns.conversions] ?? '', 'conversions')
    // A column that may be left out may be left empty.
    const value = columns.value === null ? 0 : amountIn(cells[columns.value] || '0', 'value')
    const nulls = columns.nulls === null ? 0 : amountIn(cells[columns.nulls] || '0', 'nulls')
    if (value > 0 && conversions === 0) {
      throw new AttributeProblem(
        `value: ${cells[columns.value ?? 0]} stands beside 0 conversions; only conversions are worth something: ` +
          'write how many there were, or 0 as value',
      )
    }
    return { touches: splitPath(cells[columns.path] ?? ''), conversions, value, nulls }
  }
}

function unevenRow(count: number, header: readonly string[]): AttributeProblem {
  if (count < header.length) {
    return new AttributeProblem(
      `${header[count]}: missing; the row has ${count} of the ${header.length} cells that the first line names: ` +
        'write an empty cell where there is nothing to say',
    )
  }
  return new AttributeProblem(
    `cell ${header.length + 1}: the first line names only ${header.length} columns; ` +
      'put a cell that holds a delimiter between quotes',
  )
}

/** A number of at least 0: decimals and exponents, no thousands separators, since `1,234` could mean either. */
function amountIn(text: string, field: Field): number {
  if (WHOLE.test(text)) return Number(text)
  if (text === '') {
    throw new AttributeProblem(`${field}: the cell is empty; write 0 where the path converted nobody`)
  }
  if (!DECIMAL.test(text)) {
    throw new AttributeProblem(
      `${field}: "${text}" is not a number; write it like 1234 or 1234.5, without thousands separators, ` +
        'decimal commas or units',
    )
  }
  const amount = Number(text)
  if (amount < 0)
    throw new AttributeProblem(`${field}: ${text} is negative; write 0 or more, or leave the row out`)
  // -0 is 0.
  return amount + 0
}

/**
 * Cuts a path into touches. Where the separator has space around it, what is left of it beside a missing touch counts
 * as a missing touch: `A > > B` and `A >` must not make channels called `> B` and `A >`.
 */
function createPathSplitter(separator: string): (path: string) => string[] {
  const core = separator.trim()
  const isBare = core !== '' && core !== separator
  const isMissing = (touch: string) =>
    touch === '' || (isBare && (touch === core || touch.startsWith(`${core} `) || touch.endsWith(` ${core}`)))
  return (path) => {
    if (path === '') {
      throw new AttributeProblem('path: the path is empty; name at least one touch, or leave the row out')
    }
    const touches = path.split(separator)
    for (let i = 0; i < touches.length; i++) {
      const touch = (touches[i] ?? '').trim()
      if (isMissing(touch)) {
        throw new AttributeProblem(
          `path: touch ${i + 1} of "${excerpt(path)}" is empty; name it, or take one "${separator}" away`,
        )
      }
      touches[i] = touch
    }
    return touches
  }
}

function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}
