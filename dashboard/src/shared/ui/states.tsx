import { CircleAlert, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'

/** Grey shapes in the place of what is being fetched. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={cx('skeleton block', className)} aria-hidden="true" />
}

/** What went wrong, in the API's words, and a way to try again. */
export function Failure({ error, retry, what }: { error: unknown; retry: () => void; what: string }) {
  const problem = error instanceof ApiProblem ? error : null
  return (
    <div role="alert" className="flex items-start gap-3 px-5 py-6">
      <CircleAlert className="mt-0.5 size-4.5 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{problem?.title ?? `${what} could not be shown`}</p>
        <p className="mt-0.5 text-sm text-ink-2 wrap-anywhere">
          {problem?.message ?? (error instanceof Error ? error.message : String(error))}
        </p>
        {problem?.errors.map((one) => (
          <p key={one.field} className="mt-1 text-xs text-ink-3 wrap-anywhere">
            {one.field}: {problem.about(one.field)}
          </p>
        ))}
        <Button size="sm" className="mt-3" onClick={retry}>
          <RotateCw className="size-3.5" aria-hidden />
          Try again
        </Button>
      </div>
    </div>
  )
}

/** Nothing to show, why, and what to do about it. */
export function Empty({
  title,
  children,
  actions,
}: {
  title: string
  children?: ReactNode
  actions?: ReactNode
}) {
  return (
    <div className="mx-auto max-w-md px-5 py-12 text-center">
      <p className="text-md font-medium text-balance">{title}</p>
      {children !== undefined && <div className="mt-1 text-sm text-ink-2 text-pretty">{children}</div>}
      {actions !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
