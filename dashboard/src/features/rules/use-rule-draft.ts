import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem } from '../../shared/api/problem.ts'
import { ruleList } from '../../shared/api/rules.ts'
import type { SiteSummary } from '../../shared/api/sites.ts'
import { changesOf, type Draft, type DraftRule, draftOf, rebase } from './rule-draft.ts'
import { useSaveRules } from './rules-api.ts'

/** A site's rules as they are being changed. Nothing is saved until `save`, and then all of it at once. */
export function useRuleDraft(site: SiteSummary['id']) {
  const query = useQuery(ruleList(site))
  const saving = useSaveRules(site)
  // Only while there are changes: without any, the page follows what is saved.
  const [held, setHeld] = useState<Draft | null>(null)
  const draft = held ?? (query.data === undefined ? undefined : draftOf(query.data))
  const hold = (next: Draft) => setHeld(changesOf(next).any ? next : null)
  const conflict = held !== null && query.data !== undefined && query.data.revision !== held.base.revision
  const overtaken = saving.error instanceof ApiProblem && saving.error.status === 409
  return {
    query,
    draft,
    changes: draft && changesOf(draft),
    /** Somebody else has saved other rules since the changes began. */
    conflict,
    saving: saving.isPending,
    /** Why the last attempt to save failed; a conflict speaks for itself once their list is here. */
    saveError: overtaken && conflict ? null : saving.error,
    edit(change: (rules: DraftRule[]) => DraftRule[]) {
      saving.reset()
      setHeld((before) => {
        const current = before ?? draft
        if (current === undefined) return null
        const next = { ...current, rules: change(current.rules) }
        return changesOf(next).any ? next : null
      })
    },
    discard() {
      saving.reset()
      setHeld(null)
    },
    /** Brings our changes onto the list that somebody else has saved. */
    takeTheirs() {
      saving.reset()
      if (held !== null && query.data !== undefined) hold(rebase(held, query.data))
    },
    /** @returns whether it is saved. */
    async save(): Promise<boolean> {
      if (held === null) return true
      try {
        await saving.mutateAsync(held)
      } catch (failure) {
        if (failure instanceof ApiProblem && failure.status === 409) await query.refetch()
        return false
      }
      setHeld(null)
      return true
    },
  }
}

export type RuleDraftState = ReturnType<typeof useRuleDraft>
