import type { QueryRow } from '../../../../server/reports/contract.ts'

/** A point of the trend: what the chart draws and its table lists. */
export interface TrendPoint {
  label: string
  search: number | null
  social: number | null
  searchBefore: number | null
  socialBefore: number | null
}

/**
 * Joins the two sides' rows of one time dimension (`arrivals, clicks`) by label, in the order in
 * which they came: by text, the two hours of a clock going back would change places.
 * @param clicksOnly no page sent a pageview: Search is unknown, Social shows its clicks.
 */
export function trendPoints(search: QueryRow[], social: QueryRow[], clicksOnly: boolean): TrendPoint[] {
  const points = new Map<string, TrendPoint>()
  const point = (row: QueryRow): TrendPoint => {
    const label = row.dimensions[0] ?? ''
    const known = points.get(label)
    if (known !== undefined) return known
    const fresh = { label, search: null, social: null, searchBefore: null, socialBefore: null }
    points.set(label, fresh)
    return fresh
  }
  for (const row of search) {
    const one = point(row)
    one.search = clicksOnly ? null : (row.metrics[0] ?? null)
    one.searchBefore = clicksOnly ? null : (row.compare?.metrics[0] ?? null)
  }
  const metric = clicksOnly ? 1 : 0
  for (const row of social) {
    const one = point(row)
    one.social = row.metrics[metric] ?? null
    one.socialBefore = row.compare?.metrics[metric] ?? null
  }
  return [...points.values()]
}
