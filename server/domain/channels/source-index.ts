import { LRUCache } from 'lru-cache'
import { parse } from 'tldts'
import {
  DECORATING_WORDS,
  MAIL_LABELS,
  MAILING_WORDS,
  MOBILE_LABELS,
  PAYING_WORDS,
} from '../../facts/words.ts'
import { withoutWww } from '../urls/landing-page.ts'
import type { Category, ChannelFacts, HostFact } from './facts.ts'

/** A source by its one name. */
export interface Source {
  name: string
  category: Category | ''
  /** The name it arrived under says that it was paid for. */
  paid: boolean
  searchTerms: readonly string[]
  /** It was recognised as a host rather than as a word. */
  host: boolean
}

export function knownSource(
  name: string,
  category: Category | '',
  searchTerms: readonly string[] = [],
): Source {
  return { name, category, paid: false, searchTerms, host: true }
}

export function unknownSource(name: string, host: boolean): Source {
  return { name, category: '', paid: false, searchTerms: [], host }
}

export interface SourceIndex {
  /** A host (lower case) and path; an unknown host is a source of its own name, without a category. */
  ofHost(host: string, path: string): Source
  /** A word as tags write it, or null where it is unknown and no host. */
  ofName(name: string): Source | null
  /** An Android package or Apple store number. */
  ofApp(app: string): Source | null
}

/** `example.co.uk` for any host below it; hosts under a private suffix (`a.github.io`) stand for themselves. */
export function registrableDomain(host: string): string {
  return parse(host, { allowPrivateDomains: true }).domain ?? host
}

