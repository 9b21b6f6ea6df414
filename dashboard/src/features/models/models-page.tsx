import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { goalList } from '../../shared/api/goals.ts'
import { ago, instant } from '../../shared/format/date.ts'
import { Card } from '../../shared/ui/card.tsx'
import { Skeleton } from '../../shared/ui/states.tsx'
import { ModelControls, QuestionPickers } from './controls.tsx'
import { CoverageCard } from './coverage-card.tsx'
import { HelpersCard } from './helpers-card.tsx'
import { InForce } from './in-force.tsx'
import { ModelsCard } from './models-card.tsx'
import { NoAnswer, NoConversions, NoGoals } from './no-answer.tsx'
import { PathsCard } from './paths-card.tsx'
import { ProgressLine } from './progress-line.tsx'
import { ShiftCard } from './shift-card.tsx'
import { SidesCard } from './sides-card.tsx'
import { StatisticsCard } from './statistics-card.tsx'
import { useCredits, useModels } from './use-models.ts'

/** Who earned the conversions, under models that can be chosen and checked. */
export function ModelsPage() {
  const { site } = useModels()
  const client = useQueryClient()
  const { data: goals } = useQuery(goalList(site?.id))
  const { data, error, isPlaceholderData, question } = useCredits()
  if (goals?.length === 0) {
    return (
      <Page>
        <NoGoals />
      </Page>
    )
  }
  const stale = isPlaceholderData
  return (
    <Page controls>
      <StatusLine />
      {error !== null ? (
        // What fails one card fails the others: said once, and never over figures of another question.
        <NoAnswer error={error} retry={() => void client.refetchQueries({ type: 'active' })} />
      ) : data === undefined ? (
        <Waiting />
      ) : data.totals.conversions === 0 ? (
        <NoConversions answer={data} />
      ) : (
        <>
          <div className="grid gap-4 lg:grid-cols-[minmax(0,8fr)_minmax(0,5fr)]">
            <SidesCard />
            <CoverageCard />
          </div>
          <ModelsCard answer={data} question={question} stale={stale} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <ShiftCard answer={data} stale={stale} />
            <HelpersCard answer={data} stale={stale} />
          </div>
          <StatisticsCard statistics={data.statistics} window={data.query.window} stale={stale} />
          <PathsCard />
          <CompleteUntil />
        </>
      )}
    </Page>
  )
}

function Page({ controls = false, children }: { controls?: boolean; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold tracking-tight">Who earned the conversions</h1>
          <p className="text-sm text-ink-2">
            The same conversions, shared out by models that can be checked.
          </p>
        </div>
        {controls && (
          <div className="flex flex-wrap items-center gap-2">
            <QuestionPickers />
          </div>
        )}
      </div>
      {controls && <ModelControls />}
      {children}
    </div>
  )
}

/** The options in force, and how far a new answer is. */
function StatusLine() {
  const { data, isFetching, progress } = useCredits()
  if (data === undefined && !isFetching) return null
  return (
    <div className="-my-1 flex min-h-5 flex-wrap items-center justify-between gap-x-6 gap-y-1 px-1">
      <div className="min-w-0">
        {data !== undefined && (
          <InForce asked={data.query} days={[data.meta.from, data.meta.to]} nulls={data.nulls} />
        )}
      </div>
      <ProgressLine busy={isFetching} progress={progress} />
    </div>
  )
}

function CompleteUntil() {
  const { timezone } = useModels()
  const { data } = useCredits()
  if (data === undefined) return null
  const { completeUntil } = data.meta
  const zone = data.meta.timezone || timezone
  return (
    <footer className="flex items-start gap-1.5 px-1 text-xs text-ink-3">
      <CircleCheck className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      <span>
        Complete until{' '}
        <time dateTime={completeUntil} title={completeUntil}>
          {instant(completeUntil, zone)}
        </time>{' '}
        ({ago(completeUntil)}). Days are those of {zone.replaceAll('_', ' ')}.
      </span>
    </footer>
  )
}

function Waiting() {
  return (
    <>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,8fr)_minmax(0,5fr)]">
        <Card title="Search and Social under each model">
          <div className="px-5 pb-5">
            <Skeleton className="h-76" />
          </div>
        </Card>
        <Card title="What this rests on">
          <div className="flex flex-col gap-3 px-5 pb-5">
            <Skeleton className="h-20" />
            <Skeleton className="h-20" />
            <Skeleton className="h-20" />
          </div>
        </Card>
      </div>
      <Card title="Credit">
        <div className="px-5 pb-5">
          <Skeleton className="h-96" />
        </div>
      </Card>
    </>
  )
}
