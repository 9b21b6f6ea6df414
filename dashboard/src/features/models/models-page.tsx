import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { goalList } from '../../shared/api/goals.ts'
import { ago, instant } from '../../shared/format/date.ts'
import { Card } from '../../shared/ui/card.tsx'
import { Skeleton } from '../../shared/ui/states.tsx'
import { ModelControls, QuestionPickers } from './controls.tsx'
import { CoverageCard } from './coverage-card.tsx'
import { HelpersCard } from './helpers-card.tsx'
import { InForce } from './in-force.tsx'
import { GRAIN_WORDS } from './model-words.ts'
import { ModelsCard } from './models-card.tsx'
import { NoAnswer, NoConversions, NoGoals } from './no-answer.tsx'
import { PathsCard } from './paths-card.tsx'
import { ProgressLine } from './progress-line.tsx'
import { ShiftCard } from './shift-card.tsx'
import { SidesCard } from './sides-card.tsx'
import { StatisticsCard } from './statistics-card.tsx'
import { useCredits, useModels, useSideCredits, useUnderWay } from './use-models.ts'

/** Who earned the conversions, under models that can be chosen and checked. */
export function ModelsPage() {
  const { site } = useModels()
  const client = useQueryClient()
  const { data: goals } = useQuery(goalList(site?.id))
  const { data, error } = useSideCredits()
  if (goals?.length === 0) {
    return (
      <Page>
        <NoGoals />
      </Page>
    )
  }
  return (
    <Page controls>
      {error !== null ? (
        // What fails the first answer fails the others: said once, and never over figures of another question.
        <NoAnswer error={error} retry={() => void client.refetchQueries({ type: 'active' })} />
      ) : data === undefined ? (
        <>
          <SidesWaiting />
          <CreditsWaiting />
        </>
      ) : data.totals.conversions === 0 ? (
        <NoConversions answer={data} />
      ) : (
        <>
          <div className="grid gap-4 lg:grid-cols-[minmax(0,8fr)_minmax(0,5fr)]">
            <SidesCard answer={data} />
            <CoverageCard />
          </div>
          <Credits />
          <CompleteUntil answer={data} />
        </>
      )}
    </Page>
  )
}

/** The same by the chosen grain, and what follows from it. */
function Credits() {
  const { data, error, refetch, isPlaceholderData: stale, question } = useCredits()
  if (error !== null) return <NoAnswer error={error} retry={() => void refetch()} />
  if (data === undefined) return <CreditsWaiting />
  return (
    <>
      <ModelsCard answer={data} question={question} stale={stale} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ShiftCard answer={data} stale={stale} />
        <HelpersCard answer={data} stale={stale} />
      </div>
      <StatisticsCard statistics={data.statistics} window={data.query.window} stale={stale} />
      <PathsCard />
    </>
  )
}

function Page({ controls = false, children }: { controls?: boolean; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold tracking-tight">Who earned the conversions</h1>
          <Subtitle />
        </div>
        {controls && (
          <div className="flex flex-wrap items-center gap-2">
            <QuestionPickers />
          </div>
        )}
      </div>
      {controls && (
        <>
          <ModelControls />
          <OptionsLine />
        </>
      )}
      {children}
    </div>
  )
}

/** What the page is for; in its place, so that nothing moves, how far a new answer is. */
function Subtitle() {
  const { busy, progress } = useUnderWay()
  return (
    <div className="min-h-5">
      <ProgressLine busy={busy} progress={progress} />
      {!busy && (
        <p className="text-sm text-ink-2">The same conversions, shared out by models that can be checked.</p>
      )}
    </div>
  )
}

/** The options in force. */
function OptionsLine() {
  const { view } = useModels()
  const { data } = useSideCredits()
  return (
    <div className="-my-1 min-h-4.5 px-1">
      {data !== undefined && (
        <InForce
          asked={{ ...data.query, grain: view.grain }}
          days={[data.meta.from, data.meta.to]}
          nulls={data.nulls}
        />
      )}
    </div>
  )
}

function CompleteUntil({ answer }: { answer: AttributionAnswer }) {
  const { completeUntil, timezone: zone } = answer.meta
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

function SidesWaiting() {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,8fr)_minmax(0,5fr)]">
      <Card title="Search and Social under each model">
        <div className="px-5 pb-5">
          <Skeleton className="h-102" />
        </div>
      </Card>
      <Card title="How sure this is">
        <div className="flex flex-col gap-3 px-5 pb-5">
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
          <Skeleton className="h-21" />
        </div>
      </Card>
    </div>
  )
}

function CreditsWaiting() {
  const { view } = useModels()
  return (
    <Card title={`Credit by ${GRAIN_WORDS[view.grain].one.toLowerCase()}`}>
      <div className="px-5 pb-5">
        <Skeleton className="h-96" />
      </div>
    </Card>
  )
}
