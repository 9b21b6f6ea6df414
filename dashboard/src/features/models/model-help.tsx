import { CircleHelp } from 'lucide-react'
import type { Model } from '../../../../server/domain/attribution/contract.ts'
import { IconButton } from '../../shared/ui/button.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { MODEL_WORDS } from './model-words.ts'

/** What a model does, in plain words and as a formula. */
export function ModelHelp({ model }: { model: Model }) {
  const { label, plain, mind, formula } = MODEL_WORDS[model]
  return (
    <Popover
      label={`About ${label}`}
      align="end"
      className="w-84 px-4 py-3 text-left font-normal"
      trigger={
        <IconButton label={`About ${label}`} size="sm" hint={false} className="size-5! text-ink-3">
          <CircleHelp className="size-3.5" aria-hidden />
        </IconButton>
      }
    >
      <p className="text-sm font-semibold text-ink">{label}</p>
      <p className="mt-1 text-sm text-ink-2">{plain}</p>
      <p className="mt-2 rounded-md bg-sunken px-2.5 py-2 font-mono text-xs leading-4.5 text-ink wrap-anywhere">
        {formula}
      </p>
      <p className="mt-2 text-xs text-ink-3">{mind}</p>
    </Popover>
  )
}
