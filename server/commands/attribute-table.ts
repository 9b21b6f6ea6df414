/** A column of figures under its name. */
export interface FigureColumn {
  name: string
  figures: readonly number[]
}

export function column(name: string, figures: readonly number[]): FigureColumn {
  return { name, figures }
}

export interface TableLook {
  /** Digits behind the point: as the total asks where it is left out. */
  digits?: number
  /** Whether a last line adds the columns up (default true). */
  hasTotal?: boolean
}

/** From this total on, two digits behind the point are enough; below it, four let a reader follow with a calculator. */
const MANY = 10_000

/** A table for a terminal: names on the left under a title, figures aligned on the right, a line of totals. */
export function tableOf(
  title: string,
  names: readonly string[],
  columns: readonly FigureColumn[],
  { digits, hasTotal = true }: TableLook = {},
): string {
  const totals = columns.map(({ figures }) => figures.reduce((sum, figure) => sum + figure, 0))
  const places = digits ?? (totals.some((total) => Math.abs(total) >= MANY) ? 2 : 4)
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  })
  // A rest of rounding must not print as -0.0000.
  const show = (figure: number) => format.format(figure).replace(/^-(?=[0.,]+$)/, '')
  const rows = [
    [title, ...columns.map(({ name }) => name)],
    ...names.map((name, i) => [printable(name), ...columns.map(({ figures }) => show(figures[i] ?? 0))]),
  ]
  if (hasTotal) rows.push(['Total', ...totals.map(show)])
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, widthOf(cell))),
    [],
  )
  const lines = rows.map((row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - widthOf(cell))
        return i === 0 ? cell + space : space + cell
      })
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2))
  lines.splice(1, 0, rule)
  if (hasTotal) lines.splice(-1, 0, rule)
  return `${lines.join('\n')}\n`
}

/** Names come from a file: what would steer the terminal or break the line is shown as a dot. */
function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}

const graphemes = new Intl.Segmenter('en')

/** Cells of a terminal: those of East Asian letters and of emoji are two wide. */
function widthOf(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    width +=
      /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uFF01-\uFF60]/u.test(
        segment,
      )
        ? 2
        : 1
  }
  return width
}
