import { cx } from '../../shared/ui/cx.ts'
import { SideMark, type SideName } from '../../shared/ui/side-mark.tsx'

export interface RateBarProps {
  side: SideName
  rate: number
  ci: readonly [number, number]
  /** The rate at the right end. */
  scale: number
  /** Of an earlier period: thinner and grey. */
  before?: boolean
}

/** A rate and its interval on a scale from 0. What it shows stands beside it as text. */
export function RateBar({ side, rate, ci: [low, high], scale, before = false }: RateBarProps) {
  const at = (value: number) => `${(Math.min(value, scale) / scale) * 100}%`
  return (
    <div className={cx('relative', before ? 'h-2' : 'h-4')} aria-hidden="true">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      <span
        className={cx(
          'absolute top-1/2 min-w-1 -translate-y-1/2 rounded-full',
          before ? 'h-1 bg-line-strong' : side === 'search' ? 'h-2 bg-search/35' : 'h-2 bg-social/35',
        )}
        style={{ left: at(low), width: at(high - low) }}
      />
      {before ? (
        <span
          className="absolute top-0 h-2 w-0.5 -translate-x-1/2 rounded-full bg-ink-3"
          style={{ left: at(rate) }}
        />
      ) : (
        <span className="absolute top-1/2 -translate-1/2" style={{ left: at(rate) }}>
          <SideMark side={side} className="size-3" />
        </span>
      )}
    </div>
  )
}
