import { Info, Scale } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { dayRange, instant } from '../../shared/format/date.ts'
import { count, share } from '../../shared/format/number.ts'
import { addDays, countDays } from '../../shared/time/days.ts'
import { Card } from '../../shared/ui/card.tsx'
import { ANEW, useCredits, useModels } from './use-models.ts'

/** What the credit rests on: who was seen, how far back, and who was not. */
export function CoverageCard() {
  const { timezone } = useModels()
  const { data, isPlaceholderData } = useCredits()
  if (data === undefined) return null
  const { coverage, totals, meta } = data
  const { oneDayHorizon } = coverage
  const part = (one: number) => (totals.conversions === 0 ? 0 : one / totals.conversions)
  return (
    <Card title="What this rests on" stale={isPlaceholderData} className="h-full">
      <dl className="px-5 pb-1 max-sm:px-4">
        <Fact figure={share(part(coverage.withoutTouch))} label="have no touch in the window">
          {count(coverage.withoutTouch)} of {count(totals.conversions)} conversions, in a row of their own
        </Fact>
        <Fact
          figure={oneDayHorizon.share === null ? '–' : share(oneDayHorizon.share)}
          label="can be seen for one day only"
        >
          {count(oneDayHorizon.conversions)} conversions by visitors without consent
        </Fact>
        <NullFact answer={data} timezone={timezone} />
        {coverage.externallyTold > 0 && (
          <Fact figure={count(coverage.externallyTold)} label="told by another system">
            conversions that a CRM or the like reported
          </Fact>
        )}
      </dl>
      <div className="flex flex-col gap-2 border-t border-line px-5 py-3 text-xs max-sm:px-4">
        <p className="flex items-start gap-1.5 font-medium text-ink-2">
          <Scale className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          This shares out credit; it does not prove cause.
        </p>
        {meta.warnings.map((warning) => (
          <p key={warning} className="flex items-start gap-1.5 text-ink-3">
            <Info className="mt-0.5 size-3.5 shrink-0" aria-hidden />
            <span className="wrap-anywhere">{warning}</span>
          </p>
        ))}
      </div>
    </Card>
  )
}

/** Whether journeys without conversion were used: they cannot be told yet from such as may still convert. */
function NullFact({ answer, timezone }: { answer: AttributionAnswer; timezone: string }) {
  const { today, view, change } = useModels()
  const { nulls, meta, query } = answer
  if (nulls.used) {
    return (
      <Fact
        figure={nulls.paths === null ? 'Yes' : count(nulls.paths)}
        label="journeys without conversion used"
      >
        by Markov and Shapley rate: what fails tells as much as what works
      </Fact>
    )
  }
  if (nulls.censoredUntil === null) {
    return (
      <Fact figure="No" label="journeys without conversion used">
        as the options say
      </Fact>
    )
  }
  const to = addDays(today, -Math.ceil(query.window) - 1)
  const from = addDays(to, 1 - countDays(meta.from.slice(0, 10), meta.to.slice(0, 10)))
  return (
    <Fact figure="No" label="journeys without conversion used">
      some may still convert until {instant(nulls.censoredUntil, timezone)}.{' '}
      {view.range !== 'all' && (
        <button
          type="button"
          onClick={() => change({ range: `${from}..${to}`, ...ANEW })}
          className="rounded-sm font-medium text-accent underline decoration-line-strong underline-offset-3 hover:text-accent-strong"
        >
          Show {dayRange(from, to)}, which is over
        </button>
      )}
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
