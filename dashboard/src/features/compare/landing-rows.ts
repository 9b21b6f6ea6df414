import type { QueryRow } from '../../../../server/reports/contract.ts'
import { type Figure, figureOf, searchShare, UNKNOWN } from './figures.ts'

/** A landing page with both sides beside each other. */
export interface LandingRow {
  page: string
  search: Figure
  social: Figure
  clicks: Figure
  /** The page's host sent no pageview in the range: arrivals are unknown, clicks stand alone. */
  clicksOnly: boolean
  /** Arrivals of both sides; null where unknown. */
  total: number | null
  /** Search's part of them, 0 to 1. */
  share: number | null
}

/** Turns rows of `landing_page, side` with `arrivals, clicks` into one row a page, the ones with most clicks first. */
export function landingRows(rows: QueryRow[], compared: boolean): LandingRow[] {
  const pages = new Map<string, { search?: QueryRow; social?: QueryRow; clicksOnly: boolean }>()
  for (const row of rows) {
    const [page = '', side = ''] = row.dimensions
    const sides = pages.get(page) ?? { clicksOnly: false }
    if (side === 'Search') sides.search = row
    if (side === 'Social') sides.social = row
    // Pageviews are a matter of the page's host: one unknown is unknown for both sides.
    if (row.metrics[0] === null) sides.clicksOnly = true
    pages.set(page, sides)
  }
  return [...pages]
    .map(([page, { search, social, clicksOnly }]) => {
      const arrivals = {
        search: clicksOnly ? UNKNOWN : figureOf(search, 0, compared),
        social: clicksOnly ? UNKNOWN : figureOf(social, 0, compared),
      }
      return {
        page,
        ...arrivals,
        clicks: figureOf(social, 1, compared),
        clicksOnly,
        total: clicksOnly ? null : (arrivals.search.now ?? 0) + (arrivals.social.now ?? 0),
        share: searchShare(arrivals.search.now, arrivals.social.now),
      }
    })
    .sort((a, b) => (b.clicks.now ?? 0) - (a.clicks.now ?? 0) || a.page.localeCompare(b.page))
}

/** A landing page's host and path, for showing them apart. */
export function splitPage(page: string): { host: string; path: string } {
  const slash = page.indexOf('/')
  return slash < 0 ? { host: page, path: '/' } : { host: page.slice(0, slash), path: page.slice(slash) }
}
