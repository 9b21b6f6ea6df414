import type { Model } from '../../../../server/domain/attribution/contract.ts'
import { SIDE_LABELS, SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import { type Amount, signedShare } from './figures.ts'
import { MODEL_WORDS } from './model-words.ts'

export interface SideSpansProps {
  /** Those that tell something. */
  models: Model[]
  amountOf: (side: SideName, model: Model) => Amount
  write: (amount: number) => string
  /** What is shared out: `conversions`, `the value`. */
  what: string
}

/** The answer in two figures: what each side earned, from the model that gives it least to the one that gives it most. */
export function SideSpans({ models, amountOf, write, what }: SideSpansProps) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 pb-3.5 max-sm:gap-x-3">
      {(['search', 'social'] as const).map((side) => (
        <Span key={side} side={side} {...{ models, amountOf, write, what }} />
      ))}
    </dl>
  )
}

function Span({ side, models, amountOf, write, what }: SideSpansProps & { side: SideName }) {
  const found = models
    .map((model) => ({ model, ...amountOf(side, model) }))
    .sort((a, b) => a.amount - b.amount)
  const [least, most] = [found.at(0), found.at(-1)]
  const shares = (least?.share ?? null) === null ? null : [least?.share ?? 0, most?.share ?? 0]
  const same = shares !== null && signedShare(shares[0] ?? 0) === signedShare(shares[1] ?? 0)
  return (
    <div className="min-w-0">
      <dt className="flex items-center gap-1.5 text-sm text-ink-2">
        <SideMark side={side} />
        {SIDE_LABELS[side]} earned
      </dt>
      {least === undefined || most === undefined || shares === null ? (
        <dd className="text-sm text-ink-3">nothing to share out</dd>
      ) : (
        <>
          <dd className="mt-0.5 text-figure font-semibold tracking-tight tabular-nums max-sm:text-xl">
            {same ? signedShare(shares[1] ?? 0) : spanText(shares.map(signedShare))}
          </dd>
          <dd className="text-xs text-ink-2 tabular-nums">
            of {what}: {write(least.amount)}
            {!same && ` to ${write(most.amount)}`}
          </dd>
          <dd className="text-xs text-ink-3">
            {models.length === 1
              ? `under ${MODEL_WORDS[least.model].label}`
              : same
                ? 'under every model'
                : `least ${MODEL_WORDS[least.model].label}, most ${MODEL_WORDS[most.model].label}`}
          </dd>
        </>
      )}
    </div>
  )
}

/** `22.2–26.4%`: the sign of percent once. With a negative end a dash would be misread. */
function spanText([low = '', high = '']: string[]): string {
  return low.startsWith('−') || !low.endsWith('%') ? `${low} to ${high}` : `${low.slice(0, -1)}–${high}`
}
