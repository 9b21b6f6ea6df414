import type { BurstReason } from './bots/burst.ts'
import type { TrafficFacts } from './bots/facts.ts'
import {
  burstVerdict,
  createTrafficDetector,
  type TrafficInput,
  type TrafficVerdict,
} from './bots/traffic.ts'
import { createClassifier } from './channels/classifier.ts'
import type { ChannelFacts } from './channels/facts.ts'
import { createDeviceReader } from './device/device.ts'
import type { Paid, RawHit, UtmValues } from './hit.ts'
import type { JudgedHit } from './judged.ts'
import { clickKey } from './links/click-id.ts'
import type { Link } from './links/link.ts'
import { remember } from './remember.ts'
import { NO_RULES, relabel, ruleName, type SiteRules } from './rules/compile.ts'
import { clickIdKindsText, type RuleFacts, referrerHost } from './rules/facts.ts'
import type { Site } from './site.ts'
import type { LocalDays } from './time/local-day.ts'
import { landingPage } from './urls/landing-page.ts'
import { queryOf, readRef } from './urls/query-values.ts'

/** Grows whenever the same raw hit may be judged otherwise than before: by code or by a table of facts. */
export const RULES_VERSION = 2

export interface JudgeContext {
  site: Site
  /** The days of the site's zone. */
  days: LocalDays
  /**
   * What the click id of a pageview or conversion turned out to be, the link it names where it is genuine, and when
   * that was clicked (Unix milliseconds, 0 where the id does not say).
   */
  landing: { verdict: JudgedHit['landing']; link: Link | null; clickedAt: number }
  /** The site's own rules; none where it is left out. */
  rules?: SiteRules
  /** What its neighbours in time make of a click (`burstsOf`). */
  burst?: BurstReason | undefined
}

export interface Judge {
  /** What the rules say of one hit: pure, so the same raw hit and context always give the same. */
  judge(hit: RawHit, context: JudgeContext): JudgedHit
  /** Person or machine by one hit alone, with what this judge keeps in memory. */
  trafficOf(input: TrafficInput): TrafficVerdict
}

interface LinkSays {
  platform: string
  paid: Paid
  placement: string
  postId: string
  campaignId: string
  linkId: number
  link: string
}

/** Revisions of a site's own rules that a rules version can tell apart. */
const REVISIONS = 1_000_000

/** The version of a judgement: the built-in rules' in millions, and the revision of the site's own. */
export function rulesVersionOf(revision: number): number {
  return RULES_VERSION * REVISIONS + (revision % REVISIONS)
}

/** Pages remembered for each site at once. */
const PAGE_CACHE_SIZE = 20_000
/** Hosts of one site's pages: a handful. */
const HOST_CACHE_SIZE = 1_000
/** Referrers remembered for all sites together. */
const REFERRER_CACHE_SIZE = 20_000
/** What another system reports was somebody's doing. */
const TOLD = { traffic: 'person', reason: '' } as const
const NO_LINK: LinkSays = {
  platform: '',
  paid: '',
  placement: '',
  postId: '',
  campaignId: '',
  linkId: 0,
  link: '',
}

/**
 * Makes a judge from the tables of facts (`loadFacts`). It keeps bounded caches by user agent, referrer and page;
 * one judge serves all sites.
 */
