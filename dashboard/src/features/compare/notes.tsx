import { CircleCheck, Info } from 'lucide-react'
import { ago, dayRange, instant } from '../../shared/format/date.ts'
import { useCompare, useTotals } from './use-compare.ts'

/** Which days the figures are about, in words. */
export function RangeLine() {
  const { data, error } = useTotals()
  if (error !== null && data === undefined) return null
  if (data === undefined) return <span className="skeleton inline-block h-4 w-64 align-middle" />
  const { meta, query } = data
  return (
    <>
      {dayRange(meta.from, meta.to)}
      {query.compare !== null && <span className="text-ink-3"> against {dayRange(...query.compare)}</span>}
    </>
  )
}

/** Until when the figures are whole, and what else a reader should know of them. */
export function Notes() {
  const { timezone } = useCompare()
  const { data } = useTotals()
  if (data === undefined) return null
  const { completeUntil, warnings, timezone: zone } = data.meta
  return (
    <footer className="flex flex-col gap-1.5 px-1 text-xs text-ink-3">
      {warnings.map((warning) => (
        <p key={warning} className="flex items-start gap-1.5">
          <Info className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          {warning}
        </p>
      ))}
      <p className="flex items-start gap-1.5">
        <CircleCheck className="mt-0.5 size-3.5 shrink-0" aria-hidden />
        <span>
          Complete until{' '}
          <time dateTime={completeUntil} title={completeUntil}>
            {instant(completeUntil, zone || timezone)}
          </time>{' '}
          ({ago(completeUntil)}). Days are those of {(zone || timezone).replaceAll('_', ' ')}.
        </span>
      </p>
    </footer>
  )
}
