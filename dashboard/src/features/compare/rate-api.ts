import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  NamedRate,
  SidesCompared,
  SidesRequest,
} from '../../../../server/reports/side-by-side/contract.ts'
import { apiJson } from '../../shared/api/client.ts'

export type { NamedRate, SidesCompared }

/** Two sets of sessions compared by how often they converted, cached by what was asked. */
export function comparison(request: SidesRequest) {
  return queryOptions({
    queryKey: ['comparison', request],
    queryFn: ({ signal }) =>
      apiJson<SidesCompared>('/api/v1/compare', { method: 'POST', body: request, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}
