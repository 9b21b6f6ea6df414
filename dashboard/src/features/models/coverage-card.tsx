import { ChevronRight, Scale } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { instant } from '../../shared/format/date.ts'
import { count } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { UseJourneys } from './ended-range.tsx'
import { amountOf, noTouchRow, signedShare } from './figures.ts'
import { useCredits, useModels, useSideCredits } from './use-models.ts'

/** How far the credit can be trusted: who was seen, how far back, and who was not. */
export function CoverageCard() {
  const { timezone, view } = useModels()
  const { data, isPlaceholderData } = useSideCredits()
  if (data === undefined) return null
  const { coverage, totals, statistics } = data
  const { oneDayHorizon } = coverage
  // Few conversions without a touch may be most of the value: sales that a CRM tells.
  const untouched =
    amountOf(noTouchRow(data.results), 'last', view.measure).share ??
    coverage.withoutTouch / totals.conversions
  const single = statistics.lengths.find(({ touches }) => touches === 1)?.conversions ?? 0
  return (
    <Card title="How sure this is" stale={isPlaceholderData} className="h-full">
      <dl className="px-5 pb-1 max-sm:px-4">
        <Fact
          figure={oneDayHorizon.share === null ? '–' : signedShare(oneDayHorizon.share)}
          label="of conversions can be seen for one day only"
        >
          visitors without consent: what they did on days before is not known
        </Fact>
        {coverage.withTouch > 0 && (
          <Fact figure={signedShare(single / coverage.withTouch)} label="have a single touch">
            models that look at one path at a time can only differ on the others
          </Fact>
        )}
        {coverage.withoutTouch > 0 && (
          <Fact
            figure={signedShare(untouched)}
            label={
              view.measure === 'value'
                ? 'of the value has no touch in the window'
                : 'have no touch in the window'
            }
          >
            {count(coverage.withoutTouch)} conversions, in a row of their own under every model
          </Fact>
        )}
        <JourneysFact answer={data} timezone={timezone} />
        {coverage.externallyTold > 0 && (
          <Fact
            figure={signedShare(coverage.externallyTold / totals.conversions)}
            label="told by another system"
          >
            {count(coverage.externallyTold)} conversions that a CRM or the like reported
          </Fact>
        )}
      </dl>
      <div className="flex flex-col gap-2 border-t border-line px-5 py-3 text-xs max-sm:px-4">
        <p className="flex items-start gap-1.5 font-medium text-ink-2">
          <Scale className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          This shares out credit; it does not prove cause.
        </p>
        <Notes />
      </div>
    </Card>
  )
}

/** What the API has to say of the answers, once each. */
function Notes() {
  const sides = useSideCredits()
  const credits = useCredits()
  const notes = new Set([...(sides.data?.meta.warnings ?? []), ...(credits.data?.meta.warnings ?? [])])
  if (notes.size === 0) return null
  return (
    <details className="group text-ink-3">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-sm font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        {notes.size === 1 ? '1 note' : `${notes.size} notes`} on these figures
      </summary>
      <ul className="mt-1.5 flex flex-col gap-1.5 pl-5">
        {[...notes].map((note) => (
          <li key={note} className="wrap-anywhere">
            {note}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Whether journeys without conversion were used: at first they cannot be told from such as may still convert. */
function JourneysFact({ answer, timezone }: { answer: AttributionAnswer; timezone: string }) {
  const { nulls } = answer
  if (nulls.used) {
    return (
      <Fact
        figure={nulls.paths === null ? 'Yes' : count(nulls.paths)}
        label="journeys that did not convert used"
      >
        by Markov and Shapley rate: what fails tells as much as what works
      </Fact>
    )
  }
  return (
    <Fact figure="No" label="journeys that did not convert used">
      Markov knows converting ones alone, Shapley rate tells nothing:{' '}
      {nulls.censoredUntil === null
        ? 'the options leave them out.'
        : `with this window some may still convert until ${instant(nulls.censoredUntil, timezone)}.`}{' '}
      <UseJourneys answer={answer} />
    </Fact>
  )
}

function Fact({ figure, label, children }: { figure: string; label: string; children: ReactNode }) {
  return (
    <div className="border-t border-line py-2.5 first:border-0 first:pt-1">
      <dt className="text-sm">
        <span className="mr-1.5 text-lg font-semibold tracking-tight tabular-nums">{figure}</span>
        <span className="text-ink-2">{label}</span>
      </dt>
      <dd className="text-xs text-ink-3">{children}</dd>
    </div>
  )
}
