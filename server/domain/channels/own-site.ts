import { remember } from '../remember.ts'
import { withoutWww } from '../urls/landing-page.ts'
import { registrableDomain } from './source-index.ts'

const CACHE_SIZE = 20_000

/** Says whether a host is one of a site's own, or a sibling of one: same registrable domain, private suffixes apart. */
export function createOwnSite(): (host: string, siteHosts: readonly string[]) => boolean {
  const sites = new WeakMap<readonly string[], (host: string) => boolean>()
  return (host, siteHosts) => {
    if (siteHosts.length === 0) return false
    const isOwn = sites.get(siteHosts) ?? ownHosts(siteHosts)
    sites.set(siteHosts, isOwn)
    return isOwn(host)
  }
}

function ownHosts(siteHosts: readonly string[]): (host: string) => boolean {
  const bare = siteHosts.map((host) => withoutWww(host.toLowerCase().replace(/:\d+$/, '')))
  const hosts = new Set(bare)
  const domains = new Set(bare.map(registrableDomain))
  return remember(CACHE_SIZE, (host) => hosts.has(host) || domains.has(registrableDomain(host)))
}
