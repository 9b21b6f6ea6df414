import { queryOptions } from '@tanstack/react-query'
import type { Goal } from '../../../../server/domain/goals/goal.ts'
import { apiJson } from './client.ts'
import type { SiteSummary } from './sites.ts'

/** A site's goals, in the order of its own list; asks nothing until the site is known. */
export function goalList(site: SiteSummary['id'] | undefined) {
  return queryOptions({
    queryKey: ['goals', site],
    queryFn: async ({ signal }) =>
      (await apiJson<{ goals: Goal[] }>(`/api/v1/sites/${site}/goals`, { signal })).goals,
    enabled: site !== undefined,
    staleTime: 60_000,
  })
}
