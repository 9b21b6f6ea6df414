import type { ClickIdFact } from '../../facts/click-ids.ts'
import type { Paid } from '../hit.ts'
import { remember } from '../remember.ts'
import type { Classification, ClassifyInput } from './classification.ts'
import type { Category, ChannelFacts } from './facts.ts'
import { createInAppDetector } from './in-app.ts'
import { type Medium, presentValue, readMedium } from './medium.ts'
import { createOwnSite } from './own-site.ts'
import { parseReferrer } from './referrer.ts'
import { createSourceIndex, knownSource, type Source, unknownSource } from './source-index.ts'

/** Everything that a hit says about where it came from, each piece recognised, none yet weighed. */
export interface Reading {
  /** The platform that the link was made for; null where it names none. */
  platform: Source | null
  /** What the link says about payment. */
  linkPaid: Paid
  /** Whose paid click id the address carries, where it is to be believed. */
  paidId: Source | null
  /** What `utm_source` names; where it names a tool, the network that the tool published to, or else the tool. */
  tag: Source | null
  medium: Medium
  campaign: string
  /** Scheduling tool or shortener that the tags name. */
  tool: string
  /** What a `ref` or `source` key names, where it is known. */
  ref: Source | null
  /** Whose organic click id the address carries. */
  organicId: Source | null
  origin: Origin
  /** The platform of the app around the page. */
  app: Source | null
  /** That app's name. */
  appName: string
}

/** What the referrer names, once it is known to be another's. */
export interface Origin {
  state: Classification['referrerKind']
  source: Source | null
  query: string
}

const CACHE_SIZE = 10_000
/** Longest name of a source that a referrer may be. */
const MAX_WORD = 40
const UNTAGGED = readMedium('')
const NO_ORIGIN: Origin = { state: 'none', source: null, query: '' }
const META = new Set(['Facebook', 'Instagram', 'Messenger', 'Threads'])
/** Buffer signs every post that it tags. */
const BUFFER_POST = /^buffer[0-9a-f]{5}$/

/** Makes the function that reads a hit's evidence; tags, hosts and user agents seen before are remembered. */
export function createReader(facts: ChannelFacts): (input: ClassifyInput) => Reading {
  const index = createSourceIndex(facts)
  const isOwn = createOwnSite()
  const clickIds = new Map(facts.clickIds.map((fact) => [fact.name, fact]))
  const named = remember(CACHE_SIZE, index.ofName)
  const mediumOf = remember(CACHE_SIZE, readMedium)
  const inAppOf = remember(CACHE_SIZE, createInAppDetector(facts.inApp))

  return (input) => {
    const { utm, clickIdKinds } = input
    const origin = originOf(input)
    const inApp = appOf(input)
    const app = inApp?.category ? inApp : null
    const medium = utm.medium === '' ? UNTAGGED : mediumOf(utm.medium)
    const organic = clickIdOf(clickIdKinds, 'organic')
    const organicId = organic && organicIdSource(organic, origin.source, app)
    const published = tagged(utm.source)
    const tool = toolOf(published, medium, utm.content)
    const tag = isTool(published)
      ? (networkOf(medium) ?? organicId ?? network(origin.source) ?? network(app) ?? published)
      : published
    const paid = clickIdOf(clickIdKinds, 'paid')
    const platform = input.link ? tagged(input.link.platform) : null
    return {
      platform: isTool(platform) ? null : platform,
      linkPaid: input.link?.paid ?? '',
      paidId: paid && paidIdSource(paid, isTool(published) ? null : tag, origin.source),
      tag,
      medium,
      campaign: utm.campaign === '' ? '' : presentValue(utm.campaign),
      tool: tool === '' && isTool(platform) ? platform.name : tool,
      ref: input.ref ? named(input.ref) : null,
      organicId,
      origin,
      app,
      appName: inApp?.name ?? '',
    }
  }

  /** A tag's source: a known one, or the word itself. */
  function tagged(raw: string): Source | null {
    const value = raw === '' ? '' : presentValue(raw)
    return value === '' ? null : (named(value) ?? unknownSource(value.toLowerCase(), false))
  }

  function clickIdOf(kinds: readonly string[], says: ClickIdFact['says']): ClickIdFact | null {
    for (const kind of kinds) {
      const fact = clickIds.get(kind)
      if (fact?.says === says) return fact
    }
    return null
  }

  function toolOf(published: Source | null, medium: Medium, content: string): string {
    if (isTool(published)) return published.name
    const publisher = medium.name === '' || medium.social ? null : named(medium.name)
    if (isTool(publisher)) return publisher.name
    return BUFFER_POST.test(content) ? 'Buffer' : ''
  }

  /** Hootsuite's habit of naming the network in `utm_medium`. */
  function networkOf(medium: Medium): Source | null {
    return medium.name === '' || medium.social || medium.video ? null : network(named(medium.name))
  }

  function originOf(input: ClassifyInput): Origin {
    if (input.referrer === '') return NO_ORIGIN
    const referrer = parseReferrer(input.referrer)
    if (referrer.kind === 'none') return ofWord(input.referrer)
    if (referrer.kind === 'app') {
      const source = index.ofApp(referrer.app) ?? unknownSource(referrer.app, true)
      return { state: 'external', source, query: '' }
    }
    if (isOwn(referrer.host, input.siteHosts)) return { state: 'internal', source: null, query: '' }
    if (referrer.kind === 'local') return NO_ORIGIN
    const source = index.ofHost(referrer.host, referrer.path)
    if (source.category === 'payment') return { state: 'payment', source: null, query: '' }
    return { state: 'external', source, query: referrer.query }
  }

  /** Trackers and log files write a name where they knew one: `Facebook`, `email`. */
  function ofWord(referrer: string): Origin {
    const source = referrer.length > MAX_WORD ? null : named(referrer)
    return source && !source.host ? { state: 'external', source, query: '' } : NO_ORIGIN
  }

  function appOf(input: ClassifyInput): Source | null {
    const inApp = input.userAgent === '' ? null : inAppOf(input.userAgent)
    if (inApp) return knownSource(inApp.source, inApp.category)
    const wrapper = input.headers?.['x-requested-with']
    return wrapper ? index.ofApp(wrapper.toLowerCase()) : null
  }
}

function isTool(source: Source | null): source is Source {
  return source?.category === 'tool' || source?.category === 'shortener'
}

/** A source that can be what a tool published to. */
function network(source: Source | null): Source | null {
  return source && (source.category === 'social' || source.category === 'video') ? source : null
}

/** Meta's click id is the same in all its apps: referrer or app say which of them it was. */
function organicIdSource(fact: ClickIdFact, referrer: Source | null, app: Source | null): Source {
  if (META.has(fact.source)) {
    if (referrer && META.has(referrer.name)) return referrer
    if (app && META.has(app.name)) return app
  }
  return knownSource(fact.source, categoryOf(fact))
}

/**
 * Who was paid for a click. Google's ids stay in addresses that people copy, so they count only where the tagged
 * source, or else the referrer, is Google (or YouTube or Google's ads on other sites, which carry them too) or absent.
 */
function paidIdSource(fact: ClickIdFact, tag: Source | null, referrer: Source | null): Source | null {
  const claimed = tag ?? referrer
  if (fact.source === 'Google' && claimed) {
    if (claimed.name === 'YouTube' || claimed.category === 'display') return claimed
    if (!claimed.name.startsWith('Google')) return null
  }
  return knownSource(fact.source, categoryOf(fact))
}

function categoryOf(fact: ClickIdFact): Category | '' {
  return fact.category === 'other' ? '' : fact.category
}
