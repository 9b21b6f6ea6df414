import { ArrowDown, ArrowUp, Minus } from 'lucide-react'
import { change, count } from '../format/number.ts'
import { cx } from './cx.ts'

export interface ChangeProps {
  now: number | null
  /** The figure it is compared with; null where there is none. */
  before: number | null
  className?: string
}

/** A relative change since the comparison: arrow and sign besides colour. Nothing where there is none to tell. */
export function Change({ now, before, className }: ChangeProps) {
  if (before === null || now === null) return null
  if (before === 0) return now === 0 ? null : <span className={cx('text-ink-3', className)}>new</span>
  const value = now / before - 1
  const Arrow = value > 0 ? ArrowUp : value < 0 ? ArrowDown : Minus
  return (
    <span
      title={`Before: ${count(before)}`}
      className={cx(
        'whitespace-nowrap tabular-nums',
        value > 0 ? 'text-accent' : value < 0 ? 'text-down' : 'text-ink-3',
        className,
      )}
    >
      <Arrow className="mr-0.5 inline size-3 align-[-0.1em]" aria-hidden />
      {change(value)}
    </span>
  )
}
