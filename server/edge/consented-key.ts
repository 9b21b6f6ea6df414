import { getDomain } from 'tldts'
import { refusesBySignal } from '../domain/site.ts'
import type { Asked } from './asked.ts'
import { persistentKey, readCookieId } from './cookies.ts'

/**
 * The visitor key of a click by somebody who has consented on the link's site: under the site's own domain the redirect
 * may read the cookie that the collect endpoint has set there. Empty for everybody else.
 */
export function consentedKey({ headers, directory }: Asked, siteId: number): string {
  const id = readCookieId(headers.cookie, siteId)
  if (id === '') return ''
  const site = directory.siteById(siteId)?.site
  if (!site || refusesBySignal(site, headers) || !isOwnDomain(headers.host, site.hostnames)) return ''
  return persistentKey(siteId, id)
}

/** Whether a host and one of a site's belong to whoever has registered one domain: `go.shop.example`, `shop.example`. */
export function isOwnDomain(host: string, hostnames: readonly string[]): boolean {
  const own = registered(host)
  return own !== '' && hostnames.some((hostname) => registered(hostname) === own)
}

/** The registrable domain, private suffixes such as `github.io` counted; of what has none (`localhost`), the name. */
function registered(host: string): string {
  return (
    getDomain(host, { allowPrivateDomains: true }) ??
    host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  )
}
