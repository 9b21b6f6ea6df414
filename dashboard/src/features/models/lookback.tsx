import { Slider } from 'radix-ui'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { cx } from '../../shared/ui/cx.ts'
import { useSettled } from '../../shared/use-settled.ts'
import { MOST_WINDOW, parseDaysNumber } from './search.ts'
import { placeOf, STOPS } from './stops.ts'

/** Long enough to drag or type through values that nobody means. */
const PAUSE_MS = 350

export interface LookbackProps {
  /** Days. */
  value: number
  /** Told once the slider stands still or the typing pauses. */
  onChange: (days: number) => void
}

/** How far back a touch may lie: a slider that snaps to the usual windows, and a field for any other. */
export function Lookback({ value, onChange }: LookbackProps) {
  const id = useId()
  // What is being dragged or typed; null follows the address.
  const [draft, setDraft] = useState<string | null>(null)
  const settled = useSettled(draft, PAUSE_MS)
  const typed = draft ?? String(value)
  const days = parseDaysNumber(typed)
  const place = placeOf(days ?? value)
  const told = useRef<string | null>(null)
  useEffect(() => {
    if (draft === null) return
    const meant = parseDaysNumber(draft)
    if (meant === value) {
      told.current = null
      setDraft(null)
    } else if (meant !== undefined && settled === draft && told.current !== draft) {
      // The draft stands until the address has it: the thumb must not jump back meanwhile.
      told.current = draft
      onChange(meant)
    }
  }, [draft, settled, value, onChange])

  const stop = (at: number) => setDraft(String(STOPS[Math.max(0, Math.min(STOPS.length - 1, at))]))
  /** From between two stops an arrow leads to the next one, not past it. */
  function onKeyDown(event: KeyboardEvent) {
    const up = event.key === 'ArrowRight' || event.key === 'ArrowUp'
    const down = event.key === 'ArrowLeft' || event.key === 'ArrowDown'
    if ((!up && !down) || Number.isInteger(place)) return
    event.preventDefault()
    stop(up ? Math.ceil(place) : Math.floor(place))
  }

  return (
    <fieldset className="flex min-w-0 items-center gap-x-4 max-sm:w-full">
      <legend className="sr-only">Lookback window</legend>
      <span className="text-sm text-ink-3" aria-hidden>
        Lookback
      </span>
      <div className="w-48 max-sm:min-w-0 max-sm:flex-1">
        <Slider.Root
          min={0}
          max={STOPS.length - 1}
          step={1}
          value={[place]}
          onValueChange={([at = 0]) => stop(at)}
          onKeyDown={onKeyDown}
          className="relative mx-2 flex h-5 touch-none items-center select-none"
        >
          <Slider.Track className="relative h-1 grow rounded-full bg-line-strong">
            <Slider.Range className="absolute h-full rounded-full bg-accent" />
          </Slider.Track>
          <Slider.Thumb
            aria-label="Lookback window, usual lengths"
            aria-valuetext={`${days ?? value} days`}
            className="block size-4 cursor-grab rounded-full border-2 border-accent bg-surface shadow-card active:cursor-grabbing"
          />
        </Slider.Root>
        <div className="relative mx-4 h-4 text-2xs text-ink-3 tabular-nums" aria-hidden>
          {STOPS.map((days, at) => (
            <button
              key={days}
              type="button"
              tabIndex={-1}
              onClick={() => stop(at)}
              style={{ left: `${(at / (STOPS.length - 1)) * 100}%` }}
              className={cx(
                'absolute -translate-x-1/2 px-1.5 hover:text-ink',
                place === at && 'font-semibold text-ink',
              )}
            >
              {days}
            </button>
          ))}
        </div>
      </div>
      <span className="relative flex items-center gap-1.5 text-sm text-ink-2">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          aria-label="Lookback window in days"
          aria-invalid={days === undefined}
          {...(days === undefined ? { 'aria-describedby': `${id}-error` } : {})}
          value={typed}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => days === undefined && setDraft(null)}
          className={cx(
            'h-8 w-14 rounded-md border bg-surface px-2 text-right tabular-nums max-sm:h-9 max-sm:text-[16px]',
            days === undefined ? 'border-danger' : 'border-line-strong hover:border-ink-3',
          )}
        />
        <label htmlFor={id}>days</label>
        {days === undefined && (
          <span
            id={`${id}-error`}
            role="alert"
            className="absolute top-full right-0 z-10 mt-1 rounded-md border border-line bg-raised px-2 py-1 text-xs whitespace-nowrap text-danger shadow-float"
          >
            Above 0, at most {MOST_WINDOW}
          </span>
        )}
      </span>
    </fieldset>
  )
}
