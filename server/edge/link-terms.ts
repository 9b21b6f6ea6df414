import type { Link } from '../domain/links/link.ts'
import { utmPairs } from '../domain/links/merge.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { termsJson, utmJson } from './click-record.ts'
import type { Directory } from './directory.ts'
import type { TermsRoute } from './link-route.ts'

/** What the edge keeps of a link beside number, slug and destination: many links share it, and the route made of it. */
export interface LinkTerms extends TermsOfLink {
  /** Host of the short domain. */
  host: string
  /** The link's own UTM values as pairs of a query. */
  utmPairs: string
  /** Pieces of a click's record: the UTM values as they are sent, and where the link was put. */
  utmJson: string
  termsJson: string
  /** Made of these terms at their first request, and again for each new directory. */
  route: TermsRoute | null
  madeWith: Directory | null
}

type TermsOfLink = Pick<
  Link,
  'siteId' | 'status' | 'state' | 'expiresAt' | 'fallbackUrl' | 'passThrough' | 'clickId'
>

/**
 * Finds the terms of a link among those of others, so that 100,000 links of a few hundred campaigns weigh little.
 * Forgets what it has found when full; links keep the terms they were given.
 */
export function createTermsPool(max: number): (link: Link) => LinkTerms {
  const pool = new Map<string, LinkTerms>()
  return (link) => {
    const { siteId, status, state, expiresAt, fallbackUrl, passThrough, clickId, domain: host } = link
    const own = { host, siteId, status, state, expiresAt, fallbackUrl, passThrough, clickId }
    const placed = termsJson(link)
    const name = `${JSON.stringify(Object.values(own))}${placed}${utmJson(link.utm)}`
    const known = pool.get(name)
    if (known) return known
    const pairs = utmPairs(link.utm)
    const terms: LinkTerms = {
      ...own,
      utmPairs: pairs,
      utmJson: utmJson(readUtm(pairs)),
      termsJson: placed,
      route: null,
      madeWith: null,
    }
    if (pool.size >= max) pool.clear()
    pool.set(name, terms)
    return terms
  }
}
