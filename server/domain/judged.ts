import type { HitKind, Outcome, RawHit } from './hit.ts'

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
  channel: Channel
  /** By organic channels only; paid channels stand in Other. */
  side: Side
  /** With the paid channels added to both sides. */
  sideWithPaid: Side
  source: string
  medium: string
  campaign: string
  term: string
  content: string
  /** The rule that decided the channel. */
  channelRule: string
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
  /** What the click id of a pageview turned out to be. */
  landing: 'verified' | 'forged' | 'expired' | ''
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
