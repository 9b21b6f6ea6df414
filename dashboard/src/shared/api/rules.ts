import { queryOptions } from '@tanstack/react-query'
import type { Rule } from '../../../../server/domain/rules/rule.ts'
import { apiJson } from './client.ts'
import type { SiteSummary } from './sites.ts'

/** A site's own rules, in the order in which they are tried. */
export interface RuleList {
  /** Grows with every change of the list. */
  revision: number
  rules: Rule[]
}

export function rulesPath(site: SiteSummary['id']): string {
  return `/api/v1/sites/${site}/rules`
}

/** A site's own rules; asks nothing until the site is known. */
export function ruleList(site: SiteSummary['id'] | undefined) {
  return queryOptions({
    queryKey: ['rules', site],
    queryFn: ({ signal }) => apiJson<RuleList>(rulesPath(site ?? ''), { signal }),
    enabled: site !== undefined,
    staleTime: 10_000,
  })
}
