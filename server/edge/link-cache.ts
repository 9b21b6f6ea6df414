import { LRUCache } from 'lru-cache'
import type { Link } from '../domain/links/link.ts'
import type { Directory } from './directory.ts'
import type { LinkRoute } from './link-route.ts'
import { createTermsPool, type LinkTerms } from './link-terms.ts'

/** How a look-up beyond the cache ends: `null` for a slug that nobody made. */
export type LoadLink = (host: string, slugKey: string) => Promise<Link | null>

export interface LinkCache {
  /** What is known of a slug without asking: a link, `null` for nobody's, `undefined` where one has to `load`. */
  get(name: string): CachedLink | null | undefined
  /** Asks the store, once for all who ask at the same time. Rejects while the store is away; that is never cached. */
  load(name: string, host: string, slugKey: string): Promise<CachedLink | null>
  /** Takes in edits: from now on nothing older is answered, not even by look-ups already under way. */
  apply(links: readonly Link[]): void
  clear(): void
  size(): number
}

/** What is kept of a link (no title, notes and tags), with room for the route made of it (`link-routes.ts`). */
export interface CachedLink {
  readonly id: number
  readonly version: number
  readonly destination: string
  readonly terms: LinkTerms
  route: LinkRoute | null
  /** The directory that the route was made with. */
  madeWith: Directory | null
}

export interface LinkCacheOptions {
  load: LoadLink
  maxLinks: number
  maxUnknown: number
}

/** How a slug of a domain is called in the cache. */
export function cacheName(host: string, slugKey: string): string {
  return `${host}/${slugKey}`
}

/** An edit can overtake a look-up; after as many repetitions the answer is given and not kept. */
const MAX_RELOADS = 3

/**
 * A bounded cache of links, and one of slugs that nobody made. Entries do not age: `apply` is told of every edit, and
 * a look-up that was under way while edits came in is made again.
 */
export function createLinkCache(options: LinkCacheOptions): LinkCache {
  /** Under which name a link stands, so that an edited slug takes the old name away. */
  const names = new Map<number, string>()
  const links = new LRUCache<string, CachedLink>({
    max: options.maxLinks,
    dispose: (entry, name) => {
      if (names.get(entry.id) === name) names.delete(entry.id)
    },
  })
  const unknown = new LRUCache<string, true>({ max: options.maxUnknown })
  const termsOf = createTermsPool(options.maxUnknown)
  const underWay = new Map<string, Promise<CachedLink | null>>()
  let edits = 0

  function keep(name: string, entry: CachedLink): void {
    const old = names.get(entry.id)
    if (old !== undefined && old !== name) links.delete(old)
    unknown.delete(name)
    links.set(name, entry)
    names.set(entry.id, name)
  }

  function cachedLink(link: Link): CachedLink {
    const { id, version, destination } = link
    return { id, version, destination, terms: termsOf(link), route: null, madeWith: null }
  }

  async function ask(name: string, host: string, slugKey: string): Promise<CachedLink | null> {
    for (let attempt = 0; ; attempt++) {
      const before = edits
      const link = await options.load(host, slugKey)
      const entry = link && cachedLink(link)
      if (edits === before) {
        if (entry) keep(name, entry)
        else unknown.set(name, true)
        return entry
      }
      if (attempt === MAX_RELOADS) return entry
    }
  }

  return {
    get(name) {
      const entry = links.get(name)
      if (entry) return entry
      return unknown.get(name) ? null : undefined
    },
    load(name, host, slugKey) {
      const running = underWay.get(name)
      if (running) return running
      const asked = ask(name, host, slugKey).finally(() => underWay.delete(name))
      underWay.set(name, asked)
      return asked
    },
    apply(changed) {
      if (changed.length > 0) edits++
      for (const link of changed) {
        const name = cacheName(link.domain, link.slugKey)
        unknown.delete(name)
        const old = names.get(link.id)
        if (old === name) keep(name, cachedLink(link))
        else if (old !== undefined) links.delete(old)
      }
    },
    clear() {
      edits++
      links.clear()
      names.clear()
      unknown.clear()
    },
    size: () => links.size,
  }
}
