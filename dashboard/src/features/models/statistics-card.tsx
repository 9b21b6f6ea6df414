import type { PathStatistics } from '../../../../server/reports/attribution/contract.ts'
import { duration } from '../../shared/format/duration.ts'
import { count, share } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { type Bar, dayBars } from './bars.ts'

const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** How long paths are, in touches and in time. */
export function StatisticsCard({
  statistics,
  window,
  stale,
}: {
  statistics: PathStatistics
  /** Lookback in days: nothing can lie beyond it. */
  window: number
  stale: boolean
}) {
  const { length, lengths, secondsToConvert, daysToConvert } = statistics
  return (
    <Card title="Length of the paths" note="of conversions with a touch" stale={stale}>
      <div className="grid lg:grid-cols-2">
        <Part
          title="Touches"
          figures={
            length && [
              ['Median', oneDigit.format(length.median)],
              ['Mean', oneDigit.format(length.mean)],
            ]
          }
          bars={lengths.map(({ touches, conversions }, at) => ({
            label: at === lengths.length - 1 && touches >= 10 ? `${touches}+` : String(touches),
            conversions,
          }))}
          unit="touches"
        />
        <Part
          title="Time to convert"
          figures={
            secondsToConvert && [
              ['Median', duration(secondsToConvert.median)],
              ['Mean', duration(secondsToConvert.mean)],
            ]
          }
          bars={dayBars(daysToConvert, window)}
          unit="days"
        />
      </div>
    </Card>
  )
}

function Part({
  title,
  figures,
  bars,
  unit,
}: {
  title: string
  figures: [string, string][] | null
  bars: Bar[]
  unit: string
}) {
  const most = bars.reduce((largest, { conversions }) => Math.max(largest, conversions), 0)
  const all = bars.reduce((sum, { conversions }) => sum + conversions, 0)
  return (
    <div className="min-w-0 border-line px-5 pt-1 pb-5 max-lg:not-first:border-t max-lg:not-first:pt-4 max-sm:px-4 lg:not-first:border-l">
      <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1">
        <h3 className="text-sm text-ink-2">{title}</h3>
        {figures?.map(([name, figure]) => (
          <p key={name} className="text-xs text-ink-3">
            {name}{' '}
            <span className="text-lg font-semibold tracking-tight text-ink tabular-nums">{figure}</span>
          </p>
        ))}
      </div>
      {all === 0 ? (
        <p className="mt-3 text-sm text-ink-3">No conversion has a touch.</p>
      ) : (
        <ol className="mt-4 flex h-36 items-stretch gap-1.5 max-sm:gap-1">
          {bars.map(({ label, conversions }) => (
            <li
              key={label}
              className="group flex min-w-0 flex-1 flex-col justify-end"
              title={`${label} ${unit}: ${count(conversions)} conversions, ${share(conversions / all)}`}
            >
              <span className="sr-only">
                {label} {unit}: {count(conversions)} conversions, {share(conversions / all)}
              </span>
              <span aria-hidden className="flex min-h-0 flex-1 flex-col justify-end pt-4.5">
                <span
                  className="relative rounded-t-sm bg-accent/75 group-hover:bg-accent"
                  style={{ height: `${(conversions / most) * 100}%`, minHeight: conversions > 0 ? 2 : 0 }}
                >
                  <span className="absolute inset-x-0 -top-4.25 text-center text-2xs text-ink-3 tabular-nums group-hover:text-ink max-sm:text-[10px]">
                    {conversions === 0 ? '' : whole(conversions / all)}
                  </span>
                </span>
              </span>
              <span
                aria-hidden
                className="border-t border-line-strong pt-1 text-center text-2xs whitespace-nowrap text-ink-3 tabular-nums max-sm:text-[10px]"
              >
                {label}
              </span>
            </li>
          ))}
        </ol>
      )}
      <p className="mt-1 text-center text-2xs text-ink-3" aria-hidden>
        {unit}
      </p>
    </div>
  )
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
const whole = (part: number) => (part < 0.005 ? '<1%' : percent.format(part))
