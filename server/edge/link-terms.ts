import type { Link } from '../domain/links/link.ts'
import { utmPairs } from '../domain/links/merge.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { termsJson, utmJson } from './click-record.ts'

/** What the edge keeps of a link beside its number and destination: many links share it. */
export interface LinkTerms extends TermsOfLink {
  /** The link's own UTM values as pairs of a query. */
  utmPairs: string
  /** Pieces of the click's record. */
  utmJson: string
  termsJson: string
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
    const { siteId, status, state, expiresAt, fallbackUrl, passThrough, clickId, utm } = link
    const own = { siteId, status, state, expiresAt, fallbackUrl, passThrough, clickId }
    const placed = termsJson(link)
    const name = `${JSON.stringify(Object.values(own))}${placed}${utmJson(utm)}`
    const known = pool.get(name)
    if (known) return known
    const pairs = utmPairs(utm)
    const terms = { ...own, utmPairs: pairs, utmJson: utmJson(readUtm(pairs)), termsJson: placed }
    if (pool.size >= max) pool.clear()
    pool.set(name, terms)
    return terms
  }
}
