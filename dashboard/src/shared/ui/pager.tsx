import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { count } from '../format/number.ts'
import { Button } from './button.tsx'

export interface PagerProps {
  label: string
  /** From 1. */
  page: number
  size: number
  total: number
  onTurn: (page: number) => void
  /** Beside the numbers. */
  children?: ReactNode
}

/** Which rows are in sight, and the way to those before and after. */
export function Pager({ label, page, size, total, onTurn, children }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / size))
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-5 py-2 text-xs text-ink-3 max-sm:px-4">
      <span className="tabular-nums">
        {total === 0 ? count(0) : `${count((page - 1) * size + 1)} – ${count(Math.min(total, page * size))}`}{' '}
        of {count(total)}
      </span>
      {children}
      {pages > 1 && (
        <nav aria-label={label} className="ml-auto flex gap-1.5">
          <Button size="sm" disabled={page <= 1} onClick={() => onTurn(page - 1)}>
            <ChevronLeft className="size-3.5" aria-hidden />
            Back
          </Button>
          <Button size="sm" disabled={page >= pages} onClick={() => onTurn(page + 1)}>
            Next
            <ChevronRight className="size-3.5" aria-hidden />
          </Button>
        </nav>
      )}
    </div>
  )
}
