import type { QueryRow } from '../../../../server/reports/contract.ts'

/** A figure beside the one it is compared with; null is unknown, which is never the same as 0. */
export interface Figure {
  now: number | null
  before: number | null
}

export const UNKNOWN: Figure = { now: null, before: null }

/** Search's part of both sides' arrivals, 0 to 1; null where a side is unknown or both are 0. */
export function searchShare(search: number | null, social: number | null): number | null {
  if (search === null || social === null || search + social === 0) return null
  return search / (search + social)
}

/** One metric of a row. A row that is not there at all means that nothing was counted. */
export function figureOf(row: QueryRow | undefined, metric: number, compared: boolean): Figure {
  if (row === undefined) return { now: 0, before: compared ? 0 : null }
  return { now: row.metrics[metric] ?? null, before: row.compare?.metrics[metric] ?? null }
}

export interface SideTotals {
  arrivals: Figure
  clicks: Figure
}

export interface Totals {
  search: SideTotals
  social: SideTotals
  other: SideTotals
  /** No host sent a pageview in the range: arrivals are unknown, only clicks can be shown. */
  noPageData: boolean
  /** Nothing at all was counted on any side. */
  empty: boolean
}

/**
 * Rows of `side` with `arrivals, clicks`.
 * @param measured whether any page of the site sent a pageview in the range: if not, no arrival could be seen, and
 * the 0 that the API counts over all pages would be a lie.
 */
export function totalsOf(rows: QueryRow[], compared: boolean, measured: boolean): Totals {
  const side = (name: string): SideTotals => {
    const row = rows.find((one) => one.dimensions[0] === name)
    const arrivals = measured ? figureOf(row, 0, compared) : UNKNOWN
    return { arrivals, clicks: figureOf(row, 1, compared) }
  }
  return {
    search: side('Search'),
    social: side('Social'),
    other: side('Other'),
    noPageData: !measured || (rows.length > 0 && rows.every((row) => row.metrics[0] === null)),
    empty: rows.every((row) => row.metrics.every((metric) => !metric)),
  }
}