export function createJudge(facts: ChannelFacts & TrafficFacts): Judge {
  const classify = createClassifier(facts)
  const trafficOf = createTrafficDetector(facts)
  const deviceOf = createDeviceReader()
  const referrerHostOf = remember(REFERRER_CACHE_SIZE, referrerHost)
  const pages = new WeakMap<Site, (url: string) => string>()
  const pageHosts = new WeakMap<Site, (host: string) => readonly string[]>()

  function pageOf(site: Site): (url: string) => string {
    const known = pages.get(site)
    if (known) return known
    const keys = new Set(site.pageKeys)
    const page = remember(PAGE_CACHE_SIZE, (url) => landingPage(url, keys))
    pages.set(site, page)
    return page
  }

  /** The host that sent a page is the site's own, also where a log of it was imported before anyone said so. */
  function ownHosts(site: Site, hit: RawHit): readonly string[] {
    if (hit.kind === 'click' || hit.host === '') return site.hostnames
    let hosts = pageHosts.get(site)
    if (!hosts) {
      hosts = remember(HOST_CACHE_SIZE, (host) =>
        site.hostnames.includes(host) ? site.hostnames : [...site.hostnames, host],
      )
      pageHosts.set(site, hosts)
    }
    return hosts(hit.host)
  }

  return {
    trafficOf,

    judge(hit, { site, days, landing, rules = NO_RULES, burst }) {
      const alone = hit.kind === 'conversion' ? TOLD : trafficOf(hit)
      const verdict = burst !== undefined && alone.traffic === 'person' ? burstVerdict(burst) : alone
      const says = hit.kind === 'click' ? clickedLink(hit) : landedLink(landing)
      const label = classify({
        link: says === NO_LINK ? null : says,
        utm:
          hit.kind === 'click' || !landing.link || says === NO_LINK
            ? hit.utm
            : filled(hit.utm, landing.link.utm),
        ref: readRef(queryOf(hit.url)),
        clickIdKinds: hit.clickIdKinds,
        referrer: hit.referrer,
        userAgent: hit.userAgent,
        headers: hit.headers,
        siteHosts: ownHosts(site, hit),
      })
      const { device, browser, os } = deviceOf(hit.userAgent, hit.headers)
      const facts: RuleFacts = {
        channel: label.channel,
        source: label.source,
        medium: label.medium,
        campaign: label.campaign,
        platform: label.platform,
        referrerHost: referrerHostOf(hit.referrer),
        landingPage: pageOf(site)(hit.kind === 'click' ? hit.destination : hit.url),
        clickIdKinds: clickIdKindsText(hit.clickIdKinds),
        country: hit.country,
        link: says.link,
      }
      const own = rules.first(facts)
      const { channel, side, sideWithPaid, source } = own ? relabel(label, own.then) : label
      return {
        siteId: hit.siteId,
        day: days.dayOf(hit.time),
        time: hit.time,
        kind: hit.kind,
        hitId: hit.hitId,
        visitor: hit.visitor,
        traffic: verdict.traffic,
        trafficReason: verdict.reason,
        outcome: hit.outcome,
        entry:
          hit.kind === 'pageview' && (label.referrerKind === 'none' || label.referrerKind === 'external'),
        channel,
        side,
        sideWithPaid,
        source,
        medium: label.medium,
        campaign: label.campaign,
        term: label.term,
        content: label.content,
        channelRule: own ? ruleName(own) : label.rule,
        baseChannel: own ? label.channel : '',
        baseSource: own ? label.source : '',
        platform: label.platform,
        placement: says.placement,
        paid: says.paid,
        postId: says.postId,
        campaignId: says.campaignId,
        linkId: says.linkId,
        link: says.link,
        landingPage: facts.landingPage,
        country: hit.country,
        device,
        browser,
        os,
        landing: hit.kind === 'pageview' ? landing.verdict : '',
        clickKey: hit.kind === 'click' || landing.clickedAt > 0 ? clickKey(hit.clickId) : '0',
        clickedAt: hit.kind === 'click' && hit.clickId !== '' ? hit.time : landing.clickedAt,
        inApp: label.inApp,
        consent: hit.consent,
        previousVisitor: hit.previousVisitor,
        utmValues: utmText(hit.utm),
        event: hit.event,
        referrerHost: facts.referrerHost,
        clickIdKinds: facts.clickIdKinds,
        rulesVersion: rulesVersionOf(rules.revision),
      }
    },
  }
}

/** A click says itself what its link said at that moment; imported ones only know the address. */
function clickedLink(hit: RawHit): LinkSays {
  const { platform, paid, placement, postId, campaignId, linkId } = hit
  return {
    platform,
    paid,
    placement,
    postId,
    campaignId,
    linkId,
    link: hit.slug === '' ? '' : `${hit.host}/${hit.slug}`,
  }
}

function landedLink(landing: JudgeContext['landing']): LinkSays {
  const { link } = landing
  // An id that comes late was passed on: the link is still what brought the visit.
  if (!link || (landing.verdict !== 'verified' && landing.verdict !== 'expired')) return NO_LINK
  return {
    platform: link.platform ?? '',
    paid: link.paid ?? '',
    placement: link.placement ?? '',
    postId: link.postId ?? '',
    campaignId: link.campaignId ?? '',
    linkId: link.id,
    link: `${link.domain}/${link.slug}`,
  }
}

function utmText({ source, medium, campaign, term, content }: UtmValues): string {
  if (source === '' && medium === '' && campaign === '' && term === '' && content === '') return ''
  return `${source}|${medium}|${campaign}|${term}|${content}`.toLowerCase()
}

/** A page may have lost its tags on the way (a redirect, a router): what the link carried stands in for them. */
function filled(sent: UtmValues, link: UtmValues): UtmValues {
  return sent.source === '' && sent.medium === '' && sent.campaign === '' ? link : sent
}
