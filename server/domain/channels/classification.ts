import type { Paid, UtmValues } from '../hit.ts'
import type { Channel, Side } from '../judged.ts'
import type { DecidedBy } from './channel-table.ts'

/** What the classifier looks at. Texts are as the hit keeps them; absent ones are empty. */
export interface ClassifyInput {
  /** What the short link says that brought the visit; null where none did. */
  link: { platform: string; paid: Paid } | null
  utm: UtmValues
  /** Value of a `ref` or `source` key of the address: counts only where it names a known source or a host. */
  ref?: string
  /** Third-party click ids in the address, by kind. */
  clickIdKinds: readonly string[]
  referrer: string
  userAgent: string
  /** Request headers by lower-case name; `x-requested-with` names the app around a web view. */
  headers?: Readonly<Record<string, string>>
  /** Hosts of the site; pass the same array for hits of one site, what is derived from it is remembered. */
  siteHosts: readonly string[]
}

export interface Classification {
  channel: Channel
  side: Side
  sideWithPaid: Side
  /** One name per source, whatever it arrived as; lower case where it is unknown, `''` where there is none. */
  source: string
  /** Lower case. Where no tag says one: `organic`, `email`, `ai-assistant`, `cpc`, `social` or `referral`. */
  medium: string
  campaign: string
  /** The tag's, else what a search engine still sent. */
  term: string
  content: string
  /** Social network or video site, lower case: `facebook`, `x`, `youtube`. */
  platform: string
  /** Scheduling tool or shortener that the tags name: `Hootsuite`, `Bitly`. */
  tool: string
  /** The app whose own browser it was, whether or not it decided anything. */
  inApp: string
  rule: ChannelRule
  /** Where the referrer leads: another site, one of the site's own hosts, a payment host that sends a buyer back. */
  referrerKind: 'none' | 'internal' | 'payment' | 'external'
}

/** Which evidence decided. */
export type ChannelRule =
  | 'link'
  | 'paid-click-id'
  | `utm-${DecidedBy}`
  | 'ref'
  | 'click-id'
  | 'referrer'
  | 'in-app'
  | 'internal'
  | 'payment'
  | 'direct'
