import { Columns3 } from 'lucide-react'
import {
  HEURISTIC_MODELS,
  MODELS,
  type Model,
  PATH_MODELS,
} from '../../../../server/domain/attribution/contract.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { MODEL_WORDS } from './model-words.ts'
import { formatModels, SIMPLE_MODELS } from './search.ts'
import { ANEW, useModels } from './use-models.ts'

/** Which models are computed and shown. */
export function ModelPicker() {
  const { view, change } = useModels()
  const { models } = view
  const choose = (next: readonly Model[]) =>
    change({ models: formatModels(next), ...ANEW }, { replace: true })
  return (
    <Popover
      label="Choose models"
      className="w-76"
      trigger={
        <Button>
          <Columns3 className="size-4 text-ink-3" aria-hidden />
          Models
          <span className="text-ink-3 tabular-nums">{models.length}</span>
        </Button>
      }
    >
      <Group title="One path at a time" names={HEURISTIC_MODELS} chosen={models} onChoose={choose} />
      <Group title="All paths at once" names={PATH_MODELS} chosen={models} onChoose={choose} />
      <div className="flex gap-1 border-t border-line p-2">
        <Button look="quiet" size="sm" onClick={() => choose(MODELS)}>
          All
        </Button>
        <Button look="quiet" size="sm" onClick={() => change({ models: SIMPLE_MODELS, ...ANEW })}>
          Without Markov and Shapley
        </Button>
      </div>
    </Popover>
  )
}

function Group({
  title,
  names,
  chosen,
  onChoose,
}: {
  title: string
  names: readonly Model[]
  chosen: readonly Model[]
  onChoose: (models: readonly Model[]) => void
}) {
  return (
    <fieldset className="border-line px-2 py-2 not-first:border-t">
      <legend className="sr-only">{title}</legend>
      <p className="px-2 pb-1 text-xs text-ink-3" aria-hidden>
        {title}
      </p>
      {names.map((name) => {
        const on = chosen.includes(name)
        return (
          <label
            key={name}
            className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover has-disabled:cursor-not-allowed has-disabled:text-ink-3"
          >
            <input
              type="checkbox"
              checked={on}
              // One must stay: a table without a model says nothing.
              disabled={on && chosen.length === 1}
              onChange={() => {
                const next = on ? chosen.filter((one) => one !== name) : [...chosen, name]
                onChoose(MODELS.filter((model) => next.includes(model)))
              }}
              className="size-4 accent-accent"
            />
            {MODEL_WORDS[name].label}
          </label>
        )
      })}
    </fieldset>
  )
}
