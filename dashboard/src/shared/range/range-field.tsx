import { CalendarDays, Check, ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { dayRange } from '../format/date.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Popover } from '../ui/popover.tsx'
import { Calendar } from './calendar.tsx'
import { DayInputs } from './day-inputs.tsx'
import { boundsOf, type Days, PRESETS, type Range, rangeLabel } from './range.ts'

/** One of the named ranges in a panel. */
export function Choice({
  label,
  chosen,
  onChoose,
}: {
  label: string
  chosen: boolean
  onChoose: () => void
}) {
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

export interface RangeFieldProps {
  value: Range
  /** The site's local day. */
  today: string
  /** First and last day with data; null while that is not known. */
  available: Days | null
  onChange: (range: Range) => void
}

/** Which days to show: by name, in the calendar, or typed. */
export function RangeField({ value, today, available, onChange }: RangeFieldProps) {
  const [open, setOpen] = useState(false)
  const bounds = boundsOf(value, today, available)
  const pick = (range: Range) => {
    onChange(range)
    setOpen(false)
  }
  const label = Array.isArray(value) ? dayRange(...value) : rangeLabel(value)
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
            chosen={value === preset.name}
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
