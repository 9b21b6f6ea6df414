import { CLICK_IDS } from '../facts/click-ids.ts'
import type { Directory, DirectoryDomain } from './directory.ts'
import type { CachedLink } from './link-cache.ts'
import { type LinkRoute, routeLink } from './link-route.ts'

const CLICK_ID_NAMES: ReadonlySet<string> = new Set(CLICK_IDS.map((fact) => fact.name.toLowerCase()))
const NO_KEYS: ReadonlySet<string> = new Set()

export type RoutesOfLinks = (cached: CachedLink, domain: DirectoryDomain, directory: Directory) => LinkRoute

/**
 * Routes of cached links, made at a link's first request and again when the directory changed. At most `max` links have
 * one at a time, the oldest gives way: a route weighs more than its link, and few of many links are hot.
 *
 * @param clickIdParameter lower case
 */
export function createLinkRoutes(max: number, clickIdParameter: string): RoutesOfLinks {
  const ring: (CachedLink | undefined)[] = new Array(max)
  const merge = { clickIdNames: CLICK_ID_NAMES, clickIdParameter }
  let next = 0
  return (cached, domain, directory) => {
    if (cached.route && cached.madeWith === directory) return cached.route
    if (!cached.route) {
      const oldest = ring[next]
      if (oldest) oldest.route = null
      ring[next] = cached
      next = (next + 1) % max
    }
    const route = routeLink(cached, {
      host: domain.domain.host,
      fallbackUrl: domain.domain.fallbackUrl,
      keptKeys: directory.siteById(cached.terms.siteId)?.keptKeys ?? NO_KEYS,
      merge,
    })
    cached.route = route
    cached.madeWith = directory
    return route
  }
}
