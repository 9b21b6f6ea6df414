import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Goal } from '../../server/domain/goals/goal.ts'
import { type EventFacts, emptyEvent } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import type { PageKind } from '../../server/domain/pages/page-kind.ts'
import type { Site } from '../../server/domain/site.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { answerQuestion } from '../../server/reports/answer.ts'
import type { QueryRequest } from '../../server/reports/contract.ts'
import { parseQuestion } from '../../server/reports/parse/question.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'

export interface TestWarehouse {
  /** Directory of the engine, for a second way into it. */
  path: string
  warehouse: Warehouse
  close(): Promise<void>
}

export async function openTestWarehouse(): Promise<TestWarehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'jejak-reports-'))
  const path = join(directory, 'engine')
  const warehouse = await openEmbeddedWarehouse({ path })
  await migrate(warehouse)
  return {
    path,
    warehouse,
    async close() {
      await warehouse.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function testSite(fields: Partial<Site> = {}): Site {
  return {
    id: 1,
    name: 'default',
    hostnames: ['example.com'],
    timezone: 'Europe/Berlin',
    currency: 'EUR',
    pageKeys: [],
    keepClickIds: false,
    ...fields,
  }
}

let sites = 0

/** A site of its own for each test, and a way to ask about it. `now` is noon of 11 November 2026 in UTC. */
export function askableSite(
  warehouse: Warehouse,
  timezone = 'Europe/Berlin',
  {
    goals = [],
    pageKinds = [],
  }: { goals?: Omit<Goal, 'id' | 'template'>[]; pageKinds?: Omit<PageKind, 'id'>[] } = {},
) {
  const now = Date.UTC(2026, 10, 11, 12)
  const site = testSite({ id: ++sites, timezone })
  const ask = (question: Omit<QueryRequest, 'date_range'> & Partial<QueryRequest>) =>
    answerQuestion(parseQuestion({ date_range: '7d', ...question }), {
      warehouse,
      site,
      completeUntil: now - 1500,
      now,
      goals: async () => goals.map((goal, index) => ({ ...goal, id: index + 1, template: null })),
      pageKinds: async () => pageKinds.map((kind, index) => ({ ...kind, id: index + 1 })),
    })
  return {
    site,
    ask,
    add: (...hits: JudgedHit[]) => insertHits(warehouse, hits),
    addSessions: (...sessions: TestSession[]) => insertSessions(warehouse, site, sessions),
  }
}

/** A click by a person, redirected, from Instagram; `day` follows from `time` and the site's zone unless it is given. */
export function hit(site: Site, time: string, fields: Partial<JudgedHit> = {}): JudgedHit {
  const at = Date.parse(time)
  const pageview = fields.kind === 'pageview'
  return {
    siteId: site.id,
    day: localDays(site.timezone).dayOf(at),
    time: at,
    kind: 'click',
    hitId: randomUUID().replaceAll('-', ''),
    visitor: '00000000000000aa',
    traffic: 'person',
    trafficReason: '',
    outcome: pageview ? '' : 'redirected',
    entry: pageview,
    channel: 'Organic Social',
    side: 'Social',
    sideWithPaid: 'Social',
    source: 'instagram.com',
    medium: '',
    campaign: '',
    term: '',
    content: '',
    channelRule: 'referrer',
    baseChannel: '',
    baseSource: '',
    platform: '',
    placement: '',
    paid: '',
    postId: '',
    campaignId: '',
    linkId: pageview ? 0 : 1,
    link: pageview ? '' : 'go.example.com/a',
    landingPage: 'example.com/models',
    country: 'DE',
    device: 'mobile',
    browser: 'Chrome',
    os: 'Android',
    landing: '',
    referrerHost: '',
    clickIdKinds: '',
    rulesVersion: 1,
    clickKey: '0',
    clickedAt: 0,
    inApp: '',
    consent: 'unasked',
    previousVisitor: '',
    utmValues: '',
    event: null,
    ...fields,
  }
}

/** An event on a page, by a person. */
export function event(
  site: Site,
  time: string,
  facts: Partial<EventFacts> & Pick<EventFacts, 'type'>,
  fields: Partial<JudgedHit> = {},
): JudgedHit {
  const made = hit(site, time, { kind: 'pageview', entry: false, ...fields })
  const kind = facts.type === 'external' ? 'conversion' : 'event'
  return { ...made, kind, event: { ...emptyEvent(facts.type), ...facts } }
}

/** Column, its type, and the value of a hit. */
const COLUMNS: [string, string, (hit: JudgedHit, generation: number) => string | number][] = [
  ['site', 'UInt32', (h) => h.siteId],
  ['day', 'Date', (h) => h.day],
  ['generation', 'UInt32', (_, generation) => generation],
  ['time', "DateTime64(3, 'UTC')", (h) => instant(h.time)],
  ['kind', 'String', (h) => h.kind],
  ['hit_id', 'UUID', (h) => h.hitId],
  ['visitor', 'String', (h) => h.visitor],
  ['traffic', 'String', (h) => h.traffic],
  ['traffic_reason', 'String', (h) => h.trafficReason],
  ['outcome', 'String', (h) => h.outcome],
  ['entry', 'UInt8', (h) => Number(h.entry)],
  ['channel', 'String', (h) => h.channel],
  ['side', 'String', (h) => h.side],
  ['side_with_paid', 'String', (h) => h.sideWithPaid],
  ['source', 'String', (h) => h.source],
  ['medium', 'String', (h) => h.medium],
  ['campaign', 'String', (h) => h.campaign],
  ['term', 'String', (h) => h.term],
  ['content', 'String', (h) => h.content],
  ['channel_rule', 'String', (h) => h.channelRule],
  ['platform', 'String', (h) => h.platform],
  ['placement', 'String', (h) => h.placement],
  ['paid', 'String', (h) => h.paid],
  ['post_id', 'String', (h) => h.postId],
  ['campaign_id', 'String', (h) => h.campaignId],
  ['link_id', 'UInt64', (h) => h.linkId],
  ['link', 'String', (h) => h.link],
  ['landing_page', 'String', (h) => h.landingPage],
  ['country', 'String', (h) => h.country],
  ['device', 'String', (h) => h.device],
  ['browser', 'String', (h) => h.browser],
  ['os', 'String', (h) => h.os],
  ['landing', 'String', (h) => h.landing],
  ['referrer_host', 'String', (h) => h.referrerHost],
  ['click_id_kinds', 'String', (h) => h.clickIdKinds],
  ['base_channel', 'String', (h) => h.baseChannel],
  ['base_source', 'String', (h) => h.baseSource],
  ['rules_version', 'UInt32', (h) => h.rulesVersion],
  ['click_key', 'UInt64', (h) => h.clickKey],
  ['clicked_at', "DateTime64(3, 'UTC')", (h) => instant(h.clickedAt)],
  ['in_app', 'String', (h) => h.inApp],
  ['consent', 'String', (h) => h.consent],
  ['previous_visitor', 'String', (h) => h.previousVisitor],
  ['utm_values', 'String', (h) => h.utmValues],
  ['event_type', 'String', (h) => h.event?.type ?? ''],
  ['event_name', 'String', (h) => h.event?.name ?? ''],
  ['event_target', 'String', (h) => h.event?.target ?? ''],
  ['event_props', 'String', (h) => propsOf(h)],
  ['event_value', 'Decimal(18, 4)', (h) => h.event?.value || '0'],
  ['event_has_value', 'UInt8', (h) => Number(Boolean(h.event?.value))],
  ['event_currency', 'String', (h) => h.event?.currency ?? ''],
  ['event_key', 'String', (h) => h.event?.key ?? ''],
  ['event_version', 'UInt32', (h) => h.event?.version ?? 0],
  ['event_cancelled', 'UInt8', (h) => Number(h.event?.cancelled ?? false)],
  ['engaged_ms', 'UInt32', (h) => h.event?.engagedMs ?? 0],
  ['scroll', 'UInt8', (h) => h.event?.scroll ?? 0],
  ['external_id', 'String', (h) => h.event?.externalId ?? ''],
]

/** Puts judged rows in under a generation, and notes their days as the loader does. */
export async function insertHits(warehouse: Warehouse, hits: JudgedHit[], generation = 0): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'jejak-rows-'))
  const path = join(directory, 'rows.tsv')
  const lines = hits.map((h) => COLUMNS.map(([, , value]) => escaped(value(h, generation))).join('\t'))
  writeFileSync(path, `${lines.join('\n')}\n`)
  const columns = COLUMNS.map(([name, type]) => [name, type] as const)
  await warehouse.insert({ table: 'hits', columns, path, token: randomUUID() })
  rmSync(directory, { recursive: true, force: true })
  const days = new Map(hits.map((h) => [`${h.siteId} ${h.day} ${h.rulesVersion}`, h]))
  for (const { siteId, day, rulesVersion } of days.values()) {
    await warehouse.command(
      'INSERT INTO judged_days VALUES ({site:UInt32}, {day:Date}, {generation:UInt32}, {rules:UInt32})',
      { site: siteId, day, generation, rules: rulesVersion },
    )
  }
}

