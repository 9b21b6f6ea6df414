import type { Model } from '../../../../server/domain/attribution/contract.ts'
import { type AttributionRow, type Grain, NO_TOUCH } from '../../../../server/reports/attribution/contract.ts'
import type { Sides } from '../../../../server/reports/contract.ts'
import { change, share } from '../../shared/format/number.ts'
import { channelsOf, sideOf } from '../../shared/sides.ts'
import type { SideName } from '../../shared/ui/side-mark.tsx'
import type { Measure, SortKey } from './search.ts'

const compact = new Intl.NumberFormat(undefined, {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

/** What a model gives a key; a model that was not asked gives nothing. */
export interface Amount {
  amount: number
  /** Of all, 0 to 1 (less for a negative credit); null where there is nothing to share. */
  share: number | null
}

export function amountOf(row: AttributionRow | undefined, model: Model, measure: Measure): Amount {
  const credit = row?.credits[model]
  if (credit === undefined) return { amount: 0, share: null }
  return measure === 'value'
    ? { amount: credit.value, share: credit.valueShare }
    : { amount: credit.conversions, share: credit.conversionShare }
}

/** The rows but that of conversions without touch, sorted by a column; equal ones by their key. */
export function sortedRows(
  rows: AttributionRow[],
  sort: { key: SortKey; descending: boolean },
  measure: Measure,
): AttributionRow[] {
  const direction = sort.descending ? -1 : 1
  const by = sort.key
  return rows
    .filter(({ key }) => key !== NO_TOUCH)
    .sort(
      (a, b) =>
        (by === 'key'
          ? 0
          : direction * (amountOf(a, by, measure).amount - amountOf(b, by, measure).amount)) ||
        (by === 'key' ? direction : 1) * a.key.localeCompare(b.key),
    )
}

export function noTouchRow(rows: AttributionRow[]): AttributionRow | undefined {
  return rows.find(({ key }) => key === NO_TOUCH)
}

/**
 * Writes the numbers of a column: whole where all are, else with one decimal, two where there are less than a hundred in
 * all, none in large numbers. What is not quite nothing never becomes 0.
 *
 * @param shortFrom numbers from here on are shortened (`12.4m`)
 */
export function columnFormat(
  amounts: number[],
  total: number,
  shortFrom = 10_000_000,
): (amount: number) => string {
  const whole = amounts.every((amount) => Math.abs(amount - Math.round(amount)) < 1e-6)
  const digits = whole || Math.abs(total) >= 100_000 ? 0 : Math.abs(total) < 100 ? 2 : 1
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  const least = 10 ** -digits
  return (amount) => {
    const size = Math.abs(amount)
    if (size < 1e-9) return format.format(0)
    if (size < least / 2) return `${amount < 0 ? '>−' : '<'}${format.format(least)}`
    return `${amount < 0 ? '−' : ''}${size >= shortFrom ? compact.format(size) : format.format(size)}`
  }
}

/** A share that may be negative, always with one decimal: figures of a column stand under each other. */
export function signedShare(value: number): string {
  const size = Math.abs(value)
  const text = size === 0 || (size >= 0.0005 && size !== 1) ? percent.format(size) : share(size)
  return value < 0 ? `−${text}` : text
}

/** A relative change with its sign and one decimal: `+4.2%`; as a multiple from tenfold on. */
export function signedChange(value: number): string {
  if (value >= 9) return change(value)
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${percent.format(Math.abs(value))}`
}

/** The side on which a key stands; `other` for grains whose keys stand on none. */
export function sideOfKey(key: string, grain: Grain, sides: Sides): SideName | 'other' {
  if (grain === 'side') return key === 'Search' ? 'search' : key === 'Social' ? 'social' : 'other'
  if (grain !== 'channel') return 'other'
  const side = sideOf(key, channelsOf(sides))
  return side === 'none' ? 'other' : side
}

/** What a key gets by one model against what it gets by last touch. */
export interface Shift {
  key: string
  before: number
  after: number
  delta: number
  /** How many keys it stands for: more than one for the rest of a long list. */
  keys: number
}

/** The largest differences from last touch, and all others as one. */
export function shifts(
  rows: AttributionRow[],
  model: Model,
  measure: Measure,
  most: number,
): { shown: Shift[]; rest: Shift | null } {
  const all = rows
    .filter(({ key }) => key !== NO_TOUCH)
    .map((row): Shift => {
      const before = amountOf(row, 'last', measure).amount
      const after = amountOf(row, model, measure).amount
      return { key: row.key, before, after, delta: after - before, keys: 1 }
    })
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || a.key.localeCompare(b.key))
  // One more in sight costs as much room as a line that stands for one.
  const cut = all.length <= most + 1 ? all.length : most
  const others = all.slice(cut)
  const shown = all.slice(0, cut).sort((a, b) => b.delta - a.delta)
  if (others.length === 0) return { shown, rest: null }
  const sum = (of: (shift: Shift) => number) => others.reduce((total, shift) => total + of(shift), 0)
  return {
    shown,
    rest: {
      key: '',
      before: sum(({ before }) => before),
      after: sum(({ after }) => after),
      delta: sum(({ delta }) => delta),
      keys: others.length,
    },
  }
}
