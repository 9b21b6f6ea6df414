import { cx } from './cx.ts'

export type SideName = 'search' | 'social'

export const SIDE_LABELS: Record<SideName, string> = { search: 'Search', social: 'Social' }

/** A side's sign wherever it is named: blue disc for Search, orange diamond for Social. */
export function SideMark({ side, className }: { side: SideName | 'other'; className?: string }) {
  return (
    <svg viewBox="0 0 10 10" className={cx('size-2.5 shrink-0', className)} aria-hidden="true">
      {side === 'social' ? (
        <path d="M5 0 10 5 5 10 0 5Z" fill="var(--social)" />
      ) : (
        <circle
          cx="5"
          cy="5"
          r="4.5"
          fill={side === 'search' ? 'var(--search)' : 'none'}
          stroke={side === 'search' ? 'none' : 'var(--other)'}
        />
      )}
    </svg>
  )
}

/** How a side's line is drawn in charts: solid for Search, dashed for Social. */
export const SIDE_DASH: Record<SideName, string | undefined> = { search: undefined, social: '6 3' }

/** Two parts of a whole as a bar: Search solid from the left, Social hatched from the right. */
export function SplitBar({ searchShare, className }: { searchShare: number; className?: string }) {
  return (
    <div className={cx('flex gap-0.5 overflow-hidden rounded-full', className)} aria-hidden="true">
      {searchShare > 0 && <span className="bg-search" style={{ width: `${searchShare * 100}%` }} />}
      {searchShare < 1 && <span className="hatched flex-1 bg-social" />}
    </div>
  )
}
