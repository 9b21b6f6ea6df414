import { Check } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { shortCount } from '../format/number.ts'
import { cx } from './cx.ts'

export interface ListboxProps {
  label: string
  typed: string
  onType: (typed: string) => void
  options: { value: string; count: number | null }[]
  chosen: string[]
  onToggle: (value: string) => void
  /** Options are only shown, not chosen (what a `contains` would catch). */
  readOnly?: boolean
  /** Instead of options: loading, none, error. */
  note?: string | undefined
}

/** A field to type in over a list to choose several from; arrow keys move through the list, Enter chooses. */
export function Listbox({
  label,
  typed,
  onType,
  options,
  chosen,
  onToggle,
  readOnly = false,
  note,
}: ListboxProps) {
  const id = useId()
  const [active, setActive] = useState(-1)
  const current = options[active]

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = Math.min(options.length - 1, Math.max(0, active + step))
      setActive(next)
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
    // Without an option under the cursor, Enter is the form's: it applies what is chosen.
    if (event.key === 'Enter' && current !== undefined && !readOnly) {
      event.preventDefault()
      onToggle(current.value)
    }
  }

  return (
    <>
      <div className="px-3 py-2.5">
        <input
          type="text"
          role="combobox"
          // biome-ignore lint/a11y/noAutofocus: the panel was opened to type or choose here
          autoFocus
          aria-expanded
          aria-controls={id}
          aria-autocomplete="list"
          {...(current === undefined ? {} : { 'aria-activedescendant': `${id}-${active}` })}
          aria-label={`Find ${label.toLowerCase()}`}
          placeholder={`Find ${label.toLowerCase()}`}
          value={typed}
          onChange={(event) => {
            setActive(-1)
            onType(event.target.value)
          }}
          onKeyDown={onKeyDown}
          className="h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm placeholder:text-ink-3 max-sm:text-[16px]"
        />
      </div>
      <div
        id={id}
        role="listbox"
        aria-label={label}
        aria-multiselectable
        className="max-h-60 min-h-16 overflow-auto px-1.5 pb-1.5"
      >
        {note !== undefined && <p className="px-2 py-1.5 text-xs text-ink-3">{note}</p>}
        {options.map((option, index) => {
          const on = chosen.includes(option.value)
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the field that keeps the focus
            <div
              key={option.value}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={on}
              onClick={() => !readOnly && onToggle(option.value)}
              className={cx(
                'flex min-h-8 items-center gap-2 rounded-md px-2 py-1 text-sm',
                index === active && 'bg-hover',
                readOnly ? 'text-ink-2' : 'cursor-pointer hover:bg-hover',
              )}
            >
              {!readOnly && (
                <span
                  className={cx(
                    'flex size-4 shrink-0 items-center justify-center rounded-sm border',
                    on ? 'border-accent bg-accent text-on-accent' : 'border-line-strong',
                  )}
                >
                  {on && <Check className="size-3" aria-hidden />}
                </span>
              )}
              <span className="min-w-0 flex-1 truncate" title={option.value}>
                {option.value}
              </span>
              {option.count !== null && (
                <span className="text-xs text-ink-3 tabular-nums">{shortCount(option.count)}</span>
              )}
            </div>
          )
        })}
      </div>
    </>
  )
}
