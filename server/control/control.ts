import type { ToldConversion } from '../domain/conversions/conversion.ts'
import type { ConversionVerdict, KnownConversion } from '../domain/conversions/decide.ts'
import type { Goal } from '../domain/goals/goal.ts'
import type { UtmValues } from '../domain/hit.ts'
import type { Link, LinkState } from '../domain/links/link.ts'
import type { ShortDomain } from '../domain/links/short-domain.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import type { Rule, RuleDraft } from '../domain/rules/rule.ts'
import type { Site } from '../domain/site.ts'

/**
 * The control store: what people set up (sites, domains, links) and the secrets that edges share. SQLite and
 * PostgreSQL answer alike. What a caller did wrong rejects with a `ControlError`; any other rejection means that the
 * store does not answer just now, and asking again later is right.
 *
 * Every change that edges must hear of (sites, domains, links, rules, keys) moves one counter, in commit order.
 */
export interface Control {
  readonly sites: SiteStore
  readonly domains: DomainStore
  readonly links: LinkStore
  readonly rules: RuleStore
  readonly goals: SiteListStore<Goal>
  /** What the site's pages are for; the first whose pattern matches a page says it. */
  readonly pageKinds: SiteListStore<PageKind>
  /** Which conversions other systems have told. */
  readonly conversions: ConversionLedger
  readonly salts: SaltStore
  readonly keys: KeyStore
  /** Runs work while no other process that asks for the same does: writing to a warehouse that several loaders share. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface SiteStore {
  /** By name. */
  list(): Promise<Site[]>
  byName(name: string): Promise<Site | null>
  byId(id: number): Promise<Site | null>
  /** Rejects with `taken` where another site has this name or one of these hostnames. */
  create(site: Omit<Site, 'id'>): Promise<Site>
  /** Rejects with `not_found`, or with `taken` for a hostname of another site. */
  update(id: number, change: Changes<Omit<Site, 'id' | 'name'>>): Promise<Site>
  /** Takes a site's hosts and slugs from it, so that nothing more happens there; edges hear of it. Safe to repeat. */
  retire(id: number): Promise<void>
  /**
   * Deletes a site that was retired, with its links, goals, rules and salts; domains of it go to another. Safe to
   * repeat. Rejects with `taken` for the only site.
   */
  remove(id: number): Promise<void>
}

export interface DomainStore {
  /** The default domain first, then by host. */
  list(): Promise<ShortDomain[]>
  byHost(host: string): Promise<ShortDomain | null>
  default(): Promise<ShortDomain>
  /** Rejects with `taken` where the host is known. */
  create(domain: Omit<ShortDomain, 'id' | 'isDefault'>): Promise<ShortDomain>
  /** Rejects with `not_found`. */
  update(id: number, change: Changes<Pick<ShortDomain, 'fallbackUrl'>>): Promise<ShortDomain>
}

export interface LinkStore {
  /**
   * Makes a link. Slug (`parseSlug`) and addresses (`parseDestination`) come as those gave them; without a slug one is
   * made. Rejects with `slug_taken`, archived links included, with `not_found` for an unknown domain.
   */
  create(link: NewLink): Promise<Link>
  byId(id: number): Promise<Link | null>
  /** The links there are among these, in no particular order. */
  byIds(ids: readonly number[]): Promise<Link[]>
  /** `domain` is a host as `Link.domain`, `key` what `slugKey` gives. Archived links are found too. */
  bySlug(domain: string, key: string): Promise<Link | null>
  /** Newest first. Rejects with `bad_cursor` for a cursor that no list gave. */
  list(query: LinkQuery): Promise<LinkPage>
  /**
   * Edits a link: version and revision grow, also when nothing differs. Rejects with `not_found`, `version_conflict`
   * (somebody else edited it since `expectedVersion`), `slug_taken`, or `slug_fixed` once it has been clicked.
   */
  update(id: number, change: LinkChange, expectedVersion?: number): Promise<Link>
  /** The link stops redirecting, its slug stays taken and its figures stay. `update` with another state restores it. */
  archive(id: number): Promise<Link>
  /** Records that these links have been clicked by now, from when on their slugs are fixed. Cheap to repeat. */
  markClicked(ids: readonly number[]): Promise<void>
  /**
   * The links edited after `revision`, oldest edit first, at most `limit`, and the revision to go on from. Deliver
   * until `links` comes back shorter than `limit`; 0 begins with all links. A link that changed its slug comes under
   * its id with the new one. A domain's host changes only when the store is opened, and its links do not come again.
   */
  changedSince(revision: number, limit: number): Promise<{ links: Link[]; revision: number }>
  /** The counter: moves when a site, domain, link or key has changed. One look-up of one row, made to be polled. */
  latestRevision(): Promise<number>
}

