import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { BurstReason } from '../domain/bots/burst.ts'
import type { RawHit } from '../domain/hit.ts'
import type { Judge } from '../domain/judge.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { type ClickIdSigner, createClickIdSigner } from '../domain/links/click-id.ts'
import type { Link } from '../domain/links/link.ts'
import { compileRules, NO_RULES, type SiteRules } from '../domain/rules/compile.ts'
import type { Rule } from '../domain/rules/rule.ts'
import type { Site } from '../domain/site.ts'
import { type LocalDays, localDays } from '../domain/time/local-day.ts'

/** What enrichment needs of the control store. */
export interface EnrichStore {
  sites: { list(): Promise<Site[]> }
  links: { byIds(ids: readonly number[]): Promise<Link[]> }
  /** Of the sites that ever had rules of their own. */
  rules: { all(): Promise<{ siteId: number; revision: number; rules: readonly Rule[] }[]> }
  keys: { current(): Promise<Uint8Array>; previous(): Promise<Uint8Array | null> }
}

/** Turns raw hits into judged ones with what the control store knows of their site and link. */
export interface Enricher {
  /** Reads sites, their rules and keys anew, now; the sites. */
  refresh(): Promise<Site[]>
  /** Fetches what judging these hits needs; rejects while the control store does not answer. */
  prepare(hits: readonly RawHit[]): Promise<void>
  /** Judges one prepared hit; a click also by what its neighbours in time make of it, where that is known. */
  judge(hit: RawHit, burst?: BurstReason): JudgedHit
  /** Person or machine by one hit alone. */
  trafficOf: Judge['trafficOf']
  /** The days of a site's zone as hits are judged into them. */
  daysOf(siteId: number): LocalDays
}

/** A landing is believed for a day after its click. */
const LANDING_MS = 24 * 3_600_000
/** Clocks of two edges may differ: a landing this much before its click is still one. */
const CLOCK_SKEW_MS = 60_000
/** Sites, their rules and keys are read again after this long, so that an edit reaches the loader. */
const REFRESH_MS = 2_000
const CACHED_LINKS = 50_000

interface SiteContext {
  site: Site
  days: LocalDays
  rules: SiteRules
}

export function createEnricher(judge: Judge, store: EnrichStore): Enricher {
  let sites = new Map<number, SiteContext>()
  let signer: ClickIdSigner | null = null
  let refreshedAt = 0
  const links = new LRUCache<number, Link>({ max: CACHED_LINKS, ttl: 60_000 })

  async function refresh(): Promise<Site[]> {
    const fresh = new Map<number, SiteContext>()
    const lists = new Map((await store.rules.all()).map((list) => [list.siteId, list]))
    for (const site of await store.sites.list()) {
      // An unchanged site stays the same object: the judge keeps what it has worked out for one.
      const known = sites.get(site.id)
      const same = known && JSON.stringify(known.site) === JSON.stringify(site)
      const { site: unchanged, days } = same ? known : { site, days: localDays(site.timezone) }
      const list = lists.get(site.id)
      const rules =
        known && known.rules.revision === (list?.revision ?? 0)
          ? known.rules
          : compileRules(list?.rules ?? [], list?.revision)
      fresh.set(site.id, { site: unchanged, days, rules })
    }
    signer = createClickIdSigner({
      current: await store.keys.current(),
      previous: await store.keys.previous(),
    })
    sites = fresh
    refreshedAt = Date.now()
    return [...fresh.values()].map(({ site }) => site)
  }

  function contextOf(siteId: number): SiteContext {
    return sites.get(siteId) ?? unknownSite(siteId)
  }

  function landingOf(hit: RawHit) {
    if (!mayLand(hit)) return { verdict: '', link: null, clickedAt: 0 } as const
    const read = signer?.read(hit.clickId)
    if (read?.verdict !== 'valid') return { verdict: 'forged', link: null, clickedAt: 0 } as const
    const age = hit.time - read.time
    const inTime = read.kind === 'link' || (age >= -CLOCK_SKEW_MS && age <= LANDING_MS)
    const link = links.get(read.linkId) ?? null
    return { verdict: inTime ? 'verified' : 'expired', link, clickedAt: read.time } as const
  }

  return {
    refresh,

    async prepare(hits) {
      if (Date.now() - refreshedAt >= REFRESH_MS) await refresh()
      const wanted = new Set<number>()
      for (const hit of hits) {
        if (!mayLand(hit)) continue
        const read = signer?.read(hit.clickId)
        if (read?.verdict === 'valid' && !links.has(read.linkId)) wanted.add(read.linkId)
      }
      if (wanted.size === 0) return
      for (const link of await store.links.byIds([...wanted])) links.set(link.id, link)
    },

    judge(hit, burst) {
      return judge.judge(hit, { ...contextOf(hit.siteId), landing: landingOf(hit), burst })
    },

    trafficOf: judge.trafficOf,
    daysOf: (siteId) => contextOf(siteId).days,
  }
}

/** A page or a report that brings a click id back. */
function mayLand(hit: RawHit): boolean {
  return (hit.kind === 'pageview' || hit.kind === 'conversion') && hit.clickId !== ''
}

/** Hits judged at a time before other work of the process gets its turn. */
const STRETCH = 1_000

/**
 * Judges hits in order; rejects while the control store does not answer.
 *
 * @param bursts by hit id, what `findBursts` found among them; without it each is judged alone.
 */
export async function judgeAll(
  enricher: Enricher,
  hits: readonly RawHit[],
  bursts?: ReadonlyMap<string, BurstReason>,
): Promise<JudgedHit[]> {
  const judged: JudgedHit[] = []
  for (let from = 0; from < hits.length; from += STRETCH) {
    const stretch = hits.slice(from, from + STRETCH)
    await enricher.prepare(stretch)
    for (const hit of stretch) judged.push(enricher.judge(hit, bursts?.get(hit.hitId)))
    await yieldToOthers()
  }
  return judged
}

const unknownSites = new Map<number, SiteContext>()

/** A hit of a site that the control store does not know is still kept, in UTC days. */
function unknownSite(id: number): SiteContext {
  let context = unknownSites.get(id)
  if (!context) {
    const site: Site = {
      id,
      name: '',
      hostnames: [],
      timezone: 'UTC',
      currency: '',
      pageKeys: [],
      keepClickIds: false,
    }
    context = { site, days: localDays('UTC'), rules: NO_RULES }
    unknownSites.set(id, context)
  }
  return context
}
