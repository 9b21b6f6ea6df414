import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { apiJson } from '../../shared/api/client.ts'

/** How the demo stands, as `GET /api/v1/demo` says. */
export interface Demo {
  /** `unfinished`: whoever made it has gone; asking for it again goes on with it. */
  state: 'absent' | 'making' | 'unfinished' | 'ready' | 'removing'
  /** False where hits are loaded on another machine: `jejak demo` makes it there. */
  available: boolean
  /** Name of its site. */
  site: string | null
  /** About how many hits there shall be. */
  hits: number
  made: number
  loaded: number
  days: number
  until: string | null
  /** Where `jejak demo` serves the made-up brand's pages. */
  pages: string
  error: string
}

const PATH = '/api/v1/demo'
const KEY = ['demo']
/** While something is under way; else nobody but us changes it. */
const POLL_MS = 700

export const demo = queryOptions({
  queryKey: KEY,
  queryFn: ({ signal }) => apiJson<Demo>(PATH, { signal }),
  staleTime: 60_000,
  refetchInterval: ({ state }) =>
    state.data?.state === 'making' || state.data?.state === 'removing' ? POLL_MS : false,
})

/** Begins to make the demo, or goes on with it. */
export function useMakeDemo() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => apiJson<Demo>(PATH, { method: 'POST', body: {} }),
    onSuccess: (begun) => client.setQueryData(KEY, begun),
  })
}

/** Begins to take the demo away. */
export function useRemoveDemo() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => apiJson<Demo>(PATH, { method: 'DELETE' }),
    onSuccess: (begun) => client.setQueryData(KEY, begun),
  })
}

/** Sites and all that was asked of them are others once a demo has come or gone. */
export async function refreshSites(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
}

/** Share of the work that is done, 0 to 1: half of it is making hits, half loading them. */
export function progressOf({ hits, made, loaded }: Pick<Demo, 'hits' | 'made' | 'loaded'>): number {
  return Math.min(1, (made + loaded) / (2 * Math.max(1, hits, made)))
}
