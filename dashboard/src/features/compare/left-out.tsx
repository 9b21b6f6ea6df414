import { useQuery } from '@tanstack/react-query'
import { Bot, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import { report } from '../../shared/api/report.ts'
import { count, share } from '../../shared/format/number.ts'
import { DEAD_END, reasonWords, TRAFFIC_WORDS, type Words } from '../../shared/traffic-words.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { Sheet } from '../../shared/ui/sheet.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { LEFT_OUT_VIEWS, type LeftOutView } from './search.ts'
import { ask, useCompare } from './use-compare.ts'

/** How many hits the figures leave out, by what sent them. */
function useLeftOut(dimension: string) {
  const { base } = useCompare()
  const { compare: _, ...now } = base
  return useQuery(report(ask(now, { metrics: ['bot_hits'], dimensions: [dimension], limit: 100 })))
}

interface Part {
  name: string
  hits: number
}

function parts(rows: { dimensions: string[]; metrics: (number | null)[] }[] | undefined): Part[] | undefined {
  return rows
    ?.map((row) => ({ name: row.dimensions[0] ?? '', hits: row.metrics[0] ?? 0 }))
    .filter((part) => part.hits > 0)
    .sort((a, b) => b.hits - a.hits)
}

const sum = (all: Part[]) => all.reduce((total, part) => total + part.hits, 0)

/** What was left out as machine traffic, and the way to see it. */
export function LeftOutCard() {
  const { change } = useCompare()
  const { data, error, refetch, isPlaceholderData } = useLeftOut('traffic')
  const found = useMemo(() => parts(data?.results), [data])
  return (
    <Card
      title="Left out"
      note="stored, not counted above"
      stale={isPlaceholderData}
      actions={
        found !== undefined &&
        found.length > 0 && (
          <Button size="sm" look="quiet" onClick={() => change({ panel: 'left-out' })}>
            See what
            <ChevronRight className="size-3.5" aria-hidden />
          </Button>
        )
      }
    >
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} what="What was left out" />
      ) : found === undefined ? (
        <div className="px-5 pb-6">
          <Skeleton className="h-8 w-28" />
          <Skeleton className="mt-4 h-24" />
        </div>
      ) : found.length === 0 ? (
        <p className="flex items-center gap-2 px-5 pt-1 pb-5 text-sm text-ink-2">
          <Bot className="size-4 text-ink-3" aria-hidden />
          Nothing was left out in these days.
        </p>
      ) : (
        <div className="px-5 pb-4 max-sm:px-4">
          <p className="text-xl font-semibold tracking-tight tabular-nums">
            {count(sum(found))}{' '}
            <span className="text-sm font-normal tracking-normal text-ink-3">
              hits of machines and dead ends
            </span>
          </p>
          <PartList found={found} words={(name) => wordsFor('kind', name)} />
        </div>
      )}
    </Card>
  )
}

function PartList({ found, words }: { found: Part[]; words: (name: string) => Words }) {
  const most = found[0]?.hits ?? 1
  const total = sum(found)
  return (
    <ul className="mt-3">
      {found.map((part) => (
        <li key={part.name} className="border-t border-line py-2 text-sm first:border-0">
          <div className="flex items-baseline gap-3">
            <span className="min-w-0 flex-1 wrap-anywhere">{words(part.name).label}</span>
            <span className="text-xs text-ink-3 tabular-nums">{share(part.hits / total)}</span>
            <span className="w-20 text-right font-medium tabular-nums">{count(part.hits)}</span>
          </div>
          {words(part.name).why !== '' && <p className="text-xs text-ink-3">{words(part.name).why}</p>}
          <div
            aria-hidden
            className="mt-1.5 h-1 rounded-full bg-other"
            style={{ width: `${(part.hits / most) * 100}%` }}
          />
        </li>
      ))}
    </ul>
  )
}

const VIEWS: Record<LeftOutView, { label: string; dimension: string }> = {
  kind: { label: 'Kind', dimension: 'traffic' },
  reason: { label: 'Reason', dimension: 'traffic_reason' },
  browser: { label: 'Agent', dimension: 'browser' },
  page: { label: 'Page', dimension: 'landing_page' },
  link: { label: 'Link', dimension: 'link' },
  outcome: { label: 'Outcome', dimension: 'outcome' },
}

const OUTCOMES: Record<string, string> = {
  '(none)': 'Pageviews',
  redirected: 'Redirected',
  unknown: 'Unknown link',
  expired: 'Expired link',
  disabled: 'Disabled link',
  not_started: 'Not started yet',
  over_limit: 'Over its limit',
}

/** What a part is called, and why it was left out where its name does not say. */
function wordsFor(by: LeftOutView, name: string): Words {
  if (by === 'kind') return TRAFFIC_WORDS[name] ?? { label: name, why: '' }
  // People have no reason: what is left out of theirs led nowhere.
  if (by === 'reason') return name === '(none)' ? DEAD_END : reasonWords(name)
  return { label: by === 'outcome' ? (OUTCOMES[name] ?? name) : name, why: '' }
}

/** The panel that takes apart what was left out. */
export function LeftOutSheet() {
  const { search, change } = useCompare()
  const by = search.by ?? 'kind'
  const { data, error, refetch } = useLeftOut(VIEWS[by].dimension)
  const found = useMemo(() => parts(data?.results), [data])
  return (
    <Sheet
      open={search.panel === 'left-out'}
      onClose={() => change({ panel: undefined, by: undefined })}
      title="Left out of the figures"
      description="Nothing is thrown away: hits of machines and clicks that led nowhere are stored with the reason and not counted."
    >
      <Segmented
        label="Take apart by"
        value={by}
        options={LEFT_OUT_VIEWS.map((value) => ({ value, label: VIEWS[value].label }))}
        onChange={(next) => change({ by: next === 'kind' ? undefined : next }, { replace: true })}
      />
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} what="What was left out" />
      ) : found === undefined ? (
        <Skeleton className="mt-4 h-64" />
      ) : found.length === 0 ? (
        <Empty title="Nothing was left out in these days" />
      ) : (
        <PartList found={found} words={(name) => wordsFor(by, name)} />
      )}
    </Sheet>
  )
}
