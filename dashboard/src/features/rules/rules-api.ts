import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RuleTrial } from '../../../../server/reports/rule-trial.ts'
import { apiJson } from '../../shared/api/client.ts'
import { type RuleList, ruleList, rulesPath } from '../../shared/api/rules.ts'
import type { SiteSummary } from '../../shared/api/sites.ts'
import { type Draft, type DraftRule, sent } from './rule-draft.ts'

export type { RuleTrial }

/** The days that rules are tried against. */
export const TRIAL_RANGE = '30d'

/** Saves a whole list, based on a revision; a list that has moved on is refused with a 409. */
export function useSaveRules(site: SiteSummary['id']) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ base, rules }: Draft) =>
      apiJson<RuleList>(rulesPath(site), {
        method: 'PUT',
        body: { revision: base.revision, rules: sent(rules) },
      }),
    onSuccess: (list) => {
      client.setQueryData(ruleList(site).queryKey, list)
      void client.invalidateQueries({ queryKey: ['classify'] })
    },
  })
}

/** Says what rules would move of what is stored; saves nothing. */
export function useTrial(site: SiteSummary['id']) {
  return useMutation({
    mutationFn: (rules: readonly DraftRule[]) =>
      apiJson<RuleTrial>(`${rulesPath(site)}/try`, {
        method: 'POST',
        body: { rules: sent(rules), date_range: TRIAL_RANGE },
      }),
  })
}

export type Trial = ReturnType<typeof useTrial>
