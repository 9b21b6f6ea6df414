import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Filter } from '../../../../server/reports/contract.ts'
import { report, reportCsv } from '../../shared/api/report.ts'
import { count } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { CsvButton, rangeInName } from '../../shared/ui/csv-button.tsx'
import { SearchBox } from '../../shared/ui/search-box.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { landingRows } from './landing-rows.ts'
import { LandingTable } from './landing-table.tsx'
import { ask, MOST_ROWS, SIDES_ONLY, useCompare } from './use-compare.ts'

/** Landing pages with both sides beside each other. */
export function LandingCard() {
  const { base, view, compared, change } = useCompare()
  const sought: Filter[] = view.find === '' ? [] : [['contains', 'landing_page', [view.find]]]
  const question = ask(
    base,
    {
      metrics: ['arrivals', 'clicks'],
      dimensions: ['landing_page', 'side'],
      order_by: [
        ['arrivals', 'desc'],
        ['clicks', 'desc'],
      ],
      limit: MOST_ROWS,
    },
    SIDES_ONLY,
    ...sought,
  )
  const { data, error, refetch, isPlaceholderData } = useQuery(report(question))
  const rows = useMemo(() => data && landingRows(data.results, compared), [data, compared])
  const cut = data !== undefined && data.meta.totalRows > data.results.length
  return (
    <Card
      title="Landing pages"
      note={rows !== undefined && `${count(rows.length)}${cut ? '+' : ''}`}
      stale={isPlaceholderData}
      actions={
        <>
          <SearchBox
            label="Find a page"
            value={view.find}
            onChange={(find) => change({ find: find.trim() || undefined, p: undefined }, { replace: true })}
            className="w-56 max-sm:w-auto max-sm:flex-1"
          />
          <CsvButton
            fetchFile={() => reportCsv(question)}
            fileName={`jejak-landing-pages-${rangeInName(question.date_range)}.csv`}
          />
        </>
      }
    >
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} what="The landing pages" />
      ) : rows === undefined ? (
        <LandingSkeleton />
      ) : rows.length === 0 ? (
        <Empty
          title={
            view.find === ''
              ? 'No landing page was reached by search or social'
              : `No landing page contains “${view.find}”`
          }
        >
          {view.find === '' && 'In these days people came by other channels only: they stand below.'}
        </Empty>
      ) : (
        <LandingTable rows={rows} base={base} cut={cut} />
      )}
    </Card>
  )
}

function LandingSkeleton() {
  return (
    <div className="px-5 pb-4">
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey rows have no identity
        <div key={row} className="flex items-center gap-6 border-t border-line py-3">
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-40 max-sm:hidden" />
        </div>
      ))}
    </div>
  )
}
