import type { EventFacts, RawHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'

type Columns = readonly (readonly [name: string, type: string])[]

const TIME = "DateTime64(3, 'UTC')"

/** The columns of `raw_hits` in the order of `rawRow`. */
export const RAW_COLUMNS: Columns = [
  ['site', 'UInt32'],
  ['kind', 'String'],
  ['hit_id', 'UUID'],
  ['edge_run', 'String'],
  ['sequence', 'UInt64'],
  ['received_at', TIME],
  ['time', TIME],
  ['link_id', 'UInt64'],
  ['visitor', 'String'],
  ['click_id', 'String'],
  ['batch', 'String'],
  ['record', 'String'],
]

/** The columns of `hits` in the order of `judgedRow`. */
export const JUDGED_COLUMNS: Columns = [
  ['site', 'UInt32'],
  ['day', 'Date'],
  ['generation', 'UInt32'],
  ['time', TIME],
  ['kind', 'String'],
  ['hit_id', 'UUID'],
  ['visitor', 'String'],
  ['traffic', 'String'],
  ['traffic_reason', 'String'],
  ['outcome', 'String'],
  ['entry', 'UInt8'],
  ['channel', 'String'],
  ['side', 'String'],
  ['side_with_paid', 'String'],
  ['source', 'String'],
  ['medium', 'String'],
  ['campaign', 'String'],
  ['term', 'String'],
  ['content', 'String'],
  ['channel_rule', 'String'],
  ['platform', 'String'],
  ['placement', 'String'],
  ['paid', 'String'],
  ['post_id', 'String'],
  ['campaign_id', 'String'],
  ['link_id', 'UInt64'],
  ['link', 'String'],
  ['landing_page', 'String'],
  ['country', 'String'],
  ['device', 'String'],
  ['browser', 'String'],
  ['os', 'String'],
  ['landing', 'String'],
  ['referrer_host', 'String'],
  ['click_id_kinds', 'String'],
  ['base_channel', 'String'],
  ['base_source', 'String'],
  ['rules_version', 'UInt32'],
  ['click_key', 'UInt64'],
  ['clicked_at', TIME],
  ['in_app', 'String'],
  ['consent', 'String'],
  ['previous_visitor', 'String'],
  ['utm_values', 'String'],
  ['event_type', 'String'],
  ['event_name', 'String'],
  ['event_target', 'String'],
  ['event_props', 'String'],
  ['event_value', 'Decimal(18, 4)'],
  ['event_has_value', 'UInt8'],
  ['event_currency', 'String'],
  ['event_key', 'String'],
  ['event_version', 'UInt32'],
  ['event_cancelled', 'UInt8'],
  ['engaged_ms', 'UInt32'],
  ['scroll', 'UInt8'],
  ['external_id', 'String'],
]

/**
 * A raw hit as a line of TabSeparated.
 *
 * @param batch names the spool range it is loaded from.
 * @param record its payload in the spool (`encodeHit`): JSON, so of the characters that need escaping it can hold only
 *   the backslash.
 */
export function rawRow(hit: RawHit, batch: string, record: string): string {
  const safe = record.includes('\\') ? record.replaceAll('\\', '\\\\') : record
  return `${hit.siteId}\t${hit.kind}\t${hit.hitId}\t${hit.edgeRun}\t${hit.sequence}\t${hit.receivedAt / 1000}\t${hit.time / 1000}\t${hit.linkId}\t${text(hit.visitor)}\t${text(hit.clickId)}\t${batch}\t${safe}\n`
}

/** A judged hit as a line of TabSeparated, under a generation of its (site, day). */
export function judgedRow(hit: JudgedHit, generation: number): string {
  // One look at all texts together: looking at each of the twenty alone costs three times as much.
  const {
    visitor,
    trafficReason,
    source,
    medium,
    campaign,
    term,
    content,
    channelRule,
    platform,
    placement,
  } = hit
  const { postId, campaignId, link, landingPage, country, device, browser, os } = hit
  const { channel, referrerHost, baseSource, inApp, utmValues } = hit
  const texts = `${visitor}${trafficReason}${source}${medium}${campaign}${term}${content}${channelRule}${platform}${placement}${postId}${campaignId}${link}${landingPage}${country}${device}${browser}${os}${channel}${referrerHost}${baseSource}${inApp}${utmValues}`
  return plainRow(SPECIAL.test(texts) ? escapedTexts(hit) : hit, generation)
}

function plainRow(hit: JudgedHit, generation: number): string {
  return `${hit.siteId}\t${hit.day}\t${generation}\t${hit.time / 1000}\t${hit.kind}\t${hit.hitId}\t${hit.visitor}\t${hit.traffic}\t${hit.trafficReason}\t${hit.outcome}\t${hit.entry ? 1 : 0}\t${hit.channel}\t${hit.side}\t${hit.sideWithPaid}\t${hit.source}\t${hit.medium}\t${hit.campaign}\t${hit.term}\t${hit.content}\t${hit.channelRule}\t${hit.platform}\t${hit.placement}\t${hit.paid}\t${hit.postId}\t${hit.campaignId}\t${hit.linkId}\t${hit.link}\t${hit.landingPage}\t${hit.country}\t${hit.device}\t${hit.browser}\t${hit.os}\t${hit.landing}\t${hit.referrerHost}\t${hit.clickIdKinds}\t${hit.baseChannel}\t${hit.baseSource}\t${hit.rulesVersion}\t${hit.clickKey}\t${hit.clickedAt === 0 ? NEVER : hit.clickedAt / 1000}\t${hit.inApp}\t${hit.consent}\t${hit.previousVisitor}\t${hit.utmValues}\t${hit.event ? eventColumns(hit.event) : NO_EVENT}\n`
}

/** A bare 0 is no time to the engine's reader of texts. */
const NEVER = '1970-01-01 00:00:00'

/** Zeros and empty texts of the thirteen columns that only events fill. */
const NO_EVENT = '\t\t\t\t0\t0\t\t\t0\t0\t0\t0\t'

function eventColumns(event: EventFacts): string {
  const props = Object.keys(event.props).length > 0 ? JSON.stringify(event.props) : ''
  return [
    event.type,
    text(event.name),
    text(event.target),
    text(props),
    event.value === '' ? '0' : event.value,
    event.value === '' ? '0' : '1',
    event.currency,
    text(event.key),
    event.version,
    event.cancelled ? 1 : 0,
    event.engagedMs,
    event.scroll,
    event.externalId,
  ].join('\t')
}

function escapedTexts(hit: JudgedHit): JudgedHit {
  return {
    ...hit,
    visitor: text(hit.visitor),
    channel: text(hit.channel),
    trafficReason: text(hit.trafficReason),
    source: text(hit.source),
    medium: text(hit.medium),
    campaign: text(hit.campaign),
    term: text(hit.term),
    content: text(hit.content),
    channelRule: text(hit.channelRule),
    platform: text(hit.platform),
    placement: text(hit.placement),
    postId: text(hit.postId),
    campaignId: text(hit.campaignId),
    link: text(hit.link),
    landingPage: text(hit.landingPage),
    country: text(hit.country),
    device: text(hit.device),
    browser: text(hit.browser),
    os: text(hit.os),
    referrerHost: text(hit.referrerHost),
    baseSource: text(hit.baseSource),
    inApp: text(hit.inApp),
    utmValues: text(hit.utmValues),
  }
}

const SPECIAL = /[\t\n\r\0\\]/
const SPECIALS = /[\t\n\r\0\\]/g
const ESCAPED: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0', '\\': '\\\\' }

function text(value: string): string {
  return SPECIAL.test(value) ? value.replace(SPECIALS, (char) => ESCAPED[char] ?? char) : value
}
