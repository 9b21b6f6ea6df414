import { type ClickIdSigner, createClickIdSigner } from '../domain/links/click-id.ts'
import type { ShortDomain } from '../domain/links/short-domain.ts'
import type { Site } from '../domain/site.ts'
import { withoutWww } from '../domain/urls/landing-page.ts'
import { CLICK_IDS } from '../facts/click-ids.ts'
import { siteJson, termsJson } from './click-record.ts'
import type { ClickSubject } from './click-recorder.ts'
import type { EdgeStore } from './store.ts'

/** Sites, domains and keys as last seen: one unchanging whole, replaced when something in it changed. */
export interface Directory {
  readonly sites: readonly DirectorySite[]
  readonly signer: ClickIdSigner
  /** The domain of a `Host` header, the default domain for unknown hosts and for none. */
  domainOf(host: string): DirectoryDomain
  domainNamed(host: string): DirectoryDomain | undefined
  /** The site that has a page's host, with or without `www.` and a port of its own; undefined where none has. */
  siteOfPage(url: URL): DirectorySite | undefined
  siteById(id: number): DirectorySite | undefined
  /** Tells two directories apart by what they hold. */
  readonly fingerprint: string
  /** Tells them apart by the hosts of their domains: links are cached by those. */
  readonly hosts: string
}

export interface DirectorySite {
  site: Site
  /** Query keys whose values may be stored: the site's own, and click ids where it keeps them. */
  keptKeys: ReadonlySet<string>
}

export interface DirectoryDomain {
  domain: ShortDomain
  /** What the record of a click says where nobody made the slug. */
  subject: ClickSubject
  keptKeys: ReadonlySet<string>
}

/**
 * Reads the directory.
 *
 * @throws whatever the store rejects with while it is away, and an `Error` for a store without a default domain
 */
export async function readDirectory(store: EdgeStore): Promise<Directory> {
  const [sites, domains, keys] = await Promise.all([store.sites(), store.domains(), store.clickIdKeys()])
  const known = sites.map((site) => ({ site, keptKeys: keptKeys(site) }))
  const byId = new Map(known.map((entry) => [entry.site.id, entry]))
  const byPage = new Map(
    known.flatMap((entry) => entry.site.hostnames.map((host) => [withoutWww(host), entry])),
  )
  const byHost = new Map<string, DirectoryDomain>()
  let fallback: DirectoryDomain | undefined
  for (const domain of domains) {
    const entry = domainEntry(domain, byId.get(domain.siteId)?.keptKeys ?? new Set())
    byHost.set(domain.host, entry)
    if (domain.isDefault) fallback = entry
  }
  if (!fallback) throw new Error('the control store has no default domain')
  const ofLast = fallback
  return {
    sites: known,
    signer: createClickIdSigner(keys),
    domainOf: (host) => byHost.get(host) ?? byHost.get(normalHost(host)) ?? ofLast,
    domainNamed: (host) => byHost.get(host),
    siteOfPage: (url) => byPage.get(withoutWww(url.host)) ?? byPage.get(withoutWww(url.hostname)),
    siteById: (id) => byId.get(id),
    hosts: JSON.stringify(domains.map((domain) => [domain.id, domain.host])),
    fingerprint: JSON.stringify([
      sites,
      domains,
      Buffer.from(keys.current).toString('hex'),
      keys.previous && Buffer.from(keys.previous).toString('hex'),
    ]),
  }
}

function domainEntry(domain: ShortDomain, keptKeys: ReadonlySet<string>): DirectoryDomain {
  const { siteId, host } = domain
  const subject = {
    siteId,
    keptKeys,
    siteJson: siteJson(siteId, host),
    termsJson: termsJson({ platform: '', placement: '', paid: '', postId: '', campaignId: '' }),
  }
  return { domain, keptKeys, subject }
}

/** `Short.Example.:443` → `short.example`. */
function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/:(?:80|443)$/, '')
    .replace(/\.(?=:|$)/, '')
}

function keptKeys(site: Site): ReadonlySet<string> {
  return new Set([...site.pageKeys, ...(site.keepClickIds ? CLICK_IDS.map((fact) => fact.name) : [])])
}