/** A session as a test tells it; what it leaves out is as `insertSessions` says. */
export interface TestSession {
  sessionId?: string
  start: string
  end?: string
  visitors?: string[]
  pageviews?: number
  engagedMs?: number
  bounce?: boolean
  entryPage?: string
  exitPage?: string
  clickKey?: string
  channel?: string
  side?: string
  source?: string
  platform?: string
  link?: string
  linkId?: number
  campaign?: string
  country?: string
  inApp?: string
  referrer?: string
  consent?: string
}

/** Puts sessions in as the loader writes them; each of another identity, half an hour long. Gives their ids. */
export async function insertSessions(
  warehouse: Warehouse,
  site: Site,
  sessions: TestSession[],
  { generation = 0, version = 1 } = {},
): Promise<string[]> {
  const ids: string[] = []
  for (const [index, session] of sessions.entries()) {
    const id = session.sessionId ?? randomUUID()
    ids.push(id)
    const start = Date.parse(session.start)
    const columns: Record<string, string | number | string[]> = {
      site: site.id,
      day: localDays(site.timezone).dayOf(start),
      generation,
      identity: session.visitors?.[0] ?? String(index).padStart(16, '0'),
      ordinal: start,
      version,
      is_deleted: 0,
      session_id: id,
      start: instant(start),
      end: instant(session.end ? Date.parse(session.end) : start + 1_800_000),
      visitors: session.visitors ?? [String(index).padStart(16, '0')],
      consent: session.consent ?? 'unasked',
      pageviews: session.pageviews ?? 1,
      events: 0,
      engaged_ms: session.engagedMs ?? 0,
      bounce: Number(session.bounce ?? false),
      entry_page: session.entryPage ?? 'example.com/models',
      exit_page: session.exitPage ?? 'example.com/models',
      click_key: session.clickKey ?? '0',
      channel: session.channel ?? 'Organic Social',
      side: session.side ?? 'Social',
      side_with_paid: session.side ?? 'Social',
      source: session.source ?? 'instagram.com',
      platform: session.platform ?? '',
      link: session.link ?? '',
      link_id: session.linkId ?? 0,
      campaign: session.campaign ?? '',
      country: session.country ?? 'DE',
      device: 'mobile',
      in_app: session.inApp ?? '',
      referrer_host: session.referrer ?? '',
      rules_version: 1,
    }
    await warehouse.command(
      `INSERT INTO sessions (${Object.keys(columns).join(', ')}) SELECT ${Object.keys(columns)
        .map((name) => (name === 'visitors' ? '{visitors:Array(String)}' : `{${name}:String}`))
        .join(', ')}`,
      columns,
    )
  }
  return ids
}

/** Makes a generation the current one of a day. */
export async function turnDay(
  warehouse: Warehouse,
  siteId: number,
  day: string,
  generation: number,
): Promise<void> {
  await warehouse.command(
    'INSERT INTO turned_days VALUES ({site:UInt32}, {day:Date}, {generation:UInt32}, now64(3))',
    { site: siteId, day, generation },
  )
}

function instant(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}

function propsOf({ event }: JudgedHit): string {
  return event && Object.keys(event.props).length > 0 ? JSON.stringify(event.props) : ''
}

function escaped(value: string | number): string {
  return String(value).replace(
    /[\\\t\n\r]/g,
    (char) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[char] ?? '',
  )
}
