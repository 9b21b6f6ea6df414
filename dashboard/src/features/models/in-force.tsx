import type { AttributionOptions, NullPaths } from '../../../../server/reports/attribution/contract.ts'
import { dayRange } from '../../shared/format/date.ts'
import { GRAIN_WORDS } from './model-words.ts'

export interface Asked {
  goal: string | null
  grain: keyof typeof GRAIN_WORDS
  window: number
  options: Required<AttributionOptions>
}

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })

/** The options that an answer was made with, in words; those of models too where `models` says so. */
export function optionWords(
  { goal, grain, window, options }: Asked,
  unconverted: NullPaths,
  models: boolean,
): string[] {
  const { collapse, direct, nulls, reuse, halfLife, position, order } = options
  return [
    goal === null ? 'all goals' : `goal “${goal}”`,
    `by ${GRAIN_WORDS[grain].one.toLowerCase()}`,
    `${number.format(window)}-day window`,
    direct ? 'Direct counts' : 'Direct left out beside other touches',
    collapse ? 'repeats collapsed' : 'repeats kept',
    !nulls
      ? 'converting journeys only'
      : unconverted.used
        ? 'journeys without conversion used'
        : 'journeys without conversion left out: too early to tell',
    reuse ? 'touches count again' : 'touches count once',
    ...(models
      ? [
          `half-life ${number.format(halfLife)} ${halfLife === 1 ? 'day' : 'days'}`,
          `position ${weights(position)}`,
          `Markov order ${order}`,
        ]
      : []),
  ]
}

/** `40/20/40`, as parts of a hundred. */
function weights(position: readonly number[]): string {
  const all = position.reduce((sum, weight) => sum + weight, 0)
  return position.map((weight) => number.format(all === 0 ? 0 : (weight / all) * 100)).join('/')
}

/** The options in force, always in sight beside what they made. */
export function InForce({
  asked,
  days,
  nulls,
  models = true,
}: {
  asked: Asked
  nulls: NullPaths
  days: [from: string, to: string]
  models?: boolean
}) {
  return (
    <p className="text-xs text-ink-2">
      <span className="font-medium text-ink">{dayRange(...days)}</span>
      {optionWords(asked, nulls, models).map((words) => (
        <span key={words}>
          <span className="text-ink-3" aria-hidden>
            {' · '}
          </span>
          <span className="sr-only">, </span>
          {words}
        </span>
      ))}
    </p>
  )
}
