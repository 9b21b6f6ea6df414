import { useQuery } from '@tanstack/react-query'
import { ExternalLink, ListFilter } from 'lucide-react'
import { useMemo } from 'react'
import type { Filter } from '../../../../server/reports/contract.ts'
import { report } from '../../shared/api/report.ts'
import { count } from '../../shared/format/number.ts'
import { Button, buttonClass } from '../../shared/ui/button.tsx'
import { Sheet } from '../../shared/ui/sheet.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { ChannelSkeleton } from './channel-card.tsx'
import { ChannelList } from './channel-list.tsx'
import { channelTree } from './channel-tree.ts'
import { totalsOf } from './figures.ts'
import { withChip } from './filters.ts'
import { splitPage } from './landing-rows.ts'
import { RateCard } from './rate-card.tsx'
import { filterSearch } from './search.ts'
import { TotalsBlock } from './totals.tsx'
import { ask, useCompare } from './use-compare.ts'

/** The panel of one landing page: which channels, sources and links lead to it. */
export function LandingSheet() {
  const { view, change } = useCompare()
  const close = () => change({ landing: undefined })
  const page = view.landing
  const { host, path } = splitPage(page ?? '')
  return (
    <Sheet
      open={page !== undefined}
      onClose={close}
      title={path}
      description={host}
      footer={
        page !== undefined && (
          <div className="flex flex-wrap gap-2">
            <Button
              onClick={() =>
                change({
                  landing: undefined,
                  p: undefined,
                  filter: filterSearch(
                    withChip(view.chips, { dimension: 'landing_page', operator: 'is', values: [page] }),
                  ),
                })
              }
            >
              <ListFilter className="size-4 text-ink-3" aria-hidden />
              Show only this page
            </Button>
            <a href={`https://${page}`} target="_blank" rel="noreferrer" className={buttonClass('quiet')}>
              <ExternalLink className="size-4" aria-hidden />
              Open the page
            </a>
          </div>
        )
      }
    >
      {page !== undefined && <LandingDetail page={page} />}
    </Sheet>
  )
}

function LandingDetail({ page }: { page: string }) {
  const { base, search, change, compared } = useCompare()
  const only: Filter = ['is', 'landing_page', [page]]
  const metrics = ['arrivals', 'clicks']
  const sides = useQuery(report(ask(base, { metrics, dimensions: ['landing_page', 'side'] }, only)))
  const sources = useQuery(
    report(ask(base, { metrics, dimensions: ['landing_page', 'channel', 'source'], limit: 500 }, only)),
  )
  const links = useQuery(report(ask(base, { metrics: ['clicks'], dimensions: ['link'], limit: 11 }, only)))
  // The page is a dimension here too, so that arrivals come as unknown where its host sent no pageview.
  const totals = useMemo(
    () =>
      sides.data &&
      totalsOf(
        sides.data.results.map((row) => ({ ...row, dimensions: row.dimensions.slice(1) })),
        compared,
        !sides.data.results.some((row) => row.metrics[0] === null),
      ),
    [sides.data, compared],
  )
  const channels = useMemo(
    () =>
      sources.data &&
      channelTree(
        sources.data.results.map((row) => ({ ...row, dimensions: row.dimensions.slice(1) })),
        compared,
        true,
      ),
    [sources.data, compared],
  )
  const open = search.open ?? []
  return (
    <div className="-mx-5 flex flex-col gap-3">
      {sides.error !== null ? (
        <Failure error={sides.error} retry={() => void sides.refetch()} what="The page's totals" />
      ) : totals === undefined ? (
        <Skeleton className="mx-5 h-28" />
      ) : (
        <div className="lg:[&_.grid]:grid-cols-2">
          <TotalsBlock totals={totals} />
        </div>
      )}
      <RateCard page={page} />
      <section aria-label="Channels and sources of this page">
        {sources.error !== null ? (
          <Failure error={sources.error} retry={() => void sources.refetch()} what="The channels" />
        ) : channels === undefined ? (
          <ChannelSkeleton />
        ) : channels.length === 0 ? (
          <Empty title="Nobody came to this page in these days" />
        ) : (
          <ChannelList
            channels={channels}
            open={open}
            onToggle={(channel) =>
              change(
                { open: open.includes(channel) ? open.filter((one) => one !== channel) : [...open, channel] },
                { replace: true },
              )
            }
          />
        )}
      </section>
      <PageLinks rows={links.data?.results} />
    </div>
  )
}

function PageLinks({ rows }: { rows: { dimensions: string[]; metrics: (number | null)[] }[] | undefined }) {
  const clicked = rows?.filter((row) => (row.metrics[0] ?? 0) > 0 && row.dimensions[0] !== '(none)') ?? []
  if (clicked.length === 0) return null
  return (
    <section aria-labelledby="page-links" className="px-5">
      <h3 id="page-links" className="mb-1 text-sm font-semibold">
        Links that lead here
      </h3>
      <ul>
        {clicked.slice(0, 10).map((row) => (
          <li key={row.dimensions[0]} className="flex items-baseline gap-3 border-t border-line py-2 text-sm">
            <span className="min-w-0 flex-1 wrap-anywhere">{row.dimensions[0]}</span>
            <span className="text-ink-2 tabular-nums">{count(row.metrics[0] ?? 0)} clicks</span>
          </li>
        ))}
      </ul>
      {clicked.length > 10 && (
        <p className="border-t border-line pt-2 text-xs text-ink-3">The ten most clicked.</p>
      )}
    </section>
  )
}
