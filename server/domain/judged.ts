import type { Consent, EventFacts, HitKind, Outcome, RawHit } from './hit.ts'

/**
 * What the rules say of a hit: a pure function of the raw hit, of its neighbours in time and of the rules in force
 * (`rulesVersion`). Reports read only this; it can be made again for any (site, day) from `raw_hits`.
 */
export interface JudgedHit {
  siteId: number
  /** The site's local day, `YYYY-MM-DD`. */
  day: string
  time: number
  kind: HitKind
  hitId: string
  visitor: string
  traffic: Traffic
  /** Why the hit is not a person's, from the closed list in `domain/bots`; empty for people. */
  trafficReason: string
  outcome: Outcome
  /** An entry pageview: its referrer is absent or of another site. Counts as an arrival when `traffic` is person. */
  entry: boolean
  /** One of `CHANNELS`, or a name of the site's own. */
  channel: string
  /** By organic channels only; paid channels stand in Other. */
  side: Side
  /** With the paid channels added to both sides. */
  sideWithPaid: Side
  source: string
  medium: string
  campaign: string
  term: string
  content: string
  /** The rule that decided channel and source: a built-in one by its name, one of the site's own as `site:<id>`. */
  channelRule: string
  /** What the built-in rules said, where a rule of the site's own decided; empty elsewhere. */
  baseChannel: Channel | ''
  baseSource: string
  platform: string
  placement: string
  paid: RawHit['paid']
  postId: string
  campaignId: string
  linkId: number
  /** `domain/slug`; empty for pageviews that no link brought. */
  link: string
  /** `host/path` by `landingPage`: of the destination for clicks, of the page for pageviews. */
  landingPage: string
  country: string
  device: string
  browser: string
  os: string
  /** What the click id of a pageview turned out to be; `expired` is one that came late, by an address passed on. */
  landing: 'verified' | 'forged' | 'expired' | ''
  /** The random part of a click id (`clickKey`), of clicks and of what brought a genuine one back; `0` elsewhere. */
  clickKey: string
  /** When the redirect was that made the id, Unix milliseconds; 0 where there is none. */
  clickedAt: number
  /** The app whose own browser it was. */
  inApp: string
  consent: Consent
  /** The key that the same visitor had until a moment ago. */
  previousVisitor: string
  /** The address's own utm values between bars, in small letters; `''` where it has none. */
  utmValues: string
  /** What an event, an engagement or a conversion tells. */
  event: EventFacts | null
  /** Host of the referring page, or the referring app's id, for a site's own rules to test. */
  referrerHost: string
  /** Names of click ids in small letters, between spaces. */
  clickIdKinds: string
  /** Of the built-in rules and of the site's own (`rulesVersion`). */
  rulesVersion: number
}

/** Who sent a hit. Only `person` is counted by default. */
export type Traffic = 'person' | 'bot' | 'preview' | 'prefetch' | 'head'

export type Side = 'Search' | 'Social' | 'Other'

/** Google's default channel group, in its order, plus AI Assistants. */
export const CHANNELS = [
  'Direct',
  'Cross-network',
  'Paid Shopping',
  'Paid Search',
  'Paid Social',
  'Paid Video',
  'Display',
  'Paid Other',
  'Organic Shopping',
  'Organic Social',
  'Organic Video',
  'Organic Search',
  'AI Assistants',
  'Referral',
  'Email',
  'Affiliates',
  'Audio',
  'SMS',
  'Mobile Push Notifications',
  'Unassigned',
] as const
export type Channel = (typeof CHANNELS)[number]
