import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageFile } from '../../server/paths.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from '../support/clickhouse-stand-in.ts'
import { ANN, attributedSite, BEN, BOOKED, SEARCH, SOCIAL } from './attribution-support.ts'
import { event, hit, insertHits } from './reports-support.ts'

const SHARD =
  '<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>'
/** Two shards that are both this engine: it plans and refuses as a cluster does, but sees every row twice. */
const CLUSTER = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><main>${SHARD.repeat(2)}</main></remote_servers></clickhouse>`

let directory: string
let standIn: ClickHouseStandIn
let warehouse: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-attribution-shards-'))
  const configFile = join(directory, 'config.xml')
  writeFileSync(configFile, CLUSTER)
  standIn = await startClickHouseStandIn({ path: join(directory, 'engine'), configFile })
  warehouse = openServerWarehouse({ url: standIn.url, cluster: 'main' })
  for (const file of readdirSync(packageFile('sql')).filter((name) => name.endsWith('.sql'))) {
    for (const statement of parseMigration(readFileSync(packageFile('sql', file), 'utf8'))) {
      for (const sql of statementsFor(statement, 'main')) await warehouse.command(withoutKeeper(sql))
    }
  }
})

afterAll(async () => {
  await warehouse.close()
  await standIn.close()
  rmSync(directory, { recursive: true, force: true })
})

/** The embedded engine has no Keeper to replicate and to run statements everywhere by. */
function withoutKeeper(sql: string): string {
  return sql
    .replace(/ ON CLUSTER \w+/, '')
    .replace(/Replicated(\w*MergeTree)\([^)]*\)/, (_, engine: string) =>
      engine === 'ReplacingMergeTree' ? `${engine}${versionOf(sql)}` : engine,
    )
    .replace(
      /replicated_deduplication_window = \d+, replicated_deduplication_window_seconds = \d+/,
      'non_replicated_deduplication_window = 1000',
    )
}

/** What a replacing table replaces by, which stands behind its place in the Keeper. */
function versionOf(sql: string): string {
  const columns = /Replicated\w*\(\s*'[^']*'\s*,\s*'[^']*'\s*,\s*([^)]*)\)/.exec(sql)?.[1]
  return columns ? `(${columns})` : ''
}

test('what credit and paths ask of a cluster is accepted, and finds whose they are', {
  timeout: 120_000,
}, async () => {
  const goals = [
    { ...BOOKED, count: 'session' as const },
    { ...BOOKED, name: 'Sold', match: { type: 'external' as const } },
  ]
  const { site, attribute, paths, visits } = attributedSite(warehouse, { goals })
  const sides = { search: ['Organic Search'], social: ['Organic Social'] }
  const DAY_KEY = '00000000000000d1'
  const clickedAt = Date.parse('2026-11-10T10:00:00Z')
  const clicked = { clickKey: '77', clickedAt, linkId: 7, link: 'go.example.com/a' }
  const sold = (key: string, fields: Parameters<typeof event>[3], externalId = '') =>
    event(
      site,
      '2026-11-12T10:00:00Z',
      { type: 'external', name: 'Sold', key, version: 1, externalId },
      { visitor: '', ...fields },
    )
  const hits = [
    hit(site, '2026-11-10T10:00:00Z', { ...clicked, visitor: DAY_KEY }),
    hit(site, '2026-11-10T10:00:01Z', {
      ...clicked,
      kind: 'pageview',
      landing: 'verified',
      visitor: ANN,
      previousVisitor: DAY_KEY,
      consent: 'granted',
    }),
    hit(site, '2026-11-09T10:00:00Z', { clickKey: '78', clickedAt, linkId: 8, visitor: BEN }),
    event(site, '2026-11-10T10:01:00Z', { type: 'custom', name: 'booked', key: 'k' }, { visitor: ANN }),
    event(site, '2026-11-10T10:01:30Z', { type: 'identify', externalId: 'e' }, { visitor: ANN }),
    sold('by click', { clickKey: '77', clickedAt }),
    sold('by a click alone', { clickKey: '78', clickedAt }),
    sold('by visitor', { visitor: ANN }),
    sold('by id', {}, 'e'),
  ]
  // One by one: a token's rows of the second shard would be taken for those of the first.
  for (const one of hits) await insertHits(warehouse, [one])
  await visits(ANN, { start: '2026-11-10T10:00:01Z', ...clicked, ...SOCIAL })
  await visits(ANN, { start: '2026-11-11T10:00:00Z', ...SEARCH })
  for (const table of ['hits', 'sessions', 'judged_days'])
    await warehouse.command(`SYSTEM FLUSH DISTRIBUTED ${table}`)
  for (const asked of [{}, { grain: 'side', sides, options: { nulls: false, reuse: false } }] as const) {
    const { totals, topPaths } = await attribute(asked)
    expect(totals.conversions).toBe(5)
    expect(topPaths.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(5)
  }
  const { results, coverage } = await paths()
  expect(coverage).toMatchObject({ withTouch: 5, externallyTold: 4 })
  // Each row comes from both shards.
  const once = (path: string[]) => path.filter((key, index) => key !== path[index + 1])
  expect(results.map(({ path, conversions }) => [once(path), conversions])).toEqual(
    expect.arrayContaining([[['Organic Social', 'Organic Search'], 3]]),
  )
})
