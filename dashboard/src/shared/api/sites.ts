import { queryOptions, useQuery } from '@tanstack/react-query'
import { apiJson } from './client.ts'

export interface SiteSummary {
  id: number | string
  name: string
  hostnames: string[]
  timezone: string
  currency: string
}

export const sites = queryOptions({
  queryKey: ['sites'],
  queryFn: async ({ signal }) => (await apiJson<{ data: SiteSummary[] }>('/api/v1/sites', { signal })).data,
  staleTime: 5 * 60_000,
})

/** What the API takes where a question names no site. */
const DEFAULT_SITE = 'default'

/** The name to ask with: none for the default site, which spares waiting for the list. */
export function askedSite(named: string | undefined, site: SiteSummary | undefined): string | undefined {
  return named ?? (site?.name === DEFAULT_SITE ? undefined : site?.name)
}

/** The site that the address names, else the default one; undefined until the list is here. */
export function useSite(name: string | undefined): SiteSummary | undefined {
  const { data } = useQuery(sites)
  return data?.find((site) => site.name === (name ?? DEFAULT_SITE)) ?? data?.[0]
}
