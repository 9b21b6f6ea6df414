import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { QueryAnswer, QueryRequest } from '../../../../server/reports/contract.ts'
import { api, apiJson } from './client.ts'

const PATH = '/api/v1/query'

/**
 * A question to the query API, cached by its content. While a changed question is under way the last answer stays
 * (`isPlaceholderData`), so that a page fades instead of jumping.
 */
export function report(request: QueryRequest) {
  return queryOptions({
    queryKey: ['report', request],
    queryFn: ({ signal }) => apiJson<QueryAnswer>(PATH, { method: 'POST', body: request, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}

/** The same question, answered as a CSV file. */
export async function reportCsv(request: QueryRequest): Promise<Blob> {
  const response = await api(PATH, { method: 'POST', body: request, accept: 'text/csv' })
  return response.blob()
}
