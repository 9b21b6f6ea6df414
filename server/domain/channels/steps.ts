import type { Channel } from '../judged.ts'
import { campaignDecides, channelByTable, type DecidedBy } from './channel-table.ts'
import type { ChannelRule } from './classification.ts'
import type { Category } from './facts.ts'
import { readMedium } from './medium.ts'
import type { Reading } from './reading.ts'
import type { Source } from './source-index.ts'

/** What a step decides; a step without the evidence it looks for decides nothing. */
export interface Verdict {
  channel: Channel
  source: Source | null
  rule: ChannelRule
  /** The medium to show where no tag says one. */
  medium: string
}

/** The evidence in the order of its weight: the first step that decides is the last word. */
export const STEPS: readonly ((reading: Reading) => Verdict | null)[] = [
  byLink,
  byPaidClickId,
  byTags,
  byRef,
  byOrganicClickId,
  byReferrer,
  byApp,
  byCampaign,
]

const UNTAGGED = readMedium('')
/** Media that name a channel by themselves: no other evidence may lend such a visit its source. */
const SELF_SUFFICIENT: ReadonlySet<Channel> = new Set([
  'Email',
  'Affiliates',
  'Audio',
  'SMS',
  'Mobile Push Notifications',
  'AI Assistants',
])

/** A known platform decides alone: a campaign called `spring-shop` on Facebook stays social. */
function byLink({ platform, linkPaid, medium, campaign, paidId }: Reading): Verdict | null {
  if (!platform) return null
  const known = platform.category !== ''
  const paid = linkPaid === 'paid' || (linkPaid === '' && (platform.paid || medium.paid || paidId !== null))
  const [channel] = channelByTable({
    category: platform.category,
    hasSource: true,
    sourceIsHost: platform.host,
    medium: known || linkPaid === 'organic' ? UNTAGGED : medium,
    campaign: known ? '' : campaign,
    paid,
  })
  return {
    channel,
    source: platform,
    rule: 'link',
    medium: paid ? 'cpc' : usualMedium(platform.category, 'social'),
  }
}

function byPaidClickId({ paidId, campaign }: Reading): Verdict | null {
  if (!paidId) return null
  const [channel] = channelByTable({
    category: paidId.category,
    hasSource: true,
    sourceIsHost: true,
    medium: UNTAGGED,
    campaign,
    paid: true,
  })
  return { channel, source: paidId, rule: 'paid-click-id', medium: 'cpc' }
}

/** Tags decide where they name a source or a medium; a lone medium borrows its source from the other evidence. */
function byTags(reading: Reading): Verdict | null {
  const { tag, medium, campaign, linkPaid } = reading
  const paid = linkPaid === 'paid'
  const untagged = !tag && medium.name === ''
  if (untagged && !paid && !campaignDecides(campaign)) return null
  const decide = (source: Source | null): [Channel, DecidedBy] =>
    channelByTable({
      category: source?.category ?? '',
      hasSource: source !== null,
      sourceIsHost: source?.host ?? false,
      medium,
      campaign,
      paid: paid || (source?.paid ?? false),
    })
  let source = tag
  let [channel, by] = decide(source)
  if (!source && !SELF_SUFFICIENT.has(channel)) {
    source = reading.organicId ?? reading.origin.source ?? reading.app
    ;[channel, by] = decide(source)
  }
  return {
    channel,
    source,
    rule: untagged && paid ? 'link' : `utm-${by}`,
    medium: paid ? 'cpc' : usualMedium(source?.category ?? '', ''),
  }
}

function byRef({ ref, origin }: Reading): Verdict | null {
  return ref && origin.state !== 'internal' ? bySource(ref, 'ref') : null
}

function byOrganicClickId({ organicId }: Reading): Verdict | null {
  return organicId && bySource(organicId, 'click-id')
}

function byReferrer({ origin }: Reading): Verdict | null {
  if (origin.source) return bySource(origin.source, 'referrer')
  if (origin.state !== 'internal' && origin.state !== 'payment') return null
  return { channel: 'Direct', source: null, rule: origin.state, medium: '' }
}

function byApp({ app }: Reading): Verdict | null {
  return app && bySource(app, 'in-app')
}

/** A campaign alone says that somebody made the link, and not where it stood: not Direct, but Unassigned. */
function byCampaign({ campaign }: Reading): Verdict | null {
  return campaign === '' ? null : { channel: 'Unassigned', source: null, rule: 'utm-nothing', medium: '' }
}

function bySource(source: Source, rule: ChannelRule): Verdict {
  const [channel] = channelByTable({
    category: source.category,
    hasSource: true,
    sourceIsHost: true,
    medium: UNTAGGED,
    campaign: '',
    paid: source.paid,
  })
  return { channel, source, rule, medium: usualMedium(source.category, 'referral') }
}

function usualMedium(category: Category | '', otherwise: string): string {
  if (category === 'search') return 'organic'
  if (category === 'email') return 'email'
  if (category === 'sms') return 'sms'
  return category === 'ai' ? 'ai-assistant' : otherwise
}
