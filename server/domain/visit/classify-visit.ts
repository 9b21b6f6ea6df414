import type { TrafficFacts } from '../bots/facts.ts'
import {
  createTrafficDetector,
  ofRequest,
  type TrafficClass,
  type TrafficReason,
  type TrafficVerdict,
} from '../bots/traffic.ts'
import type { Classification, ClassifyInput } from '../channels/classification.ts'
import { createClassifier } from '../channels/classifier.ts'
import { explain } from '../channels/explain.ts'
import type { ChannelFacts } from '../channels/facts.ts'
import { parseReferrer } from '../channels/referrer.ts'
import { createDeviceReader } from '../device/device.ts'
import { rulesVersionOf } from '../judge.ts'
import type { Side } from '../judged.ts'
import { remember } from '../remember.ts'
import { NO_RULES, type RuledLabel, relabel, ruleName, type SiteRules } from '../rules/compile.ts'
import { clickIdKindsText, referrerHost } from '../rules/facts.ts'
import type { Rule } from '../rules/rule.ts'
import { landingPage } from '../urls/landing-page.ts'
import { clickIdKinds, queryOf, readRef, readUtm } from '../urls/query-values.ts'
import { botEvidence } from './bot-evidence.ts'
import { hintHeaders } from './hint-headers.ts'
import type { VisitInput } from './visit-input.ts'

/** What the rules say of one visit, and why. Texts are empty where there is nothing to say. */
export interface VisitLabel {
  /** A built-in channel, or one of the site's own where its rules say so. */
  channel: string
  /** By organic channels only. */
  side: Side
  sideWithPaid: Side
  source: string
  medium: string
  campaign: string
  term: string
  content: string
  /** Social network or video site; of a link preview without any other sign, the network that asked for it. */
  platform: string
  tool: string
  /** The click id in the address: the paid one of several. */
  clickIdKind: string
  inApp: string
  device: string
  browser: string
  os: string
  /** Null where the input says nothing of who sent it: no `userAgent`, not even an empty one. */
  bot: boolean | null
  botReason: TrafficReason
  botClass: TrafficClass
  /** Which evidence decided the channel; `site:<id>` for a rule of the site's own. */
  rule: string
  evidence?: VisitEvidence[]
  rulesVersion: number
}

/** A piece of evidence about the channel, strongest first, then one about the sender. One of each `about` decided. */
export interface VisitEvidence {
  about: 'channel' | 'bot'
  from: string
  value: string
  says: string
  decided: boolean
}

export interface VisitOptions {
  /** Whether to say why; without it a visit costs a fraction. */
  evidence?: boolean
  /** The site's own rules, which come first. What they ask of country and link is absent here. */
  rules?: SiteRules
}

export type VisitClassifier = (input: VisitInput, options?: VisitOptions) => VisitLabel

/** Longest referrer and user agent that are read, in characters; stored ones are cut at less. */
const MAX_TEXT = 2048
/** Sites whose hosts are remembered at once. */
const SITES = 100
const NO_KEYS: ReadonlySet<string> = new Set()

/**
 * Makes the function that labels a visit as the judge labels a click, from what anyone can paste: address, referrer,
 * user agent. Pure but for bounded caches; takes any text in any field and never throws.
 *
 * @example createVisitClassifier(loadFacts())({ url: 'https://cars.example/?utm_source=fb' }).channel // 'Organic Social'
 */
