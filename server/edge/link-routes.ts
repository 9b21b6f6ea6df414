import { CLICK_IDS } from '../facts/click-ids.ts'
import type { Directory, DirectoryDomain } from './directory.ts'
import { routeTerms, type TermsRoute } from './link-route.ts'
import type { LinkTerms } from './link-terms.ts'

const CLICK_ID_NAMES: ReadonlySet<string> = new Set(CLICK_IDS.map((fact) => fact.name.toLowerCase()))
const NO_KEYS: ReadonlySet<string> = new Set()

/** The route of a link's terms, made at the first request for one of their links and again for a new directory. */
export type RouteOfTerms = (terms: LinkTerms, domain: DirectoryDomain, directory: Directory) => TermsRoute

/** @param clickIdParameter lower case */
export function createRouteOfTerms(clickIdParameter: string): RouteOfTerms {
  const merge = { clickIdNames: CLICK_ID_NAMES, clickIdParameter }
  return (terms, domain, directory) => {
    if (terms.route && terms.madeWith === directory) return terms.route
    terms.route = routeTerms(terms, {
      fallbackUrl: domain.domain.fallbackUrl,
      keptKeys: directory.siteById(terms.siteId)?.keptKeys ?? NO_KEYS,
      merge,
    })
    terms.madeWith = directory
    return terms.route
  }
}
