import { count, headline, share, times } from '../../shared/format/number.ts'
import { Change } from '../../shared/ui/change.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { Hint } from '../../shared/ui/hint.tsx'
import { SIDE_LABELS, SideMark, type SideName, SplitBar } from '../../shared/ui/side-mark.tsx'
import { Skeleton } from '../../shared/ui/states.tsx'
import { type SideTotals, searchShare, type Totals } from './figures.ts'

/** Both sides' arrivals head to head, with their share of the two together. */
export function TotalsBlock({ totals }: { totals: Totals }) {
  const part = searchShare(totals.search.arrivals.now, totals.social.arrivals.now)
  return (
    <div className="flex h-full flex-col gap-5 px-5 pt-2 pb-5 max-sm:px-4">
      <div className="grid flex-1 grid-cols-2 gap-4 lg:grid-cols-1 lg:content-start lg:gap-5">
        <Side side="search" totals={totals.search} part={part} clicksOnly={totals.noPageData} />
        <Side
          side="social"
          totals={totals.social}
          part={part === null ? null : 1 - part}
          clicksOnly={totals.noPageData}
        />
      </div>
      {part !== null && (
        <div className="text-xs text-ink-2">
          <SplitBar searchShare={part} className="mb-2.5 h-2.5" />
          <p>{verdict(totals)}</p>
          {totals.other.arrivals.now !== null && totals.other.arrivals.now > 0 && (
            <p className="mt-0.5 text-ink-3 tabular-nums">
              Other channels: {count(totals.other.arrivals.now)} arrivals
            </p>
          )}
        </div>
      )}
    </div>
  )
}

/** The comparison in words. */
function verdict({ search, social }: Totals): string {
  const [a, b] = [search.arrivals.now ?? 0, social.arrivals.now ?? 0]
  if (a === b) return 'Both brought the same.'
  const [more, less] = a > b ? ['Search', 'Social'] : ['Social', 'Search']
  const few = Math.min(a, b)
  if (few === 0) return `Only ${more} brought arrivals.`
  const factor = times(Math.max(a, b) / few)
  return factor === times(1)
    ? `${more} brought slightly more than ${less}.`
    : `${more} brought ${factor} × as many as ${less}.`
}

function Side({
  side,
  totals,
  part,
  clicksOnly,
}: {
  side: SideName
  totals: SideTotals
  part: number | null
  clicksOnly: boolean
}) {
  const { arrivals, clicks } = totals
  const figure = arrivals.now === null && side === 'social' ? clicks : arrivals
  return (
    <div className="min-w-0">
      <p className="flex items-center gap-1.5 text-sm text-ink-2">
        <SideMark side={side} />
        {SIDE_LABELS[side]}
        {part !== null && (
          <span className="ml-auto text-xs text-ink-3 tabular-nums lg:text-sm">{share(part)}</span>
        )}
      </p>
      {figure.now === null ? (
        <p className="mt-0.5 text-lg leading-9 font-medium text-ink-3">No page data</p>
      ) : (
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2.5">
          <span
            title={count(figure.now)}
            className={cx(
              'font-semibold tracking-tight tabular-nums',
              figure.now >= 1_000_000 ? 'text-[25px] leading-9' : 'text-figure',
            )}
          >
            {headline(figure.now)}
          </span>
          <Change now={figure.now} before={figure.before || null} className="text-sm font-medium" />
        </p>
      )}
      <p className="text-xs text-ink-3 tabular-nums">
        {figure.now === null
          ? 'no page sent a pageview'
          : figure === clicks && clicksOnly
            ? 'clicks only: no page sent a pageview'
            : 'arrivals'}
        {figure !== clicks && side === 'social' && clicks.now !== null && (
          <>
            {' · '}
            <Hint text="Redirects of short links by people. A click becomes an arrival when its landing page is seen.">
              <button
                type="button"
                className="cursor-help underline decoration-line-strong decoration-dotted underline-offset-3"
              >
                {count(clicks.now)} clicks
              </button>
            </Hint>
          </>
        )}
      </p>
    </div>
  )
}

export function TotalsSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-4 px-5 pt-2 pb-5 lg:grid-cols-1 lg:gap-5">
      {['search', 'social'].map((side) => (
        <div key={side}>
          <Skeleton className="h-4 w-20" />
          <Skeleton className="mt-2 h-8 w-32" />
          <Skeleton className="mt-2 h-3.5 w-24" />
        </div>
      ))}
      <Skeleton className="h-2.5 max-lg:col-span-2" />
    </div>
  )
}
