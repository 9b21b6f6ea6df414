import { LRUCache } from 'lru-cache'
import type { Link } from '../domain/links/link.ts'
import { type ClockEntry, createClockCache } from './clock-cache.ts'
import { type LinkAtHand, shapeOf } from './link-route.ts'
import { createTermsPool } from './link-terms.ts'

/** How a look-up beyond the cache ends: `null` for a slug that nobody made. */
export type LoadLink = (host: string, slugKey: string) => Promise<Link | null>

export interface LinkCache {
  /** What is known of a slug without asking: a link, `null` for nobody's, `undefined` where one has to `load`. */
  get(host: string, slugKey: string): CachedLink | null | undefined
  /** Asks the store, once for all who ask at the same time. Rejects while the store is away; that is never cached. */
  load(host: string, slugKey: string): Promise<CachedLink | null>
  /** Takes in edits: from now on nothing older is answered, not even by look-ups already under way. */
  apply(links: readonly Link[]): void
  clear(): void
  size(): number
}

/** What is kept of a link: no title, notes and tags. */
export interface CachedLink extends ClockEntry, LinkAtHand {}

export interface LinkCacheOptions {
  load: LoadLink
  maxLinks: number
  maxUnknown: number
}

/** An edit can overtake a look-up; after as many repetitions the answer is given and not kept. */
const MAX_RELOADS = 3

/**
 * A bounded cache of links, and one of slugs that nobody made. Entries do not age: `apply` is told of every edit, and
 * a look-up that was under way while edits came in is made again.
 */
export function createLinkCache(options: LinkCacheOptions): LinkCache {
  const links = createClockCache<CachedLink>(options.maxLinks)
  const unknown = new LRUCache<string, true>({ max: options.maxUnknown })
  const termsOf = createTermsPool(options.maxUnknown)
  const underWay = new Map<string, Promise<CachedLink | null>>()
  let edits = 0

  function cachedLink(link: Link): CachedLink {
    const { id, version, destination, slugKey } = link
    const terms = termsOf(link)
    const shape = shapeOf(destination, terms)
    // One literal: a spread among its fields would double the weight of each link.
    return {
      host: terms.host,
      slugKey,
      used: false,
      slot: 0,
      id,
      version,
      destination,
      shape,
      terms,
      privateDestination: '',
      privateBy: null,
    }
  }

  async function ask(host: string, slugKey: string): Promise<CachedLink | null> {
    for (let attempt = 0; ; attempt++) {
      const before = edits
      const link = await options.load(host, slugKey)
      const entry = link && cachedLink({ ...link, domain: host })
      if (edits === before) {
        if (entry) links.set(entry)
        else unknown.set(nameOf(host, slugKey), true)
        return entry
      }
      if (attempt === MAX_RELOADS) return entry
    }
  }

  return {
    get(host, slugKey) {
      return links.get(host, slugKey) ?? (unknown.get(nameOf(host, slugKey)) ? null : undefined)
    },
    load(host, slugKey) {
      const name = nameOf(host, slugKey)
      const running = underWay.get(name)
      if (running) return running
      const asked = ask(host, slugKey).finally(() => underWay.delete(name))
      underWay.set(name, asked)
      return asked
    },
    apply(changed) {
      if (changed.length > 0) edits++
      /** Edited links that are not known by their name: perhaps by the one they had before. */
      const elsewhere = new Set<number>()
      for (const link of changed) {
        unknown.delete(nameOf(link.domain, link.slugKey))
        const known = links.get(link.domain, link.slugKey)
        if (known?.id === link.id) links.set(cachedLink(link))
        else elsewhere.add(link.id)
      }
      if (elsewhere.size === 0) return
      for (const entry of links.entries()) {
        if (elsewhere.has(entry.id)) links.delete(entry.host, entry.slugKey)
      }
    },
    clear() {
      edits++
      links.clear()
      unknown.clear()
    },
    size: links.size,
  }
}

function nameOf(host: string, slugKey: string): string {
  return `${host}/${slugKey}`
}
