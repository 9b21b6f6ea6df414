import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { VisitLabel } from '../../../../server/domain/visit/classify-visit.ts'
import type { VisitInput } from '../../../../server/domain/visit/visit-input.ts'
import { apiJson } from '../../shared/api/client.ts'

export type { VisitLabel }
export type Evidence = NonNullable<VisitLabel['evidence']>[number]

/** What the rules say of a visit to a site, and why. Without a site only the built-in rules speak. */
export function verdict(visit: VisitInput | null, site: string | undefined) {
  const query = new URLSearchParams({ evidence: 'true', ...(site === undefined ? {} : { site }) })
  return queryOptions({
    queryKey: ['classify', site, visit],
    queryFn: ({ signal }) =>
      apiJson<VisitLabel>(`/api/v1/classify?${query}`, { method: 'POST', body: visit, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}
