import { ListFilter, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../shared/ui/button.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { FilterEditor } from './filter-editor.tsx'
import {
  type Chip,
  dimensionLabel,
  FILTER_DIMENSIONS,
  type FilterDimension,
  OPERATOR_LABELS,
  withChip,
} from './filters.ts'
import { filterSearch } from './search.ts'
import { useCompare } from './use-compare.ts'

/** The two that people reach for most stand open; the rest is behind "More". */
const IN_SIGHT: FilterDimension[] = ['campaign', 'platform']

/** Conditions of the view: each a chip that can be changed or taken away. */
export function FilterBar() {
  const { view, change } = useCompare()
  const put = (chips: Chip[]) => change({ filter: filterSearch(chips), p: undefined })
  const free = (dimension: FilterDimension) => !view.chips.some((chip) => chip.dimension === dimension)
  return (
    <fieldset className="flex min-w-0 flex-wrap items-center gap-2" aria-label="Filters">
      {view.chips.map((chip) => (
        <FilterChip
          key={`${chip.dimension}:${chip.operator}`}
          chip={chip}
          onChange={(next) =>
            put(
              withChip(
                view.chips.filter((one) => one !== chip),
                next,
              ),
            )
          }
          onRemove={() => put(view.chips.filter((one) => one !== chip))}
        />
      ))}
      {IN_SIGHT.filter(free).map((dimension) => (
        <AddFilter key={dimension} dimension={dimension} onAdd={(chip) => put(withChip(view.chips, chip))} />
      ))}
      <AddFilter onAdd={(chip) => put(withChip(view.chips, chip))} />
      {view.chips.length > 1 && (
        <Button look="quiet" size="sm" onClick={() => put([])}>
          Clear all
        </Button>
      )}
    </fieldset>
  )
}

function FilterChip({
  chip,
  onChange,
  onRemove,
}: {
  chip: Chip
  onChange: (chip: Chip) => void
  onRemove: () => void
}) {
  const [open, setOpen] = useState(false)
  const [first = '', ...rest] = chip.values
  const label = `${dimensionLabel(chip.dimension)} ${OPERATOR_LABELS[chip.operator]} ${chip.values.join(' or ')}`
  return (
    <span className="inline-flex h-7 max-w-full min-w-0 items-center rounded-md bg-accent-soft text-xs">
      <Popover
        open={open}
        onOpenChange={setOpen}
        label={`Change filter: ${label}`}
        trigger={
          <button
            type="button"
            aria-label={`Change filter: ${label}`}
            title={label}
            className="flex h-full min-w-0 items-center gap-1 rounded-l-md pl-2.5"
          >
            <span className="shrink-0 text-ink-2">
              {dimensionLabel(chip.dimension)} {OPERATOR_LABELS[chip.operator]}
            </span>
            <span className="truncate font-medium">{first}</span>
            {rest.length > 0 && <span className="shrink-0 text-ink-2">+{rest.length}</span>}
          </button>
        }
      >
        <FilterEditor
          dimension={chip.dimension}
          chip={chip}
          onDone={(next) => {
            setOpen(false)
            onChange(next)
          }}
        />
      </Popover>
      <button
        type="button"
        aria-label={`Remove filter: ${label}`}
        onClick={onRemove}
        className="ml-0.5 flex h-full w-6 shrink-0 items-center justify-center rounded-r-md text-ink-2 hover:text-ink"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  )
}

function AddFilter({ dimension, onAdd }: { dimension?: FilterDimension; onAdd: (chip: Chip) => void }) {
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState<FilterDimension | undefined>(dimension)
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setOpen(next)
        setChosen(dimension)
      }}
      label={dimension === undefined ? 'Add a filter' : `Filter by ${dimensionLabel(dimension)}`}
      trigger={
        <Button look="dashed" size="sm">
          {dimension === undefined && <ListFilter className="size-3.5" aria-hidden />}
          {dimension === undefined ? 'More filters' : dimensionLabel(dimension)}
        </Button>
      }
    >
      {chosen === undefined ? (
        <ul className="w-48 p-1.5">
          {FILTER_DIMENSIONS.map((one) => (
            <li key={one.name}>
              <button
                type="button"
                onClick={() => setChosen(one.name)}
                className="flex h-8 w-full items-center rounded-md px-2.5 text-sm hover:bg-hover"
              >
                {one.label}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <FilterEditor
          dimension={chosen}
          onDone={(chip) => {
            setOpen(false)
            onAdd(chip)
          }}
        />
      )}
    </Popover>
  )
}
