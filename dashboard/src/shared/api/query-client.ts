import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

/** Two retries for lost connections and 5xx; none for what asking again cannot mend. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => !(error instanceof ApiProblem && error.isRefusal) && failures < 2,
        retryDelay: (attempt) => Math.min(4_000, 400 * 2 ** attempt),
        refetchOnWindowFocus: true,
      },
    },
  })
}
