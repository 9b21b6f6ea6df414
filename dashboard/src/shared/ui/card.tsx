import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

export interface CardProps {
  title: string
  /** Beside the title, muted. */
  note?: ReactNode
  /** At the right of the title. */
  actions?: ReactNode
  children: ReactNode
  className?: string
  /** The last answer stands while another is under way. */
  stale?: boolean
}

export function Card({ title, note, actions, children, className, stale = false }: CardProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      aria-busy={stale}
      className={cx('min-w-0 rounded-lg border border-line bg-surface shadow-card', className)}
    >
      <header className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-3 pb-2 max-sm:px-4">
        <h2 id={id} className="text-md font-semibold">
          {title}
        </h2>
        {note !== undefined && <span className="text-xs text-ink-3">{note}</span>}
        {actions !== undefined && (
          <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:w-full">{actions}</div>
        )}
      </header>
      <div className={cx('transition-opacity duration-150', stale && 'opacity-50')}>{children}</div>
    </section>
  )
}
