import { useState } from 'react'
import { isDay } from '../time/days.ts'
import { Button } from '../ui/button.tsx'
import type { Days } from './range.ts'

const INPUT =
  'h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-surface px-2 text-xs tabular-nums hover:border-ink-3'

/** The same two days, typed. */
export function DayInputs({
  value,
  latest,
  onChange,
}: {
  value: Days | null
  latest: string
  onChange: (days: Days) => void
}) {
  const [from, setFrom] = useState(value?.[0] ?? '')
  const [to, setTo] = useState(value?.[1] ?? '')
  const valid = isDay(from) && isDay(to) && from <= to
  return (
    <form
      className="mt-2 flex items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) onChange([from, to])
      }}
    >
      <input
        type="date"
        aria-label="First day"
        className={INPUT}
        value={from}
        max={latest}
        onChange={(event) => setFrom(event.target.value)}
      />
      <span className="text-ink-3" aria-hidden>
        –
      </span>
      <input
        type="date"
        aria-label="Last day"
        className={INPUT}
        value={to}
        max={latest}
        onChange={(event) => setTo(event.target.value)}
      />
      <Button type="submit" size="sm" className="h-8" disabled={!valid}>
        Show
      </Button>
    </form>
  )
}
