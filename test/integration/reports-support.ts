import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JudgedHit } from '../../server/domain/judged.ts'
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
export function askableSite(warehouse: Warehouse, timezone = 'Europe/Berlin') {
  const now = Date.UTC(2026, 10, 11, 12)
  const site = testSite({ id: ++sites, timezone })
  const ask = (question: Omit<QueryRequest, 'date_range'> & Partial<QueryRequest>) =>
    answerQuestion(parseQuestion({ date_range: '7d', ...question }), {
      warehouse,
      site,
      completeUntil: now - 1500,
      now,
    })
  return { site, ask, add: (...hits: JudgedHit[]) => insertHits(warehouse, hits) }
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
    ...fields,
  }
}

/** Column, its type, and the value of a hit. */
const COLUMNS: [string, string, (hit: JudgedHit, generation: number) => string | number][] = [
  ['site', 'UInt32', (h) => h.siteId],
  ['day', 'Date', (h) => h.day],
  ['generation', 'UInt32', (_, generation) => generation],
  ['time', "DateTime64(3, 'UTC')", (h) => (h.time / 1000).toFixed(3)],
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

function escaped(value: string | number): string {
  return String(value).replace(
    /[\\\t\n\r]/g,
    (char) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[char] ?? '',
  )
}
