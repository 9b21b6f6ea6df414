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
import { useMemo } from 'react'
import { report } from '../../shared/api/report.ts'
import { Pager } from '../../shared/ui/pager.tsx'
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
  return (
    <>
      {narrow ? (
        <LandingCards rows={shown} sort={view.sort} onSort={sortBy} />
      ) : (
        <LandingGrid rows={shown} sort={view.sort} onSort={sortBy} compared={compared} />
      )}
      <Pager label="Pages of the table" page={page} size={PAGE_SIZE} total={rows.length} onTurn={turn}>
        {cut && <span>These are the largest; the search reaches the rest.</span>}
      </Pager>
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
