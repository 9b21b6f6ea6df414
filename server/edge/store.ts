import type { ClickIdKeys } from '../domain/links/click-id.ts'
import type { Link } from '../domain/links/link.ts'
import type { ShortDomain } from '../domain/links/short-domain.ts'
import type { Site } from '../domain/site.ts'

/**
 * What the edge asks of the control store. Every call may reject while the store is away: the edge goes on with what
 * it knows and asks again.
 */
export interface EdgeStore {
  /** The link under this key of a domain (its host), in any state; null where nobody made one. */
  linkBySlug(host: string, slugKey: string): Promise<Link | null>
  /** Grows in commit order with every change to a link, a domain, a site or a key. */
  latestRevision(): Promise<number>
  /** The links changed after a revision, oldest change first, at most `limit`, and the revision to go on from. */
  changedSince(revision: number, limit: number): Promise<{ links: Link[]; revision: number }>
  domains(): Promise<ShortDomain[]>
  sites(): Promise<Site[]>
  clickIdKeys(): Promise<ClickIdKeys>
  /** The salt of a site's local day (`YYYY-MM-DD`), made by insert-if-absent: the same for every edge. */
  salt(siteId: number, day: string, now: number): Promise<Uint8Array>
}
