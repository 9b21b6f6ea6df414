import { ChevronDown } from 'lucide-react'
import { cx } from './cx.ts'

export interface PickFieldProps<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
  className?: string
}

/** A native select that stands in a row of buttons: its label is part of it. */
export function PickField<T extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: PickFieldProps<T>) {
  return (
    <label
      className={cx(
        'relative inline-flex h-9 min-w-0 items-center rounded-md border border-line-strong bg-surface pl-3 text-sm hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
        className,
      )}
    >
      <span className="shrink-0 text-ink-3">{label}</span>
      <select
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value)
          if (chosen !== undefined) onChange(chosen.value)
        }}
        className="h-full max-w-64 min-w-0 field-sizing-content cursor-pointer appearance-none truncate bg-transparent pr-8 pl-1.5 font-medium outline-none max-sm:text-[16px] max-sm:font-normal"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} className="bg-raised text-ink">
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown className="pointer-events-none absolute right-3 size-3.5 text-ink-3" aria-hidden />
    </label>
  )
}