/** Distinct hosts, and hosts with paths, remembered at once; a busy site sees some thousands a month. */
const CACHE_SIZE = 20_000
const HOST_SHAPE = /^(?=.{3,253}$)(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+$/

export function createSourceIndex(facts: ChannelFacts): SourceIndex {
  const hosts = new Map<string, HostFact[]>()
  const sources = new Map<HostFact, Source>()
  for (const fact of facts.hosts) {
    const slash = fact.pattern.indexOf('/')
    const key = slash < 0 ? fact.pattern : fact.pattern.slice(0, slash)
    hosts.set(key, [...(hosts.get(key) ?? []), fact])
    const { source: name, category, searchTerms } = fact
    sources.set(fact, knownSource(name, category, searchTerms))
  }
  // The longest path prefix of a host is the first to be tried.
  for (const rows of hosts.values()) rows.sort((a, b) => b.pattern.length - a.pattern.length)

  const names = new Map<string, Source>()
  for (const { name, source, category, paid } of facts.names) {
    const key = squeeze(name)
    if (key !== '' && !names.has(key))
      names.set(key, { name: source, category, paid, searchTerms: [], host: false })
  }
  const apps = new Map(
    facts.apps.map(({ app, source, category }): [string, Source] => [app, knownSource(source, category)]),
  )

  const byHost = new LRUCache<string, Source | 'by path'>({ max: CACHE_SIZE })
  const byPath = new LRUCache<string, Source>({ max: CACHE_SIZE })
  let pathMattered = false

  function at(key: string, path: string, whole: boolean): Source | undefined {
    const rows = hosts.get(key)
    if (!rows) return undefined
    pathMattered ||= rows.some((row) => row.pattern.length > key.length)
    const fact = rows.find(
      (row) => (whole || row.match === 'domain') && pathMatches(row.pattern, key.length, path),
    )
    return fact && sources.get(fact)
  }

  function known(host: string, path: string): Source | undefined {
    const { domain, publicSuffix } = parse(host, { allowPrivateDomains: true })
    for (let name = host, whole = true; ; whole = false) {
      const found = at(name, path, whole) ?? (whole ? atCountry(name, path) : undefined)
      if (found) return found
      if (publicSuffix && name.length > publicSuffix.length) {
        const anySuffix = at(`${name.slice(0, -publicSuffix.length)}{}`, path, whole)
        if (anySuffix) return anySuffix
      }
      const dot = name.indexOf('.')
      if (domain === null || name === domain || dot < 0) return undefined
      const label = name.slice(0, dot)
      name = name.slice(dot + 1)
      // A mobile host is its desktop one: rows for one host alone hold for both.
      if (whole && MOBILE_LABELS.has(label)) {
        const desktop = known(name, path)
        if (desktop) return desktop
      }
    }
  }

  function atCountry(host: string, path: string): Source | undefined {
    const dot = host.indexOf('.')
    return dot === 2 || dot === 3 ? at(`{}${host.slice(dot)}`, path, true) : undefined
  }

  function ofHost(rawHost: string, path: string): Source {
    const cached = byHost.get(rawHost)
    if (cached !== undefined && cached !== 'by path') return cached
    const head = `${rawHost}${pathHead(path)}`
    const cachedByPath = cached && byPath.get(head)
    if (cachedByPath) return cachedByPath
    pathMattered = false
    const source = resolveHost(withoutWww(rawHost), path)
    byHost.set(rawHost, pathMattered ? 'by path' : source)
    if (pathMattered) byPath.set(head, source)
    return source
  }

  function resolveHost(host: string, path: string): Source {
    const found = known(host, path)
    if (found?.category === 'email') return found
    if (isMailHost(host)) {
      return knownSource(found ? `${found.name} Mail` : host, 'email')
    }
    return found ?? unknownSource(host, true)
  }

  function ofName(raw: string): Source | null {
    const name = raw.trim().toLowerCase()
    const direct = names.get(squeeze(name))
    if (direct) return HOST_SHAPE.test(name) ? { ...direct, host: true } : direct
    const bare = name.replace(/^(?:[a-z-]+:)?\/\//, '')
    const slash = bare.search(/[/?#]/)
    const authority = slash < 0 ? bare : bare.slice(0, slash)
    const host = authority.slice(authority.lastIndexOf('@') + 1)
    const app = apps.get(host)
    if (app) return app
    if (HOST_SHAPE.test(host)) return ofHost(host, slash < 0 ? '/' : bare.slice(slash))
    return decorated(name) ?? payingEnd(name)
  }

  /** `FACEBOOK_ADS`: words before the first decorating one name the source, and all after it must decorate. */
  function decorated(name: string): Source | null {
    const words = name.split(/[^\p{L}\p{N}+]+/u).filter((word) => word !== '')
    if (words.length < 2 || words.length > 8) return null
    for (let taken = Math.min(3, words.length - 1); taken > 0; taken--) {
      const rest = words.slice(taken)
      if (!rest.every((word) => DECORATING_WORDS.has(word) || PAYING_WORDS.has(word) || /^\d+$/.test(word)))
        continue
      const source = names.get(words.slice(0, taken).join(''))
      if (source) return rest.some((word) => PAYING_WORDS.has(word)) ? { ...source, paid: true } : source
    }
    // `paid-facebook`, `organic_instagram`
    const [first, ...others] = words
    const source = names.get(others.join(''))
    if (first !== undefined && source) {
      if (PAYING_WORDS.has(first)) return { ...source, paid: true }
      if (DECORATING_WORDS.has(first)) return source
    }
    return words.some((word) => MAILING_WORDS.has(word)) ? mailing(name) : null
  }

  /** `fbads`, `googlecpc`: a known name with a paying word at its end. */
  function payingEnd(name: string): Source | null {
    for (const word of PAYING_WORDS) {
      const source = name.endsWith(word) && names.get(squeeze(name.slice(0, -word.length)))
      if (source) return { ...source, paid: true }
    }
    return null
  }

  return { ofHost, ofName, ofApp: (app) => apps.get(app) ?? null }
}

/** A mailing that is called by its own name. */
function mailing(name: string): Source {
  return { name, category: 'email', paid: false, searchTerms: [], host: false }
}

/** `fb-ads`, `fb_ads` and `FB Ads` are one name, and so are `Yahoo!` and `yahoo`. */
function squeeze(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}+]+/gu, '')
}

/** At most two segments: as much of a path as the patterns hold. */
function pathHead(path: string): string {
  const second = path.indexOf('/', 1)
  const third = second < 0 ? -1 : path.indexOf('/', second + 1)
  return third < 0 ? path : path.slice(0, third)
}

function pathMatches(pattern: string, hostLength: number, path: string): boolean {
  if (pattern.length === hostLength) return true
  const prefix = pattern.slice(hostLength).replace(/\/$/, '')
  return path.startsWith(prefix) && /^(?:$|[/?#])/.test(path.slice(prefix.length, prefix.length + 1))
}

/** What providers number their machines by: `mail02`, `webmail1m`, `lightmailer-bap`. */
const MACHINE_NUMBER = /(?:\d{1,3}[a-z]?|-[a-z0-9]{1,6})$/

/** Any label below the registrable domain that webmail stands under: `sz0105.wc.mail.comcast.net`. */
function isMailHost(host: string): boolean {
  const domain = registrableDomain(host)
  if (host.length <= domain.length) return false
  return host
    .slice(0, host.length - domain.length - 1)
    .split('.')
    .some((label) => MAIL_LABELS.has(label) || MAIL_LABELS.has(label.replace(MACHINE_NUMBER, '')))
}
