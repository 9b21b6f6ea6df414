import { useQuery } from '@tanstack/react-query'
import { CircleCheck, Hourglass } from 'lucide-react'
import type { Filter } from '../../../../server/reports/contract.ts'
import { goalList } from '../../shared/api/goals.ts'
import { dayRange } from '../../shared/format/date.ts'
import { count } from '../../shared/format/number.ts'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { PickField } from '../../shared/ui/pick-field.tsx'
import { SIDE_LABELS, SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import { Failure, Skeleton } from '../../shared/ui/states.tsx'
import { comparison, type NamedRate, type SidesCompared } from './rate-api.ts'
import { RateBar } from './rate-bar.tsx'
import { differenceText, rateScale, rateText } from './rate-text.ts'
import { useCompare } from './use-compare.ts'

const ANY_GOAL = ''

/** How often Social converted on a page against Search, each also against the same weekdays before. */
export function RateCard({ page }: { page: string }) {
  const { base, view, search, site, change } = useCompare()
  const goals = useQuery(goalList(site?.id))
  // As the API does: a goal's name is unique whatever its case.
  const named = goals.data?.find(({ name }) => name.toLowerCase() === search.goal?.toLowerCase())?.name
  const side = (name: SideName): { filters: Filter[] } => ({
    filters: [['is', 'side', [SIDE_LABELS[name]]]],
  })
  const common = {
    ...(base.site === undefined ? {} : { site: base.site }),
    ...(base.sides === undefined ? {} : { sides: base.sides }),
    date_range: base.date_range,
    goal: named ?? null,
    filters: [...base.filters, ['is', 'landing_page', [page]] satisfies Filter],
  }
  const hasGoals = goals.data !== undefined && goals.data.length > 0
  const sides = useQuery({
    ...comparison({ ...common, a: side('social'), b: side('search') }),
    enabled: hasGoals,
  })
  // All time has nothing before it. The sides come first: what was before only stands below them.
  const withBefore = hasGoals && sides.data !== undefined && view.range !== 'all'
  const before = (name: SideName) => comparison({ ...common, a: side(name), baseline: 'weekdays' })
  const social = useQuery({ ...before('social'), enabled: withBefore })
  const ofSearch = useQuery({ ...before('search'), enabled: withBefore })
  const failed = goals.error ?? sides.error
  return (
    <section
      aria-labelledby="page-rates"
      className="mx-5 rounded-lg border border-line px-4 pt-3 pb-4 max-sm:mx-4"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h3 id="page-rates" className="text-sm font-semibold">
          Conversion
        </h3>
        {hasGoals && (
          <PickField
            label="Goal"
            className="ml-auto max-w-full"
            value={named ?? ANY_GOAL}
            options={[
              { value: ANY_GOAL, label: 'any' },
              ...goals.data.map(({ name }) => ({ value: name, label: name })),
            ]}
            onChange={(goal) => change({ goal: goal === ANY_GOAL ? undefined : goal }, { replace: true })}
          />
        )}
      </header>
      {failed !== null ? (
        <div className="-mx-5 -mb-4">
          <Failure
            error={failed}
            retry={() => void (goals.error === null ? sides : goals).refetch()}
            what="The conversion"
          />
        </div>
      ) : goals.data?.length === 0 ? (
        <p className="mt-2 text-sm text-ink-2">
          The site has no goals yet, so nothing counts as a conversion. Goals are set with the API, at{' '}
          <code className="text-xs wrap-anywhere">/api/v1/sites/{site?.id}/goals</code>.
        </p>
      ) : sides.data === undefined ? (
        <RatesSkeleton />
      ) : (
        <Rates
          found={sides.data}
          stale={sides.isPlaceholderData}
          before={{
            social: social.isPlaceholderData ? undefined : social.data,
            search: ofSearch.isPlaceholderData ? undefined : ofSearch.data,
          }}
        />
      )}
    </section>
  )
}

interface RatesProps {
  found: SidesCompared
  before: Record<SideName, SidesCompared | undefined>
  stale: boolean
}

function Rates({ found, before, stale }: RatesProps) {
  const earlier = { social: before.social?.b, search: before.search?.b }
  const scale = rateScale([found.a, found.b, earlier.social, earlier.search])
  const baseline = (before.social ?? before.search)?.meta.baseline
  const hasEarlier = [earlier.social, earlier.search].some((one) => one?.rate != null)
  const isCompared = found.test.p !== null
  return (
    <div aria-busy={stale} className={cx('transition-opacity duration-150', stale && 'opacity-50')}>
      <SideRate side="search" now={found.b} before={earlier.search} scale={scale} />
      <SideRate side="social" now={found.a} before={earlier.social} scale={scale} />
      {(found.a.ci !== null || found.b.ci !== null) && (
        <p className="mt-2 text-2xs text-ink-3">
          {hasEarlier && baseline != null && `In grey: the same weekdays before, ${dayRange(...baseline)}. `}
          Bars and brackets: 95% intervals.
        </p>
      )}
      <div className="mt-3 border-t border-line pt-3">
        {isCompared && (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <Enough enough={found.enough} />
            <Difference found={found} />
          </div>
        )}
        <div className="mt-1.5 flex items-start gap-1">
          <p className="min-w-0 flex-1 text-sm text-ink-2 wrap-anywhere">{found.sentence}</p>
          <CopyButton text={found.sentence} label="Copy the sentence" />
        </div>
        {found.meta.warnings.map((warning) => (
          <p key={warning} className="mt-1.5 text-xs text-ink-3">
            {warning}
          </p>
        ))}
      </div>
    </div>
  )
}

function SideRate({
  side,
  now,
  before,
  scale,
}: {
  side: SideName
  now: NamedRate
  before: NamedRate | undefined
  scale: number
}) {
  return (
    <div className="mt-3">
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="flex items-center gap-1.5 text-ink-2">
          <SideMark side={side} />
          {SIDE_LABELS[side]}
        </span>
        {now.rate === null || now.ci === null ? (
          <span className="ml-auto text-ink-3">{now.n === null ? 'no page data' : 'no sessions'}</span>
        ) : (
          <>
            <span className="ml-auto font-semibold tabular-nums">{rateText(now.rate, now.ci).rate}</span>
            <span className="text-xs text-ink-3 tabular-nums">{rateText(now.rate, now.ci).interval}</span>
          </>
        )}
      </p>
      {now.rate !== null && now.ci !== null && (
        <RateBar side={side} rate={now.rate} ci={now.ci} scale={scale} />
      )}
      {before?.rate != null && before.ci !== null && (
        <RateBar side={side} rate={before.rate} ci={before.ci} scale={scale} before />
      )}
      <p className="mt-0.5 flex flex-wrap justify-between gap-x-3 text-2xs text-ink-3 tabular-nums">
        {now.n !== null && now.k !== null && now.n > 0 && (
          <span>
            {count(now.k)} of {count(now.n)} sessions
          </span>
        )}
        {before?.rate != null && before.ci !== null && (
          <span>
            before: {rateText(before.rate, before.ci).rate} {rateText(before.rate, before.ci).interval}
          </span>
        )}
      </p>
    </div>
  )
}

/** Which side converted more often and by how much, or that it cannot be told. */
function Difference({ found }: { found: SidesCompared }) {
  const { value, ci } = found.difference
  if (value === null || ci === null || value === 0) return null
  const { higher, points, clear } = differenceText(value, ci)
  return (
    <p className="text-sm">
      {clear ? (
        <span className="font-medium">{found[higher].name} higher by</span>
      ) : (
        <span className="text-ink-2">No clear difference: {found[higher].name} higher by</span>
      )}{' '}
      <span className="text-ink-2 tabular-nums">{points}</span>
    </p>
  )
}

function Enough({ enough }: { enough: boolean }) {
  const Sign = enough ? CircleCheck : Hourglass
  return (
    <p
      className={cx(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium',
        enough ? 'bg-accent-soft text-accent' : 'bg-notice-soft text-notice',
      )}
    >
      <Sign className="size-3.5" aria-hidden />
      {enough ? 'Enough data' : 'Too little data'}
    </p>
  )
}

function RatesSkeleton() {
  return (
    <div aria-hidden="true">
      {['search', 'social'].map((side) => (
        <div key={side} className="mt-3">
          <Skeleton className="h-4 w-full" />
          <Skeleton className="mt-1.5 h-3 w-3/5" />
        </div>
      ))}
      <Skeleton className="mt-4 h-10" />
    </div>
  )
}
