import type { Channel } from '../judged.ts'
import type { Category } from './facts.ts'
import type { Medium } from './medium.ts'

export interface TableInput {
  category: Category | ''
  /** Some evidence names a source at all. */
  hasSource: boolean
  /** The source is a host rather than a word. */
  sourceIsHost: boolean
  medium: Medium
  /** As sent. */
  campaign: string
  /** Something beside the medium says that the visit was paid for. */
  paid: boolean
}

/** What of a tagged visit decided its channel. */
export type DecidedBy = 'source' | 'medium' | 'campaign' | 'nothing'

/** Google's pattern: `shop` that follows no letter other than `e`, so that a workshop is none. */
const SHOP = /(?:[^a-df-z]|^)shop|shopping/i
const CROSS_NETWORK = /cross-network/i
const MAX_CAMPAIGN = 255

/** Whether a campaign's name alone decides a channel, whatever stands beside it. */
export function campaignDecides(campaign: string): boolean {
  const name = campaign.slice(0, MAX_CAMPAIGN)
  return CROSS_NETWORK.test(name) || SHOP.test(name)
}

/**
 * Google Analytics 4's default channel group in its order, first match wins
 * (support.google.com/analytics/answer/9756891), with these decisions of ours:
 * an AI assistant as source is one whatever its medium says; a medium that names a family (`paid-social`) decides
 * where the source is unknown; what nothing matches is Referral where the source is a host, Unassigned otherwise.
 */
export function channelByTable(input: TableInput): [Channel, DecidedBy] {
  const { category, medium } = input
  const paid = input.paid || medium.paid
  const campaign = input.campaign.slice(0, MAX_CAMPAIGN)
  const shopping = category === 'shopping'
  const shopCampaign = campaign !== '' && SHOP.test(campaign)
  const unknown = category === ''
  const video = category === 'video' || category === 'streaming'

  if (CROSS_NETWORK.test(campaign)) return ['Cross-network', 'campaign']
  if (paid) {
    if (shopping) return ['Paid Shopping', 'source']
    if (shopCampaign) return ['Paid Shopping', 'campaign']
    if (category === 'search') return ['Paid Search', 'source']
    if (category === 'social' || category === 'tool') return ['Paid Social', 'source']
    if (video) return ['Paid Video', 'source']
  }
  if (category === 'display') return ['Display', 'source']
  if (unknown && medium.paid) {
    if (medium.social) return ['Paid Social', 'medium']
    if (medium.search) return ['Paid Search', 'medium']
    if (medium.shopping) return ['Paid Shopping', 'medium']
    if (medium.video) return ['Paid Video', 'medium']
  }
  if (medium.display) return ['Display', 'medium']
  if (paid) return ['Paid Other', 'medium']
  if (shopping) return ['Organic Shopping', 'source']
  if (shopCampaign) return ['Organic Shopping', 'campaign']
  if (category === 'social' || category === 'tool') return ['Organic Social', 'source']
  if (medium.social && !video) return ['Organic Social', 'medium']
  if (video) return ['Organic Video', 'source']
  if (medium.video) return ['Organic Video', 'medium']
  if (category === 'search') return ['Organic Search', 'source']
  if (category === 'ai') return ['AI Assistants', 'source']
  if (medium.organicSearch) return ['Organic Search', 'medium']
  if (medium.ai) return ['AI Assistants', 'medium']
  if (medium.referral) return ['Referral', 'medium']
  // Mailing services send texts and notifications too, and tag them so: Klaviyo's `utm_medium=sms`.
  if (category === 'email' && !medium.sms && !medium.push) return ['Email', 'source']
  if (medium.email) return ['Email', 'medium']
  if (category === 'affiliate') return ['Affiliates', 'source']
  if (medium.affiliate) return ['Affiliates', 'medium']
  if (category === 'audio') return ['Audio', 'source']
  if (medium.audio) return ['Audio', 'medium']
  if (category === 'sms') return ['SMS', 'source']
  if (medium.sms) return ['SMS', 'medium']
  if (category === 'push') return ['Mobile Push Notifications', 'source']
  if (medium.push) return ['Mobile Push Notifications', 'medium']
  if ((!unknown && category !== 'shortener') || (input.hasSource && input.sourceIsHost))
    return ['Referral', 'source']
  return input.hasSource || medium.name !== '' ? ['Unassigned', 'nothing'] : ['Direct', 'nothing']
}
