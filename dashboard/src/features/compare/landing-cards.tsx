import { count } from '../../shared/format/number.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { type LandingListProps, PageLink, Ratio } from './landing-grid.tsx'
import type { SortKey } from './search.ts'

const SORT_LABELS: Record<SortKey, string> = {
  total: 'Arrivals',
  search: 'Search arrivals',
  social: 'Social arrivals',
  clicks: 'Clicks',
  share: 'Share of search',
  page: 'Page',
}

/** The landing pages at phone width. */
export function LandingCards({ rows, sort, onSort }: LandingListProps) {
  return (
    <>
      <label className="flex items-center gap-2 px-4 pb-2 text-xs text-ink-3">
        Sorted by
        <select
          value={sort.key}
          onChange={(event) => {
            const key = Object.keys(SORT_LABELS).find((one) => one === event.target.value)
            if (key !== undefined) onSort(key as SortKey)
          }}
          className="h-8 rounded-md border border-line-strong bg-surface px-2 text-[16px] text-ink"
        >
          {Object.entries(SORT_LABELS).map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <ul>
        {rows.map((row) => (
          <li key={row.page} className="relative border-t border-line px-4 py-3 active:bg-hover">
            <PageLink page={row.page} wrap />
            {row.clicksOnly ? (
              <p className="mt-1.5 text-sm">
                <SideMark side="social" className="mr-1.5 inline" />
                <span className="font-medium tabular-nums">{count(row.clicks.now ?? 0)}</span>{' '}
                <span className="text-ink-3">clicks only · search: no page data</span>
              </p>
            ) : (
              <>
                <p className="mt-1.5 mb-1 flex gap-4 text-sm tabular-nums">
                  <span>
                    <SideMark side="search" className="mr-1.5 inline" />
                    <span className="font-medium">{count(row.search.now ?? 0)}</span>
                  </span>
                  <span>
                    <SideMark side="social" className="mr-1.5 inline" />
                    <span className="font-medium">{count(row.social.now ?? 0)}</span>
                  </span>
                  <span className="ml-auto text-ink-3">{count(row.clicks.now ?? 0)} clicks</span>
                </p>
                <Ratio share={row.share} />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
