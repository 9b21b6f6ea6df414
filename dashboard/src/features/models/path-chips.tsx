import { ChevronRight } from 'lucide-react'
import { Fragment, useState } from 'react'
import { count } from '../../shared/format/number.ts'
import { cx } from '../../shared/ui/cx.ts'
import { SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import { type Run, runsOf, shapeOf } from './path-shape.ts'

/** A path as chips with arrows; a long one is folded in its middle until it is opened. */
export function PathChips({
  path,
  sideOf,
  sided,
}: {
  path: readonly string[]
  sideOf: (key: string) => SideName | 'other'
  sided: boolean
}) {
  const [open, setOpen] = useState(false)
  const { head, hidden, tail } = open ? { head: runsOf(path), hidden: 0, tail: [] } : shapeOf(path)
  const chip = (run: Run, at: number) => (
    <Chip key={`${at} ${run.key}`} run={run} side={sided ? sideOf(run.key) : null} first={at === 0} />
  )
  return (
    <ol className="flex min-w-0 flex-wrap items-center gap-y-1">
      {head.map(chip)}
      {hidden > 0 && (
        <li className="flex items-center">
          <Arrow />
          <button
            type="button"
            onClick={() => setOpen(true)}
            className="rounded-full border border-dashed border-line-strong px-2 py-0.5 text-xs whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink"
          >
            … {count(hidden)} more …
          </button>
        </li>
      )}
      {tail.map((run, at) => chip(run, head.length + at + 1))}
    </ol>
  )
}

function Chip({ run, side, first }: { run: Run; side: SideName | 'other' | null; first: boolean }) {
  return (
    <li className="flex max-w-full min-w-0 items-center">
      {!first && <Arrow />}
      <span
        title={run.key}
        className={cx(
          'flex min-w-0 items-center gap-1.5 rounded-full border px-2 py-0.5 text-xs',
          side === 'search'
            ? 'border-transparent bg-search-soft'
            : side === 'social'
              ? 'border-transparent bg-social-soft'
              : 'border-line bg-sunken',
        )}
      >
        {side !== null && <SideMark side={side} className="size-2" />}
        <span className="max-w-56 truncate">{run.key}</span>
        {run.times > 1 && (
          <Fragment>
            <span className="text-ink-3 tabular-nums" aria-hidden>
              ×{run.times}
            </span>
            <span className="sr-only">, {run.times} times in a row</span>
          </Fragment>
        )}
      </span>
    </li>
  )
}

function Arrow() {
  return <ChevronRight className="mx-0.5 size-3 shrink-0 text-ink-3" aria-label="then" />
}
