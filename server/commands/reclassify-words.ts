import type { Label, Move } from '../loader/moves.ts'
import type { ReclassifyReport } from './reclassify.ts'

/** Moves shown to a person; `--json` lists all. */
const SHOWN = 50
const LONGEST_NAME = 60
const numbers = new Intl.NumberFormat('en')

/** A report as text for the terminal: a table of what moved, and a sentence. */
export function inWords(report: ReclassifyReport): string {
  const shown = report.moves.slice(0, SHOWN)
  const hidden = report.moves.slice(SHOWN)
  const lines: string[] = []
  if (shown.length > 0) lines.push(...tableOf(shown))
  if (hidden.length > 0) {
    const hits = hidden.reduce((sum, move) => sum + move.hits, 0)
    lines.push(
      `and ${counted(hits, 'hit')} in ${numbers.format(hidden.length)} more rows (--json lists them)`,
    )
  }
  if (shown.length > 0) lines.push('')
  return `${[...lines, sentenceOf(report)].join('\n')}\n`
}

/** @example counted(1204, 'hit') // '1,204 hits' */
export function counted(count: number, thing: string): string {
  return `${numbers.format(count)} ${thing}${count === 1 ? '' : 's'}`
}

function sentenceOf({ dryRun, hits, sites }: ReclassifyReport): string {
  const judged = sites.reduce((sum, { days }) => sum + days.judged, 0)
  const skipped = sites.reduce((sum, { days }) => sum + days.skipped, 0)
  if (judged === 0) {
    return skipped === 0
      ? 'No hits to judge.'
      : `Nothing to do: ${counted(skipped, 'day')} ${skipped === 1 ? 'stands' : 'stand'} under today’s rules already.`
  }
  const verb = dryRun ? 'Would move' : 'Moved'
  const rest = skipped === 0 ? '' : `; skipped ${counted(skipped, 'day')}`
  return `${verb} ${counted(hits.moved, 'hit')} on ${counted(judged, 'day')}, ${numbers.format(hits.unchanged)} unchanged${rest}.`
}

function tableOf(moves: readonly Move[]): string[] {
  const rows = [
    ['Hits', 'From', 'To'] as const,
    ...moves.map((move) => [numbers.format(move.hits), ...ends(move)] as const),
  ]
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length))
  return rows.map(([hits, from, to]) => `${hits.padStart(width(0))}  ${from.padEnd(width(1))}  ${to}`)
}

/** Who sent the hits is said where that changed. */
function ends({ from, to }: Move): [from: string, to: string] {
  const withTraffic = from.traffic !== to.traffic || from.reason !== to.reason
  return [labelText(from, withTraffic), labelText(to, withTraffic)]
}

function labelText({ traffic, reason, channel, source }: Label, withTraffic: boolean): string {
  const who = reason === '' ? traffic : `${traffic} (${reason})`
  const label = `${shownName(channel)} / ${source === '' ? '(none)' : shownName(source)}`
  return withTraffic ? `${who}: ${label}` : label
}

/** Sources are what strangers sent: nothing of them may steer the terminal. */
function shownName(text: string): string {
  const plain = text.replace(/\p{C}/gu, '\ufffd')
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME - 1)}…` : plain
}
