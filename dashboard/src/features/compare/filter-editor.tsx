import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Filter } from '../../../../server/reports/contract.ts'
import { report } from '../../shared/api/report.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Listbox } from '../../shared/ui/listbox.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { useSettled } from '../../shared/use-settled.ts'
import { type Chip, dimensionLabel, type FilterDimension, type FilterOperator } from './filters.ts'
import { ask, useCompare } from './use-compare.ts'

const OPERATORS: { value: FilterOperator; label: string }[] = [
  { value: 'is', label: 'is' },
  { value: 'is_not', label: 'is not' },
  { value: 'contains', label: 'contains' },
]

export interface FilterEditorProps {
  dimension: FilterDimension
  chip?: Chip
  onDone: (chip: Chip) => void
}

/** Chooses values of one dimension from those that the view's range holds, most frequent first. */
export function FilterEditor({ dimension, chip, onDone }: FilterEditorProps) {
  const { base, view } = useCompare()
  const [operator, setOperator] = useState<FilterOperator>(chip?.operator ?? 'is')
  const [values, setValues] = useState<string[]>(chip?.values ?? [])
  const [typed, setTyped] = useState(chip?.operator === 'contains' ? chip.values.join(' ') : '')
  const sought = useSettled(typed.trim())
  // Without this dimension's own conditions: else only what is chosen already could be chosen.
  const others = base.filters.filter((_, index) => view.chips[index]?.dimension !== dimension)
  const found: Filter[] = sought === '' ? [] : [['contains', dimension, [sought]]]
  const { compare: _, ...now } = base
  const { data, isPending, error } = useQuery({
    ...report({
      ...ask(now, { metrics: ['arrivals', 'clicks'], dimensions: [dimension], limit: 50 }),
      filters: [...others, ...found],
    }),
    placeholderData: keepPreviousData,
  })
  const options = (data?.results ?? []).map((row) => ({
    value: row.dimensions[0] ?? '',
    count: row.metrics[0] ?? row.metrics[1] ?? null,
  }))
  const contains = operator === 'contains'
  const wanted = contains ? [typed.trim()].filter((text) => text !== '') : values
  return (
    <form
      className="w-76 max-w-full"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted.length > 0) onDone({ dimension, operator, values: wanted })
      }}
    >
      <div className="flex items-center justify-between gap-2 px-3 pt-3">
        <span className="text-sm font-medium">{dimensionLabel(dimension)}</span>
        <Segmented label="Condition" value={operator} options={OPERATORS} onChange={setOperator} />
      </div>
      <Listbox
        label={dimensionLabel(dimension)}
        typed={typed}
        onType={setTyped}
        options={options}
        chosen={contains ? [] : values}
        readOnly={contains}
        onToggle={(value) =>
          setValues((before) =>
            before.includes(value) ? before.filter((one) => one !== value) : [...before, value],
          )
        }
        note={
          error !== null
            ? 'The values could not be fetched.'
            : isPending
              ? 'Looking …'
              : options.length === 0
                ? 'No such value in these days.'
                : undefined
        }
      />
      <div className="flex items-center justify-between border-t border-line px-3 py-2">
        <span className="text-xs text-ink-3">
          {contains ? 'Case is ignored' : values.length > 0 && `${values.length} chosen`}
        </span>
        <Button type="submit" look="primary" size="sm" disabled={wanted.length === 0}>
          Apply
        </Button>
      </div>
    </form>
  )
}
