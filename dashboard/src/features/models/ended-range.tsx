import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { dayRange } from '../../shared/format/date.ts'
import type { Days } from '../../shared/range/range.ts'
import { addDays, countDays } from '../../shared/time/days.ts'
import { ANEW, useModels } from './use-models.ts'

/**
 * The last days whose window has passed: as many as the answer's, no earlier than the data. Null where there are none, or
 * where the answer's own have passed.
 */
export function endedDays({ meta, query, nulls }: AttributionAnswer, today: string): Days | null {
  if (nulls.censoredUntil === null) return null
  const to = addDays(today, -Math.ceil(query.window) - 1)
  const length = countDays(meta.from.slice(0, 10), meta.to.slice(0, 10))
  const from = addDays(to, 1 - length)
  const first = meta.available?.from ?? from
  return first > to ? null : [[from, first].sort().at(-1) ?? from, to]
}

const LINK =
  'rounded-sm text-left font-medium text-accent underline decoration-line-strong underline-offset-3 hover:text-accent-strong'

/** Leads to where journeys without conversion are known: earlier days, or the option that uses them. */
export function UseJourneys({ answer }: { answer: AttributionAnswer }) {
  const { today, change } = useModels()
  const { options } = answer.query
  if (!options.nulls) {
    return (
      <button type="button" className={LINK} onClick={() => change({ journeys: undefined, ...ANEW })}>
        Use them
      </button>
    )
  }
  const days = endedDays(answer, today)
  if (days === null) return null
  return (
    <button
      type="button"
      className={LINK}
      onClick={() => change({ range: `${days[0]}..${days[1]}`, ...ANEW })}
    >
      Show {dayRange(...days)}
    </button>
  )
}
