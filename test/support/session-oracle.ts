import type { JudgedHit } from '../../server/domain/judged.ts'
import { readSnapshot } from '../../server/reports/snapshot.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'

/** A session as a row of `sessions` tells it, without what is the table's own affair (version, deletion). */
export interface SessionRow {
  site: number
  day: string
  identity: string
  ordinal: number
  session_id: string
  start: number
  end: number
  visitors: string[]
  consent: string
  pageviews: number
  events: number
  engaged_ms: number
  scroll: number
  bounce: number
  entry_page: string
  exit_page: string
  click_key: string
  /** Of the hit that brought it. */
  origin: Record<string, string | number>
}

interface Open {
  hits: JudgedHit[]
  click: string
  utm: string
}

interface Stream {
  last: number
  session: Open | null
}

const HALF_HOUR = 30 * 60_000
const KINDS: readonly string[] = ['pageview', 'event', 'engagement']
const DAY_MS = 24 * 3_600_000

/**
 * The sessions that the rules make of judged hits, worked out one hit after the other, for each day from what happened
 * on it, the day before and the day after. Rows are in the order of site, day, identity and ordinal.
 */
export function sessionsOf(hits: readonly JudgedHit[]): SessionRow[] {
  const taken = hits
    .filter((hit) => hit.traffic === 'person' && hit.visitor !== '' && KINDS.includes(hit.kind))
    .sort(
      (a, b) =>
        a.time - b.time || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.hitId < b.hitId ? -1 : 1),
    )
  const rows: SessionRow[] = []
  for (const site of new Set(taken.map(({ siteId }) => siteId))) {
    const ofSite = taken.filter(({ siteId }) => siteId === site)
    for (const day of new Set(ofSite.map((hit) => hit.day))) {
      const near = ofSite.filter((hit) => Math.abs(Date.parse(hit.day) - Date.parse(day)) <= DAY_MS)
      const begun = walk(near).filter(([first]) => first?.day === day)
      for (const session of begun) rows.push(rowOf(session))
    }
  }
  return rows.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
}

/** Sessions in the order in which they begin. */
function walk(hits: readonly JudgedHit[]): JudgedHit[][] {
  const streams = new Map<string, Stream>()
  const sessions: JudgedHit[][] = []
  for (const hit of hits) {
    const alive = (stream: Stream | undefined) =>
      stream !== undefined && hit.time - stream.last <= HALF_HOUR ? stream : undefined
    const stream = alive(streams.get(hit.visitor)) ??
      alive(streams.get(hit.previousVisitor)) ?? { last: 0, session: null }
    streams.set(hit.visitor, stream)
    stream.last = hit.time
    if (beginsAnother(hit, stream.session)) {
      stream.session = {
        hits: [hit],
        click: clickOf(hit),
        utm: hit.kind === 'pageview' ? hit.utmValues : '',
      }
      sessions.push(stream.session.hits)
    } else stream.session?.hits.push(hit)
  }
  return sessions
}

function beginsAnother(hit: JudgedHit, running: Open | null): boolean {
  if (!running) return hit.kind === 'pageview' || isCounted(hit)
  if (hit.kind !== 'pageview') return false
  const click = clickOf(hit)
  if (click !== '' && click !== running.click) return true
  return hit.entry && hit.utmValues !== '' && hit.utmValues !== running.utm
}

function clickOf(hit: JudgedHit): string {
  if (hit.kind !== 'pageview' || hit.landing !== 'verified') return ''
  if (hit.clickKey !== '0') return `visit ${hit.clickKey}`
  return hit.linkId === 0 ? '' : `link ${hit.linkId}`
}

function isCounted(hit: JudgedHit): boolean {
  return hit.kind === 'event' && hit.event?.type !== 'identify' && hit.event?.type !== 'consent'
}

