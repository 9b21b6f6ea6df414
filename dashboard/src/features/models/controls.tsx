import { useQuery } from '@tanstack/react-query'
import { GRAINS } from '../../../../server/reports/attribution/contract.ts'
import { goalList } from '../../shared/api/goals.ts'
import { DEFAULT_RANGE, formatRange } from '../../shared/range/range.ts'
import { RangeField } from '../../shared/range/range-field.tsx'
import { formatSides } from '../../shared/sides.ts'
import { SidesField } from '../../shared/sides-field.tsx'
import { PickField } from '../../shared/ui/pick-field.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { Lookback } from './lookback.tsx'
import { ModelPicker } from './model-picker.tsx'
import { GRAIN_WORDS } from './model-words.ts'
import { OptionsPopover } from './options-popover.tsx'
import { DEFAULT_WINDOW } from './search.ts'
import { ANEW, useModels, useSideCredits } from './use-models.ts'

const GRAIN_OPTIONS = GRAINS.map((value) => ({ value, label: GRAIN_WORDS[value].one }))

/** What the conversions are: days, goal, and what they are shared out to. */
export function QuestionPickers() {
  const { view, site, today, change } = useModels()
  const { data: goals } = useQuery(goalList(site?.id))
  const { data } = useSideCredits()
  const available = data?.meta.available
  const names = (goals ?? []).map(({ name }) => name)
  // A goal that is no more, or not known yet, stays what the address says.
  const named = view.goal === null || names.includes(view.goal) ? names : [view.goal, ...names]
  const goalOptions = [
    { value: '', label: 'All goals' },
    ...named.map((name) => ({ value: name, label: name })),
  ]
  return (
    <>
      <RangeField
        value={view.range}
        today={today}
        available={available ? [available.from, available.to] : null}
        onChange={(range) => change({ range: formatRange(range, DEFAULT_RANGE), ...ANEW })}
      />
      <PickField
        label="Goal"
        value={view.goal ?? ''}
        options={goalOptions}
        onChange={(goal) => change({ goal: goal || undefined, ...ANEW })}
      />
      <PickField
        label="By"
        value={view.grain}
        options={GRAIN_OPTIONS}
        onChange={(grain) =>
          change({ grain: grain === 'channel' ? undefined : grain, with: undefined, ...ANEW })
        }
      />
    </>
  )
}

/** How the credit is shared out, and how it is shown. */
export function ModelControls() {
  const { view, site, change } = useModels()
  return (
    <section
      aria-label="How credit is shared out"
      className="flex flex-wrap items-center gap-x-5 gap-y-3 rounded-lg border border-line bg-surface px-5 py-3 shadow-card max-sm:px-4"
    >
      <Lookback
        value={view.window}
        onChange={(days) =>
          change({ window: days === DEFAULT_WINDOW ? undefined : String(days), ...ANEW }, { replace: true })
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <OptionsPopover />
        <ModelPicker />
      </div>
      <SidesField
        value={view.sides}
        site={site?.id}
        onChange={(sides) => change({ ...formatSides(sides), ...ANEW })}
      />
      <div className="flex flex-wrap items-center gap-2 xl:ml-auto">
        <Segmented
          label="What is shared out"
          value={view.measure}
          options={[
            { value: 'conversions', label: 'Conversions' },
            { value: 'value', label: 'Value' },
          ]}
          onChange={(measure) =>
            change({ measure: measure === 'value' ? measure : undefined }, { replace: true })
          }
        />
        <Segmented
          label="Shown as"
          value={view.form}
          options={[
            { value: 'number', label: 'Number' },
            { value: 'share', label: 'Share' },
          ]}
          onChange={(form) => change({ as: form === 'share' ? form : undefined }, { replace: true })}
        />
      </div>
    </section>
  )
}
