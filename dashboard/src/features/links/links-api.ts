import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { apiJson } from '../../shared/api/client.ts'
import type { LinkPage, LinkRecord } from './link-record.ts'
import type { LinksSearch } from './search.ts'

const PATH = '/api/v1/links'
const PAGE_SIZE = 50

/** The list that the address asks for, fifty at a time, with clicks. */
export function linkList({ site, search, state }: LinksSearch) {
  return infiniteQueryOptions({
    queryKey: ['links', { site, search, state }],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ include: 'clicks', limit: String(PAGE_SIZE) })
      if (site !== undefined) query.set('site', site)
      if (search !== undefined) query.set('search', search)
      if (state !== undefined) query.set('state', state)
      if (pageParam !== '') query.set('cursor', pageParam)
      return apiJson<LinkPage>(`${PATH}?${query}`, { signal })
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
}

/** One link by its id, for a panel that is opened by its address alone. */
export function oneLink(id: string) {
  return queryOptions({
    queryKey: ['links', 'one', id],
    queryFn: ({ signal }) =>
      apiJson<LinkRecord>(`${PATH}/${encodeURIComponent(id)}?include=clicks`, { signal }),
  })
}

/** Fields of a link to be sent; null empties one. */
export type LinkBody = Record<string, string | number | string[] | null>

/** Makes, changes and archives links, and brings every list up to date after it. */
export function useLinkChanges() {
  const client = useQueryClient()
  const settled = () => client.invalidateQueries({ queryKey: ['links'] })
  const create = useMutation({
    mutationFn: (body: LinkBody) => apiJson<LinkRecord>(PATH, { method: 'POST', body }),
    onSuccess: settled,
  })
  const change = useMutation({
    mutationFn: ({ id, body }: { id: LinkRecord['id']; body: LinkBody }) =>
      apiJson<LinkRecord>(`${PATH}/${id}`, { method: 'PATCH', body }),
    onSuccess: settled,
  })
  return { create, change }
}
