import { queryOptions } from '@tanstack/react-query'
import { apiJson } from './client.ts'

/** A host of short links. */
export interface Domain {
  host: string
  site: string
  isDefault: boolean
}

/** All short domains, the default one first. */
export const domains = queryOptions({
  queryKey: ['domains'],
  queryFn: async ({ signal }) => (await apiJson<{ data: Domain[] }>('/api/v1/domains', { signal })).data,
  staleTime: 5 * 60_000,
})

/** Where a short domain is reached: as this page is, if it is the same host, else by https. */
export function originOf(domain: Domain | undefined): string {
  return domain === undefined || domain.host === location.host ? location.origin : `https://${domain.host}`
}
