import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { cx } from './cx.ts'

/** Long enough to type a word in one go, short enough not to be felt. */
const PAUSE_MS = 250

export interface SearchBoxProps {
  label: string
  value: string
  /** Called when the typing pauses, and at once on Enter or when it is cleared. */
  onChange: (value: string) => void
  className?: string
}

export function SearchBox({ label, value, onChange, className }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    // The address changed by other means (back, a cleared filter): follow it.
    if (value !== told.current) {
      told.current = value
      setTyped(value)
    }
  }, [value])
  useEffect(() => {
    if (typed === told.current) return
    const timer = setTimeout(() => tell(typed), PAUSE_MS)
    return () => clearTimeout(timer)
  })
  function tell(next: string) {
    told.current = next
    onChange(next)
  }
  return (
    <search className={cx('relative block', className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
        aria-hidden
      />
      <input
        type="text"
        inputMode="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') tell(typed)
          if (event.key === 'Escape' && typed !== '') {
            setTyped('')
            tell('')
          }
        }}
        className="h-9 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-sm placeholder:text-ink-3 hover:border-ink-3 max-sm:h-10 max-sm:text-[16px]"
      />
      {typed !== '' && (
        <button
          type="button"
          aria-label="Clear search"
          onClick={() => {
            setTyped('')
            tell('')
          }}
          className="absolute top-1/2 right-1.5 flex size-6 -translate-y-1/2 items-center justify-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </search>
  )
}
