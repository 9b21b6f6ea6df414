import { ChevronDown, GitCompareArrows } from 'lucide-react'
import { useState } from 'react'
import { dayRange } from '../../shared/format/date.ts'
import { Calendar } from '../../shared/range/calendar.tsx'
import { DayInputs } from '../../shared/range/day-inputs.tsx'
import { type Comparison, DEFAULT_COMPARISON, DEFAULT_RANGE, formatRange } from '../../shared/range/range.ts'
import { Choice, RangeField } from '../../shared/range/range-field.tsx'
import { Button } from '../../shared/ui/button.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { useCompare, useTotals } from './use-compare.ts'

/** Which days to show. */
export function RangePicker() {
  const { view, today, change } = useCompare()
  const { data } = useTotals()
  const available = data?.meta.available
  return (
    <RangeField
      value={view.range}
      today={today}
      available={available ? [available.from, available.to] : null}
      onChange={(range) =>
        change({ range: formatRange(range, DEFAULT_RANGE), p: undefined, grain: undefined })
      }
    />
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
