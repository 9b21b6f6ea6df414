import type { ClickIdFact } from '../../facts/click-ids.ts'

/**
 * What kind of place a source is. `video` is social video (counts on the social side), `streaming` is not;
 * `referral` names a known site that is nothing else; `tool` publishes posts, `shortener` shortens links;
 * `payment` hosts send buyers back and never begin anything.
 */
export const CATEGORIES = [
  'search',
  'social',
  'video',
  'streaming',
  'shopping',
  'ai',
  'email',
  'referral',
  'tool',
  'shortener',
  'payment',
  'display',
  'affiliate',
  'audio',
  'sms',
  'push',
] as const
export type Category = (typeof CATEGORIES)[number]

/** A host, or a part of one, that is a known source. */
export interface HostFact {
  /** Host, lower case, without `www.`; `{}` stands for any public suffix at its end, for a country code at its start; a path prefix may follow. */
  pattern: string
  source: string
  category: Category
  /** `domain`: with all its subdomains; `host`: this host alone (and its `www.` and `m.`). */
  match: 'domain' | 'host'
  /** Query keys in which the engine sends search terms. */
  searchTerms: readonly string[]
}

/** A name that a source arrives under in `utm_source`, or as the platform of a link. */
export interface NameFact {
  name: string
  source: string
  category: Category
  /** The name itself says that the visit was paid for (`fb-ads`). */
  paid: boolean
}

/** An app, by its Android package or its number in Apple's store. */
export interface AppFact {
  app: string
  source: string
  category: Category
}

/** A token in the user agent of an app's own browser; the first that matches names the app. */
export interface InAppFact {
  token: string
  /** Empty where the app is somebody else's: a person, but no sign of a platform. */
  source: string
  category: Category | ''
}

/** The tables that the classifier reads. */
export interface ChannelFacts {
  hosts: readonly HostFact[]
  names: readonly NameFact[]
  apps: readonly AppFact[]
  inApp: readonly InAppFact[]
  clickIds: readonly ClickIdFact[]
}
