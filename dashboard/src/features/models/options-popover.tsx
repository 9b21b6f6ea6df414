import { Settings2 } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import type { AttributionOptions } from '../../../../server/reports/attribution/contract.ts'
import { Button } from '../../shared/ui/button.tsx'
import { TextField } from '../../shared/ui/field.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { Switch } from '../../shared/ui/switch.tsx'
import { optionsSearch, parseDaysNumber, parseWeights, STANDARD_OPTIONS } from './search.ts'
import { ANEW, useModels } from './use-models.ts'

type Options = Required<AttributionOptions>
type Flag = 'direct' | 'collapse' | 'nulls' | 'reuse'

const FLAGS: { name: Flag; label: string; why: string }[] = [
  {
    name: 'direct',
    label: 'Direct counts as a touch',
    why: 'Off: left out of paths that have any other touch.',
  },
  {
    name: 'collapse',
    label: 'Repeats become one',
    why: 'Search, Search, Social is read as Search, Social. Markov sees every touch in any case.',
  },
  {
    name: 'nulls',
    label: 'Use journeys that did not convert',
    why: 'For Markov and Shapley rate: what fails tells as much as what works.',
  },
  {
    name: 'reuse',
    label: 'Touches count again',
    why: 'Off: the path of a second conversion begins after the first.',
  },
]

/** Everything that a model can be told, with what it means. */
export function OptionsPopover() {
  const { view, change } = useModels()
  const { options } = view
  const changed = Object.values(optionsSearch(options)).filter((one) => one !== undefined).length
  const set = (patch: Partial<Options>) =>
    change({ ...optionsSearch({ ...options, ...patch }), ...ANEW }, { replace: true })
  return (
    <Popover
      label="Options of the models"
      className="w-92"
      trigger={
        <Button>
          <Settings2 className="size-4 text-ink-3" aria-hidden />
          Options
          {changed > 0 && (
            <span className="rounded-full bg-accent-soft px-1.5 text-xs text-accent tabular-nums">
              {changed}
              <span className="sr-only"> changed</span>
            </span>
          )}
        </Button>
      }
    >
      <ul className="px-4 py-2">
        {FLAGS.map(({ name, label, why }) => (
          <li key={name} className="py-1">
            <Switch label={label} checked={options[name]} onChange={(on) => set({ [name]: on })} />
            <p className="-mt-1 pl-10 text-xs text-ink-3">{why}</p>
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-3 border-t border-line px-4 py-3">
        <Row label="Markov order" why="How many touches a step looks back on.">
          <Segmented
            label="Markov order"
            value={String(options.order) as '1' | '2' | '3'}
            options={[
              { value: '1', label: '1' },
              { value: '2', label: '2' },
              { value: '3', label: '3' },
            ]}
            onChange={(order) => set({ order: Number(order) as Options['order'] })}
          />
        </Row>
        <DraftField
          key={`half-life ${options.halfLife}`}
          label="Half-life of time decay, in days"
          hint="After so many days a touch is worth half as much."
          value={String(options.halfLife)}
          read={parseDaysNumber}
          error="Above 0, at most 365 days."
          onChange={(halfLife) => set({ halfLife })}
        />
        <DraftField
          key={`weights ${options.position.join()}`}
          label="Weights of position based: first, between, last"
          hint="Only their ratios matter: 40, 20, 40 is 0.4, 0.2, 0.4."
          value={options.position.map(percent).join(', ')}
          read={(typed) => parseWeights(typed)?.map(unpercent) as Options['position'] | undefined}
          error="Three numbers of at least 0, by commas, not all 0."
          onChange={(position) => set({ position })}
        />
      </div>
      {changed > 0 && (
        <div className="border-t border-line p-2">
          <Button look="quiet" size="sm" onClick={() => set(STANDARD_OPTIONS)}>
            Back to the defaults
          </Button>
        </div>
      )}
    </Popover>
  )
}

/** Weights are shown as people say them, in hundredths, free of the noise of doubles. */
const percent = (weight: number) => Number((weight * 100).toFixed(4))
const unpercent = (weight: number) => Number((weight / 100).toFixed(6))

function Row({ label, why, children }: { label: string; why: string; children: ReactNode }) {
  const id = useId()
  return (
    <div className="flex items-center justify-between gap-3">
      <div className="min-w-0">
        <p id={id} className="text-xs font-medium text-ink-2">
          {label}
        </p>
        <p className="text-xs text-ink-3">{why}</p>
      </div>
      {children}
    </div>
  )
}

/** A field whose value counts once it is left or Enter is pressed; what cannot be read is said and not taken. */
function DraftField<T>({
  label,
  hint,
  value,
  read,
  error,
  onChange,
}: {
  label: string
  hint: string
  value: string
  read: (typed: string) => T | undefined
  error: string
  onChange: (value: T) => void
}) {
  const [typed, setTyped] = useState(value)
  const [refused, setRefused] = useState(false)
  function take() {
    const meant = read(typed)
    setRefused(meant === undefined)
    if (meant !== undefined && typed !== value) onChange(meant)
  }
  return (
    <TextField
      label={label}
      hint={hint}
      error={refused ? error : undefined}
      value={typed}
      inputMode="decimal"
      onChange={(event) => {
        setTyped(event.target.value)
        setRefused(false)
      }}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
    />
  )
}