function rowOf(hits: readonly JudgedHit[]): SessionRow {
  const first = hits[0]
  const last = hits.at(-1)
  if (!first || !last) throw new Error('a session without hits')
  const pages = hits.filter(({ kind }) => kind === 'pageview')
  const events = hits.filter(isCounted).length
  const engaged = hits.reduce((sum, { event }) => sum + (event?.engagedMs ?? 0), 0)
  const origin = pages.find(tellsSource) ?? pages[0] ?? first
  return {
    site: first.siteId,
    day: first.day,
    identity: first.visitor,
    ordinal: first.time,
    session_id: first.hitId,
    start: first.time,
    end: last.time,
    visitors: [...new Set(hits.map(({ visitor }) => visitor))].sort(),
    consent: last.consent,
    pageviews: pages.length,
    events,
    engaged_ms: engaged,
    scroll: Math.max(...hits.map(({ event }) => event?.scroll ?? 0)),
    bounce: pages.length === 1 && events === 0 && engaged < 10_000 ? 1 : 0,
    entry_page: pages[0]?.landingPage ?? '',
    exit_page: pages.at(-1)?.landingPage ?? '',
    click_key: pages.find((hit) => hit.landing === 'verified' && hit.clickKey !== '0')?.clickKey ?? '0',
    origin: {
      channel: origin.channel,
      side: origin.side,
      side_with_paid: origin.sideWithPaid,
      source: origin.source,
      medium: origin.medium,
      campaign: origin.campaign,
      term: origin.term,
      content: origin.content,
      channel_rule: origin.channelRule,
      platform: origin.platform,
      placement: origin.placement,
      paid: origin.paid,
      post_id: origin.postId,
      campaign_id: origin.campaignId,
      link_id: origin.linkId,
      link: origin.link,
      referrer_host: origin.referrerHost,
      click_id_kinds: origin.clickIdKinds,
      base_channel: origin.baseChannel,
      base_source: origin.baseSource,
      country: origin.country,
      device: origin.device,
      browser: origin.browser,
      os: origin.os,
      in_app: origin.inApp,
      rules_version: origin.rulesVersion,
    },
  }
}

function tellsSource({ channelRule, entry, landing }: JudgedHit): boolean {
  if (['direct', 'internal', 'payment'].includes(channelRule)) return false
  return entry || landing === 'verified' || landing === 'expired'
}

function orderOf({ site, day, identity, ordinal, session_id }: SessionRow): string {
  return `${String(site).padStart(10, '0')} ${day} ${identity} ${String(ordinal).padStart(15, '0')} ${session_id}`
}

const ORIGIN_COLUMNS = [
  ...['channel', 'side', 'side_with_paid', 'source', 'medium', 'campaign', 'term', 'content', 'channel_rule'],
  ...['platform', 'placement', 'paid', 'post_id', 'campaign_id', 'link_id', 'link', 'referrer_host'],
  ...[
    'click_id_kinds',
    'base_channel',
    'base_source',
    'country',
    'device',
    'browser',
    'os',
    'in_app',
    'rules_version',
  ],
]

const NUMBERS = ['link_id', 'rules_version']
const ORIGIN_TYPE = `Tuple(${ORIGIN_COLUMNS.map((name) => `${name} ${NUMBERS.includes(name) ? 'UInt64' : 'String'}`).join(', ')})`

/** The rows of a site as a report would see them, in the shape and order of `sessionsOf`. */
export async function storedSessions(warehouse: Warehouse, site: number): Promise<SessionRow[]> {
  const { turned } = await readSnapshot(warehouse, site)
  return warehouse.query<SessionRow>(
    `SELECT site, toString(day) AS day, identity, ordinal, replaceAll(toString(session_id), '-', '') AS session_id,
       toUnixTimestamp64Milli(start) AS start, toUnixTimestamp64Milli(end) AS end, visitors, consent, pageviews, events,
       engaged_ms, scroll, bounce, entry_page, exit_page, toString(click_key) AS click_key,
       CAST(tuple(${ORIGIN_COLUMNS.join(', ')}), '${ORIGIN_TYPE}') AS origin
     FROM sessions FINAL
     WHERE site = {site:UInt32}
       AND generation = transform(sessions.day, {days:Array(Date)}, {generations:Array(UInt32)}, toUInt32(0))
     ORDER BY sessions.day, identity, ordinal, toUInt128(sessions.session_id)`,
    { site, days: turned.map(({ day }) => day), generations: turned.map(({ generation }) => generation) },
  )
}