export interface RuleStore {
  /** The lists of all sites that ever had a rule. */
  all(): Promise<RuleList[]>
  /** A site's list; revision 0 where it never had a rule. */
  of(siteId: number): Promise<RuleList>
  /**
   * Changes a site's list as a whole: `change` gets the rules as they are and gives them as they shall be, in order;
   * those without an id get one. The revision grows where anything differs. Rejects with `not_found` for the site or
   * for a rule's id, with `version_conflict` where the list is no longer at `expectedRevision`, and with what `change`
   * throws.
   */
  change(
    siteId: number,
    change: (current: readonly Rule[]) => readonly RuleDraft[],
    expectedRevision?: number,
  ): Promise<RuleList>
}

/** A site's own rules in their order. */
export interface RuleList {
  siteId: number
  revision: number
  rules: readonly Rule[]
}

/** A list that each site keeps and that is read and changed as a whole. */
export interface SiteListStore<Item extends { id: number }> {
  /** A site's list; revision 0 where it never had an item. */
  of(siteId: number): Promise<SiteList<Item>>
  /**
   * Changes a site's list: `change` gets the items as they are and gives them as they shall be, in order; those whose id
   * is null get one that the site never had. The revision grows where anything differs. Rejects with `not_found` for
   * the site or for an item's id, with `version_conflict` where the list is no longer at `expectedRevision`, and with
   * what `change` throws.
   */
  change(
    siteId: number,
    change: (current: readonly Item[]) => readonly (Omit<Item, 'id'> & { id: number | null })[],
    expectedRevision?: number,
  ): Promise<SiteList<Item>>
}

export interface SiteList<Item> {
  siteId: number
  revision: number
  items: readonly Item[]
}

/**
 * Makes every conversion that is told count once: it is entered here, then written to a spool, then checked off. What
 * was entered and not checked off is written again, under the same hit id.
 */
export interface ConversionLedger {
  /**
   * Enters what a site is told, in order and as one transaction: what each changes is decided (`decideConversion`) with
   * those before it already entered. What is new or replaces is pending from then on.
   *
   * @param now Unix milliseconds
   * @returns a verdict for each
   */
  enter(siteId: number, entries: readonly ConversionEntry[], now: number): Promise<ConversionVerdict[]>
  /** What was told under these keys, by key. */
  find(siteId: number, keys: readonly string[]): Promise<Map<string, KnownConversion>>
  /** Checks off what is in a spool. One that a higher version has replaced meanwhile stays as that left it. */
  spooled(siteId: number, told: readonly Pick<ToldConversion, 'key' | 'version'>[]): Promise<void>
  /** What was told before an instant (Unix milliseconds) and is still pending, oldest first. */
  pending(before: number, limit: number): Promise<PendingConversion[]>
}

export interface ConversionEntry {
  told: ToldConversion
  fingerprint: string
}

export interface PendingConversion {
  siteId: number
  told: ToldConversion
}

export interface SaltStore {
  /**
   * The salt of a site's local day (`YYYY-MM-DD`), 32 random bytes, made where there is none: whoever asks, in
   * whatever process, gets the same. `now` in Unix milliseconds. Do not ask for a day that `deleteBefore` has had:
   * another salt would be made.
   */
  forDay(siteId: number, day: string, now: number): Promise<Buffer>
  /** Forgets a site's salts of the days before `day`. */
  deleteBefore(siteId: number, day: string): Promise<void>
}

export interface KeyStore {
  /** The key that signs click ids, 32 random bytes, made where there is none; the same for every process. */
  current(): Promise<Buffer>
  /** The key before, which is still accepted; null before the first `rotate`. */
  previous(): Promise<Buffer | null>
  /** Makes a new key; the current one becomes the previous one, which is forgotten. */
  rotate(): Promise<void>
}

/** The fields of a link that people write. */
export interface LinkFields
  extends Omit<
    Link,
    | 'id'
    | 'siteId'
    | 'domain'
    | 'slug'
    | 'slugKey'
    | 'utm'
    | 'version'
    | 'createdAt'
    | 'updatedAt'
    | 'archivedAt'
  > {
  utm: UtmValues
}

/** `utm` may hold only the values to change; `''` takes one away. */
export type LinkChange = Changes<Omit<LinkFields, 'utm'> & { slug: string; utm: Changes<UtmValues> }>

/** What is left out gets its default; `siteId` the domain's site. */
export type NewLink = { domainId: number; destination: string } & Changes<{ siteId: number }> &
  Omit<LinkChange, 'destination'>

/** Any of the fields; what is left out or undefined stays as it is. */
export type Changes<Fields> = { [Field in keyof Fields]?: Fields[Field] | undefined }

export interface LinkQuery {
  siteId?: number | undefined
  /** Part of the slug, destination, title or utm campaign, whatever the case. */
  search?: string | undefined
  /** Without it: all. */
  states?: readonly LinkState[] | undefined
  /** Whole tag, whatever the case. */
  tag?: string | undefined
  /** `nextCursor` of the page before. */
  cursor?: string | undefined
  limit: number
}

export interface LinkPage {
  data: Link[]
  nextCursor: string | null
}