export function createVisitClassifier(facts: ChannelFacts & TrafficFacts): VisitClassifier {
  const classify = createClassifier(facts)
  const detect = createTrafficDetector(facts)
  const deviceOf = createDeviceReader()
  const paidKinds = new Set(facts.clickIds.filter(({ says }) => says === 'paid').map(({ name }) => name))
  // The same array for the same site: what the classifier derives from it is remembered by its identity.
  const siteHosts = remember(SITES, (hosts) => hosts.split('\n').filter((host) => host !== ''))

  return (input, { evidence: explained = true, rules = NO_RULES } = {}) => {
    const headers = headersOf(input)
    const userAgent = userAgentOf(input, headers)
    const method = input.method?.trim().toUpperCase() ?? ''
    const query = queryOf(input.url)
    const visit: ClassifyInput = {
      link: null,
      utm: readUtm(query),
      ref: readRef(query),
      clickIdKinds: clickIdKinds(query),
      referrer: (input.referrer ?? headers.referer ?? headers.referrer ?? '').slice(0, MAX_TEXT),
      userAgent: userAgent ?? '',
      headers,
      siteHosts: siteHosts([...(input.siteHosts ?? []), ownHost(input.url)].join('\n')),
    }
    const verdict =
      userAgent === null
        ? ofRequest({ method, headers })
        : detect({ kind: 'click', method, userAgent, headers })
    const label = classify(visit)
    const own = rules === NO_RULES ? null : ruleFor(rules, input.url, visit, label)
    const ruled: RuledLabel = own ? relabel(label, own.then) : label
    const answer: VisitLabel = {
      channel: ruled.channel,
      side: ruled.side,
      sideWithPaid: ruled.sideWithPaid,
      source: ruled.source,
      medium: label.medium,
      campaign: label.campaign,
      term: label.term,
      content: label.content,
      platform: label.platform || (verdict?.previewOf ?? ''),
      tool: label.tool,
      clickIdKind: visit.clickIdKinds.find((kind) => paidKinds.has(kind)) ?? visit.clickIdKinds[0] ?? '',
      inApp: label.inApp,
      ...deviceOf(visit.userAgent, headers),
      bot: verdict ? verdict.traffic !== 'person' : null,
      botReason: verdict?.reason ?? '',
      botClass: verdict?.class ?? '',
      rule: own ? ruleName(own) : label.rule,
      rulesVersion: rulesVersionOf(rules.revision),
    }
    if (explained) answer.evidence = evidence(visit, own, ruled, { userAgent, method, verdict })
    return answer
  }

  function evidence(
    visit: ClassifyInput,
    own: Rule | null,
    ruled: RuledLabel,
    sender: { userAgent: string | null; method: string; verdict: TrafficVerdict | null },
  ): VisitEvidence[] {
    const { userAgent, method, verdict } = sender
    const headers = visit.headers ?? {}
    const channel = explain(classify, visit).map((piece) => ({
      about: 'channel' as const,
      ...piece,
      decided: piece.decided && !own,
    }))
    const bot = botEvidence(detect, { userAgent, method, headers }, verdict).map((piece) => ({
      about: 'bot' as const,
      ...piece,
    }))
    const rule: VisitEvidence[] = own
      ? [
          {
            about: 'channel',
            from: 'site-rule',
            value: own.name,
            says: ruled.source === '' ? ruled.channel : `${ruled.channel}: ${ruled.source}`,
            decided: true,
          },
        ]
      : []
    return [...rule, ...channel, ...bot]
  }
}

function ruleFor(rules: SiteRules, url: string, visit: ClassifyInput, label: Classification): Rule | null {
  return rules.first({
    channel: label.channel,
    source: label.source,
    medium: label.medium,
    campaign: label.campaign,
    platform: label.platform,
    referrerHost: referrerHost(visit.referrer),
    landingPage: landingPage(url, NO_KEYS),
    clickIdKinds: clickIdKindsText(visit.clickIdKinds),
    country: '',
    link: '',
  })
}

/** Of a header that comes in two spellings, the last counts. */
function headersOf({ headers, clientHints }: VisitInput): Record<string, string> {
  const named: [string, string][] = Object.entries(headers ?? {}).map(([name, value]) => [
    name.trim().toLowerCase(),
    value.slice(0, MAX_TEXT),
  ])
  // No prototype: a header may be called `__proto__`.
  return Object.assign(Object.create(null), hintHeaders(clientHints), Object.fromEntries(named))
}

function userAgentOf({ userAgent }: VisitInput, headers: Record<string, string>): string | null {
  if (userAgent === undefined) return headers['user-agent'] ?? null
  return (userAgent ?? '').slice(0, MAX_TEXT)
}

/** The address's own host is the site's. */
function ownHost(url: string): string {
  const page = parseReferrer(url.slice(0, MAX_TEXT))
  return page.kind === 'web' || page.kind === 'local' ? page.host : ''
}
