import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem } from '../../shared/api/problem.ts'
import { Button } from '../../shared/ui/button.tsx'
import { changesText } from './rule-draft.ts'
import type { RuleDraftState } from './use-rule-draft.ts'

export interface SaveBarProps {
  state: RuleDraftState
  /** The button that tries the list. */
  attempt: ReactNode
  /** Brings back the rule that was deleted last; absent where none was. */
  onUndoDelete: (() => void) | undefined
  /** Brings the changes onto the list that somebody else has saved. */
  onTakeTheirs: () => void
  onSave: () => void
  onDiscard: () => void
}

/** Stands at the foot of the page while something is not saved. */
export function SaveBar({ state, attempt, onUndoDelete, onTakeTheirs, onSave, onDiscard }: SaveBarProps) {
  const { changes, conflict, saving, saveError } = state
  if (changes?.any !== true) return null
  return (
    <section
      aria-label="Not saved yet"
      className="enter sticky bottom-4 z-10 rounded-lg border border-line-strong bg-raised shadow-float max-sm:bottom-2"
    >
      {conflict && (
        <div
          role="alert"
          className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-t-lg border-b border-line bg-notice-soft px-5 py-3 text-sm text-notice max-sm:px-4"
        >
          <p className="flex min-w-0 flex-1 basis-64 items-start gap-2">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
            Somebody else has changed these rules meanwhile. Bring your changes onto their list, look it over,
            then save.
          </p>
          <Button size="sm" onClick={onTakeTheirs}>
            Bring mine onto theirs
          </Button>
        </div>
      )}
      {saveError !== null && <SaveFailure error={saveError} />}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3 max-sm:px-4">
        <p role="status" className="min-w-0 flex-1 basis-40 text-sm">
          <span className="font-medium">Not saved:</span> {changesText(changes)}
        </p>
        <div className="flex flex-wrap items-center gap-2 max-sm:grid max-sm:w-full max-sm:grid-cols-2 max-sm:[&>:last-child:nth-child(odd)]:col-span-2">
          {onUndoDelete !== undefined && (
            <Button look="quiet" onClick={onUndoDelete}>
              Undo delete
            </Button>
          )}
          <Button look="quiet" onClick={onDiscard}>
            Discard
          </Button>
          {attempt}
          <Button look="primary" disabled={saving || conflict} onClick={onSave}>
            {saving ? 'Saving …' : 'Save'}
          </Button>
        </div>
      </div>
    </section>
  )
}

function SaveFailure({ error }: { error: unknown }) {
  const problem = error instanceof ApiProblem ? error : null
  return (
    <div
      role="alert"
      className="rounded-t-lg border-b border-line bg-danger-soft px-5 py-3 text-sm text-danger max-sm:px-4"
    >
      <p className="font-medium">Nothing was saved.</p>
      <p className="wrap-anywhere">{error instanceof Error ? error.message : String(error)}</p>
      {problem?.errors.slice(1).map(({ field, message }) => (
        <p key={field} className="mt-0.5 text-xs wrap-anywhere">
          {field}: {message}
        </p>
      ))}
    </div>
  )
}
