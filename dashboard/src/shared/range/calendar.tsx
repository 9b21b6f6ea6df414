import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { firstWeekday, fullDay, month as monthName, weekdays } from '../format/date.ts'
import { addDays, addMonths, monthGrid, startOfMonth, weekday } from '../time/days.ts'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import type { Days } from './range.ts'

export interface CalendarProps {
  /** The chosen range; null where none is chosen by dates yet. */
  value: Days | null
  /** The last day that can be chosen. */
  latest: string
  onChange: (days: Days) => void
}

/**
 * A month to choose two days in: the first press begins a range, the second ends it. Arrow keys move by days and
 * weeks, Page Up and Down by months, Home and End within the week, Enter or Space chooses.
 */
export function Calendar({ value, latest, onChange }: CalendarProps) {
  const [focus, setFocus] = useState(value?.[1] ?? latest)
  const [start, setStart] = useState<string | null>(null)
  const [hover, setHover] = useState<string | null>(null)
  const grid = useRef<HTMLTableElement>(null)
  const byKey = useRef(false)
  const first = firstWeekday()
  const end = start === null ? null : (hover ?? focus)
  const shown: Days | null =
    start === null || end === null ? value : start <= end ? [start, end] : [end, start]

  useEffect(() => {
    if (!byKey.current) return
    byKey.current = false
    grid.current?.querySelector<HTMLButtonElement>(`[data-day="${focus}"]`)?.focus()
  }, [focus])

  function go(day: string) {
    byKey.current = true
    setHover(null)
    setFocus(day > latest ? latest : day)
  }

  function onKeyDown(event: KeyboardEvent) {
    const place = (weekday(focus) - first + 7) % 7
    const to = moved(event.key, event.shiftKey, focus, place)
    if (to === null) return
    event.preventDefault()
    go(to)
  }

  function choose(day: string) {
    setFocus(day)
    if (start === null) return setStart(day)
    setStart(null)
    setHover(null)
    onChange(start <= day ? [start, day] : [day, start])
  }

  const month = startOfMonth(focus)
  return (
    <div className="w-66 select-none max-sm:w-full">
      <div className="mb-1 flex items-center justify-between">
        <IconButton label="Previous month" size="sm" onClick={() => setFocus(addMonths(month, -1))}>
          <ChevronLeft className="size-4" aria-hidden />
        </IconButton>
        <span aria-live="polite" className="text-sm font-medium">
          {monthName(month)}
        </span>
        <IconButton
          label="Next month"
          size="sm"
          disabled={addMonths(month, 1) > latest}
          onClick={() => setFocus(addMonths(month, 1))}
        >
          <ChevronRight className="size-4" aria-hidden />
        </IconButton>
      </div>
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the pattern for date grids (ARIA APG)
        role="grid"
        aria-label={monthName(month)}
        className="w-full table-fixed border-collapse"
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            {weekdays(first).map((name) => (
              <th
                key={name.long}
                scope="col"
                abbr={name.long}
                className="h-7 text-2xs font-medium text-ink-3"
              >
                {name.short}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {monthGrid(month, first).map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const inside = shown !== null && day >= shown[0] && day <= shown[1]
                const edge = shown !== null && (day === shown[0] || day === shown[1])
                return (
                  // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a cell of a grid may be selected
                  <td key={day} className="p-0" aria-selected={inside}>
                    <button
                      type="button"
                      data-day={day}
                      tabIndex={day === focus ? 0 : -1}
                      disabled={day > latest}
                      aria-label={fullDay(day)}
                      onClick={() => choose(day)}
                      onPointerEnter={() => start !== null && setHover(day)}
                      className={cx(
                        'relative flex h-8.5 w-full items-center justify-center text-xs tabular-nums focus-visible:z-10 disabled:cursor-not-allowed disabled:text-ink-3 disabled:opacity-50',
                        day.slice(0, 7) !== month.slice(0, 7) && !edge && 'text-ink-3',
                        edge
                          ? 'rounded-md bg-accent font-semibold text-on-accent'
                          : inside
                            ? 'bg-accent-soft'
                            : 'rounded-md hover:bg-hover',
                      )}
                    >
                      {Number(day.slice(8))}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-1.5 h-4 text-2xs text-ink-3" aria-live="polite">
        {start === null ? '' : `From ${fullDay(start)}: now choose the last day`}
      </p>
    </div>
  )
}

/** The day that a key leads to from another; null for keys that lead nowhere. `place` is the day's in its week, from 0. */
function moved(key: string, shift: boolean, from: string, place: number): string | null {
  if (key === 'ArrowLeft') return addDays(from, -1)
  if (key === 'ArrowRight') return addDays(from, 1)
  if (key === 'ArrowUp') return addDays(from, -7)
  if (key === 'ArrowDown') return addDays(from, 7)
  if (key === 'PageUp') return addMonths(from, shift ? -12 : -1)
  if (key === 'PageDown') return addMonths(from, shift ? 12 : 1)
  if (key === 'Home') return addDays(from, -place)
  return key === 'End' ? addDays(from, 6 - place) : null
}
