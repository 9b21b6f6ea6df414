import { useQuery } from '@tanstack/react-query'
import {
  createColumnHelper,
  createPaginatedRowModel,
  createSortedRowModel,
  rowPaginationFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import { report } from '../../shared/api/report.ts'
import { count } from '../../shared/format/number.ts'
import { Button } from '../../shared/ui/button.tsx'
import { useNarrow } from '../../shared/use-settled.ts'
import { LandingCards } from './landing-cards.tsx'
import { LandingGrid } from './landing-grid.tsx'
import { type LandingRow, landingRows } from './landing-rows.ts'
import type { BaseQuestion, SortKey } from './search.ts'
import { ask, SIDES_ONLY, useCompare } from './use-compare.ts'

const PAGE_SIZE = 25

const features = tableFeatures({
  rowSortingFeature,
  rowPaginationFeature,
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
})

const helper = createColumnHelper<typeof features, LandingRow>()
// Unknown is undefined to the sorter, which keeps it last whichever way the column is sorted.
const known = (value: number | null) => value ?? undefined
const number = { sortUndefined: 'last', sortDescFirst: true, sortFn: byNumber } as const
const columns = helper.columns([
  helper.accessor('page', { id: 'page', sortFn: (a, b) => a.original.page.localeCompare(b.original.page) }),
  helper.accessor((row) => known(row.total), { id: 'total', ...number }),
  helper.accessor((row) => known(row.search.now), { id: 'search', ...number }),
  helper.accessor((row) => known(row.social.now), { id: 'social', ...number }),
  helper.accessor((row) => known(row.clicks.now), { id: 'clicks', ...number }),
  helper.accessor((row) => known(row.share), { id: 'share', ...number }),
])

function byNumber(
  a: { getValue: (id: string) => unknown },
  b: { getValue: (id: string) => unknown },
  id: string,
) {
  return Number(a.getValue(id)) - Number(b.getValue(id))
}

export interface LandingTableProps {
  rows: LandingRow[]
  base: BaseQuestion
  /** The server had more rows than it may answer: a page's smaller side may be missing from `rows`. */
  cut: boolean
}

/** Sorted and paged rows; a table where there is room, cards where there is not. */
export function LandingTable({ rows, base, cut }: LandingTableProps) {
  const { view, change, compared } = useCompare()
  const narrow = useNarrow()
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE))
  const page = Math.min(view.page, pages)
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.page,
    state: {
      sorting: [{ id: view.sort.key, desc: view.sort.descending }],
      pagination: { pageIndex: page - 1, pageSize: PAGE_SIZE },
    },
    autoResetPageIndex: false,
  })
  const visible = table.getRowModel().rows.map((row) => row.original)
  const exact = useExact(base, cut ? visible : [])
  const shown = visible.map((row) => exact.get(row.page) ?? row)
  const sortBy = (key: SortKey) => {
    const descending = view.sort.key === key ? !view.sort.descending : key !== 'page'
    const sort = `${descending ? '-' : ''}${key}`
    change({ sort: sort === '-total' ? undefined : sort, p: undefined }, { replace: true })
  }
  const turn = (to: number) => change({ p: to === 1 ? undefined : String(to) })
  const from = (page - 1) * PAGE_SIZE + 1
  return (
    <>
      {narrow ? (
        <LandingCards rows={shown} sort={view.sort} onSort={sortBy} />
      ) : (
        <LandingGrid rows={shown} sort={view.sort} onSort={sortBy} compared={compared} />
      )}
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-5 py-2 text-xs text-ink-3 max-sm:px-4">
        <span className="tabular-nums">
          {count(from)} – {count(Math.min(rows.length, from + PAGE_SIZE - 1))} of {count(rows.length)}
        </span>
        {cut && <span>These are the largest; the search reaches the rest.</span>}
        {pages > 1 && (
          <nav aria-label="Pages of the table" className="ml-auto flex gap-1.5">
            <Button size="sm" disabled={page === 1} onClick={() => turn(page - 1)}>
              <ChevronLeft className="size-3.5" aria-hidden />
              Back
            </Button>
            <Button size="sm" disabled={page === pages} onClick={() => turn(page + 1)}>
              Next
              <ChevronRight className="size-3.5" aria-hidden />
            </Button>
          </nav>
        )}
      </div>
    </>
  )
}

/** Both sides of the given pages, asked for by name: what a cut answer cannot promise. */
function useExact(base: BaseQuestion, rows: LandingRow[]): Map<string, LandingRow> {
  const { compared } = useCompare()
  const pages = rows.map((row) => row.page)
  const { data } = useQuery({
    ...report(
      ask(
        base,
        { metrics: ['arrivals', 'clicks'], dimensions: ['landing_page', 'side'], limit: 2 * PAGE_SIZE },
        SIDES_ONLY,
        ['is', 'landing_page', pages],
      ),
    ),
    enabled: pages.length > 0,
  })
  return useMemo(
    () => new Map(landingRows(data?.results ?? [], compared).map((row) => [row.page, row])),
    [data, compared],
  )
}
