import { CalendarDays, Check, ChevronDown, GitCompareArrows } from 'lucide-react'
import { useState } from 'react'
import { dayRange } from '../../shared/format/date.ts'
import { Button } from '../../shared/ui/button.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { Popover } from '../../shared/ui/popover.tsx'
import { Calendar } from './calendar.tsx'
import { DayInputs } from './day-inputs.tsx'
import {
  boundsOf,
  type Comparison,
  type Days,
  DEFAULT_COMPARISON,
  DEFAULT_RANGE,
  formatRange,
  PRESETS,
  rangeLabel,
} from './range.ts'
import { useCompare, useTotals } from './use-compare.ts'

function Choice({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className={cx(
        'flex h-8 w-full items-center gap-2 rounded-md px-2.5 text-left text-sm hover:bg-hover',
        chosen ? 'font-medium text-ink' : 'text-ink-2',
      )}
    >
      <span className="flex-1">{label}</span>
      {chosen && <Check className="size-4 text-accent" aria-hidden />}
    </button>
  )
}

/** Which days to show: by name, in the calendar, or typed. */
export function RangePicker() {
  const { view, today, change } = useCompare()
  const { data } = useTotals()
  const [open, setOpen] = useState(false)
  const available: Days | null = data?.meta.available
    ? [data.meta.available.from, data.meta.available.to]
    : null
  const bounds = boundsOf(view.range, today, available)
  const pick = (range: typeof view.range) => {
    change({ range: formatRange(range, DEFAULT_RANGE), p: undefined, grain: undefined })
    setOpen(false)
  }
  const label = Array.isArray(view.range) ? dayRange(...view.range) : rangeLabel(view.range)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Choose days"
      className="flex max-sm:flex-col"
      trigger={
        <Button aria-label={`Days: ${label}`}>
          <CalendarDays className="size-4 text-ink-3" aria-hidden />
          {label}
          <ChevronDown className="size-3.5 text-ink-3" aria-hidden />
        </Button>
      }
    >
      <div className="border-line p-2 max-sm:columns-2 max-sm:border-b sm:w-44 sm:border-r">
        {PRESETS.map((preset) => (
          <Choice
            key={preset.name}
            label={preset.label}
            chosen={view.range === preset.name}
            onChoose={() => pick(preset.name)}
          />
        ))}
      </div>
      <div className="p-3">
        <Calendar value={bounds} latest={today} onChange={pick} />
        <DayInputs value={bounds} latest={today} onChange={pick} />
      </div>
    </Popover>
  )
}

const COMPARISONS: { value: 'previous' | 'year' | 'off'; label: string }[] = [
  { value: 'previous', label: 'Period before' },
  { value: 'year', label: 'Year before' },
  { value: 'off', label: 'No comparison' },
]

/** What the days are compared with. */
export function ComparisonPicker() {
  const { view, today, change, compared } = useCompare()
  const [open, setOpen] = useState(false)
  const own = Array.isArray(view.comparison) ? view.comparison : null
  const pick = (comparison: Comparison) => {
    change({ compare: formatRange(comparison, DEFAULT_COMPARISON) })
    setOpen(false)
  }
  const named = COMPARISONS.find((one) => one.value === view.comparison)?.label
  // Nothing comes before all time, whatever the address says.
  const label = !compared ? 'No comparison' : own === null ? (named ?? '') : dayRange(...own)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Choose what to compare with"
      trigger={
        <Button aria-label={`Compare with: ${label}`}>
          <GitCompareArrows className="size-4 text-ink-3" aria-hidden />
          <span className="max-sm:sr-only">{!compared ? label : `vs ${label.toLowerCase()}`}</span>
          <ChevronDown className="size-3.5 text-ink-3" aria-hidden />
        </Button>
      }
    >
      <div className="p-2">
        {COMPARISONS.map((one) => (
          <Choice
            key={one.value}
            label={one.label}
            chosen={view.comparison === one.value}
            onChoose={() => pick(one.value)}
          />
        ))}
        <div className="mt-2 border-t border-line px-1 pt-3">
          <p className="mb-2 px-1.5 text-xs font-medium text-ink-2">These days</p>
          <Calendar value={own} latest={today} onChange={pick} />
          <DayInputs value={own} latest={today} onChange={pick} />
        </div>
      </div>
      {view.range === 'all' && (
        <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
          Nothing comes before all time: choose days to compare with.
        </p>
      )}
    </Popover>
  )
}
