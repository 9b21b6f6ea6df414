import { ChartLine, Table2 } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { Grain } from '../../shared/time/days.ts'
import { Card } from '../../shared/ui/card.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { SIDE_DASH, SIDE_LABELS, SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import { Failure, Skeleton } from '../../shared/ui/states.tsx'
import { TotalsBlock, TotalsSkeleton } from './totals.tsx'
import { TrendTable } from './trend-table.tsx'
import { useCompare, useTotals, useTrend } from './use-compare.ts'

// The chart library is the largest part of the page: the figures are there before it.
// It is fetched beside them, not after them.
const chart = import('./trend-chart.tsx')
const TrendChart = lazy(() => chart)

const GRAINS: Record<Grain, string> = { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' }

/** The page's first answer: both sides' totals and how they went. */
export function OverviewCard() {
  const { search, change } = useCompare()
  const { totals, error, refetch, isPlaceholderData } = useTotals()
  const { grain, grains } = useTrend()
  return (
    <Card
      title="Arrivals"
      note="by people, entering the site"
      stale={isPlaceholderData}
      actions={
        <>
          {grains.length > 1 && (
            <Segmented
              label="One point for each"
              value={grain}
              options={grains.map((one) => ({ value: one, label: GRAINS[one] }))}
              onChange={(next) => change({ grain: next }, { replace: true })}
            />
          )}
          <Segmented
            label="Show the trend as"
            value={search.chart ?? 'chart'}
            options={[
              { value: 'chart', label: <ChartLine className="size-4" aria-hidden />, hint: 'Chart' },
              { value: 'table', label: <Table2 className="size-4" aria-hidden />, hint: 'Table' },
            ]}
            onChange={(next) => change({ chart: next === 'table' ? next : undefined }, { replace: true })}
          />
        </>
      }
    >
      <div className="lg:grid lg:grid-cols-[236px_minmax(0,1fr)]">
        <div className="lg:border-r lg:border-line">
          {error !== null ? (
            <Failure error={error} retry={() => void refetch()} what="The totals" />
          ) : totals === undefined ? (
            <TotalsSkeleton />
          ) : (
            <TotalsBlock totals={totals} />
          )}
        </div>
        <Trend />
      </div>
    </Card>
  )
}

function Trend() {
  const { search, compared } = useCompare()
  const { grain, trend, error, refetch } = useTrend()
  return (
    <div className="min-w-0 px-5 pb-4 max-lg:border-t max-lg:border-line max-lg:pt-3 max-sm:px-3">
      <div className="h-66 max-sm:h-56">
        {error !== null ? (
          <Failure error={error} retry={refetch} what="The trend" />
        ) : trend === undefined ? (
          <Skeleton className="h-full" />
        ) : search.chart === 'table' ? (
          <TrendTable {...trend} grain={grain} compared={compared} />
        ) : (
          <Suspense fallback={<Skeleton className="h-full" />}>
            <TrendChart {...trend} grain={grain} compared={compared} />
          </Suspense>
        )}
      </div>
      {search.chart !== 'table' && trend !== undefined && (
        <Legend compared={compared} clicksOnly={trend.clicksOnly} />
      )}
    </div>
  )
}

function Legend({ compared, clicksOnly }: { compared: boolean; clicksOnly: boolean }) {
  return (
    <ul className="mt-2 flex flex-wrap justify-end gap-x-4 gap-y-1 text-xs text-ink-2">
      {(['search', 'social'] as const).map((side) => (
        <li key={side} className="flex items-center gap-1.5">
          <LineSample side={side} />
          {SIDE_LABELS[side]}
          {side === 'social' && clicksOnly && ' (clicks only)'}
        </li>
      ))}
      {compared && (
        <li className="flex items-center gap-1.5 text-ink-3">
          <svg viewBox="0 0 24 10" className="w-6" aria-hidden="true">
            <path d="M0 5H24" stroke="var(--ink-3)" strokeOpacity=".5" strokeWidth="1.25" />
          </svg>
          comparison
        </li>
      )}
    </ul>
  )
}

function LineSample({ side }: { side: SideName }) {
  return (
    <span className="relative inline-flex w-7.5 items-center justify-center">
      <svg viewBox="0 0 30 10" className="absolute inset-0 m-auto w-7.5" aria-hidden="true">
        <path d="M0 5H30" stroke={`var(--${side})`} strokeWidth="2" strokeDasharray={SIDE_DASH[side]} />
      </svg>
      <SideMark side={side} className="relative size-2" />
    </span>
  )
}
