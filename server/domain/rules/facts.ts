import { parseReferrer } from '../channels/referrer.ts'
import type { RuleField } from './rule.ts'

/** What of a hit rules look at, as the warehouse keeps it beside the judged hit. */
export interface RuleFacts {
  /** The built-in rules' own. */
  channel: string
  source: string
  medium: string
  campaign: string
  platform: string
  /** Host of the referring page, or the referring app's id; lower case, empty where there is none. */
  referrerHost: string
  /** `host/path?keys`, or empty. */
  landingPage: string
  /** Names of click ids, in small letters, between spaces. */
  clickIdKinds: string
  country: string
  /** `domain/slug`, or empty. */
  link: string
}

/** Host of the page, or id of the app, that a referrer names. */
export function referrerHost(referrer: string): string {
  if (referrer === '') return ''
  const read = parseReferrer(referrer)
  if (read.kind === 'none' || read.kind === 'local') return ''
  return read.kind === 'web' ? read.host : read.app
}

/** Click id kinds as one text that the warehouse can keep. */
export function clickIdKindsText(kinds: readonly string[]): string {
  return kinds.length === 0 ? '' : kinds.map((kind) => kind.toLowerCase()).join(' ')
}

/** The path of a landing page: `/` for a front page, empty where there is no page. */
export function landingPath(landingPage: string): string {
  const query = landingPage.indexOf('?')
  const page = query < 0 ? landingPage : landingPage.slice(0, query)
  const slash = page.indexOf('/')
  return slash < 0 ? '' : page.slice(slash)
}

/** The text that a field's tests look at; the warehouse's `firstRuleSql` makes the same of its columns. */
export const TEXT_OF: Record<RuleField, (facts: RuleFacts) => string> = {
  channel: (facts) => facts.channel,
  source: (facts) => facts.source,
  medium: (facts) => facts.medium,
  campaign: (facts) => facts.campaign,
  platform: (facts) => facts.platform,
  referrer_host: (facts) => facts.referrerHost,
  landing_path: (facts) => landingPath(facts.landingPage),
  click_id_kind: (facts) => facts.clickIdKinds,
  country: (facts) => facts.country,
  link: (facts) => facts.link,
}
