import { cx } from '../../shared/ui/cx.ts'
import type { SideName } from '../../shared/ui/side-mark.tsx'
import { type Amount, signedShare } from './figures.ts'
import type { Form } from './search.ts'

export interface CreditCellProps {
  credit: Amount
  form: Form
  write: (amount: number) => string
  side: SideName | 'other'
  /** The share that fills a bar; 0 for no bar. */
  most: number
  /** The figure tells nothing. */
  mute?: boolean
}

export const SIDE_BAR: Record<SideName | 'other', string> = {
  search: 'bg-search',
  social: 'hatched bg-social',
  other: 'bg-other',
}

/** A credit as number and share, the chosen one first, over a quiet bar. */
export function CreditFigures({ credit, form, write, side, most, mute = false }: CreditCellProps) {
  const { amount, share } = credit
  const asShare = share === null ? '–' : signedShare(share)
  const [first, second] = form === 'share' ? [asShare, write(amount)] : [write(amount), asShare]
  const negative = amount < 0
  return (
    <>
      <span
        title={
          mute
            ? 'Tells nothing here: see below'
            : negative
              ? 'Negative: people convert less often where it is there'
              : exact(amount)
        }
        className={cx(
          'block',
          mute ? 'text-ink-3' : 'font-medium',
          negative
            ? 'text-down underline decoration-dotted underline-offset-3'
            : amount === 0 && 'text-ink-3',
        )}
      >
        {first}
      </span>
      <span className={cx('block text-2xs', negative ? 'text-down' : 'text-ink-3')}>{second}</span>
      <span className="mt-0.5 flex h-0.75 justify-end overflow-hidden rounded-full" aria-hidden>
        <span
          className={cx('rounded-full opacity-70', negative ? 'bg-down' : SIDE_BAR[side])}
          style={{ width: `${most === 0 || mute ? 0 : Math.min(1, Math.abs(share ?? 0) / most) * 100}%` }}
        />
      </span>
    </>
  )
}

const full = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 })
const exact = (amount: number) => full.format(amount)
