import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageFile } from '../../server/paths.ts'
import type { FunnelRequest } from '../../server/reports/funnel/contract.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from '../support/clickhouse-stand-in.ts'
import { askFunnel } from './funnel-support.ts'
import { event, hit, insertHits, insertSessions, testSite } from './reports-support.ts'

const SHARD =
  '<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>'
/** Two shards that are both this engine: it plans and refuses as a cluster does, but sees every row twice. */
const CLUSTERS = `<clickhouse><tcp_port>9000</tcp_port><remote_servers>
<main>${SHARD.repeat(2)}</main>
</remote_servers></clickhouse>`

let directory: string
let standIn: ClickHouseStandIn
let warehouse: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-funnel-shards-'))
  const configFile = join(directory, 'config.xml')
  writeFileSync(configFile, CLUSTERS)
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

test('what a way asks of a cluster is accepted, and finds who went it', { timeout: 120_000 }, async () => {
  const site = testSite({ id: 77 })
  const clickKey = '77'
  const at = '2026-11-10T10:00:00Z'
  const clickedAt = Date.parse(at)
  const hits = [
    hit(site, at, { clickKey, clickedAt, visitor: 'x', traffic: 'prefetch' }),
    hit(site, '2026-11-10T10:00:01Z', {
      kind: 'pageview',
      clickKey,
      clickedAt,
      landing: 'verified',
      visitor: 'y',
    }),
    event(site, '2026-11-10T10:01:00Z', { type: 'custom', name: 'booked', key: 'k' }, { visitor: 'y' }),
    event(site, '2026-11-10T10:01:30Z', { type: 'identify', externalId: 'e' }, { visitor: 'y' }),
    event(site, '2026-11-10T10:02:00Z', { type: 'external', name: 'Sold', externalId: 'e' }, { visitor: '' }),
  ]
  // One by one: a token's rows of the second shard would be taken for those of the first.
  for (const one of hits) await insertHits(warehouse, [one])
  await insertSessions(warehouse, site, [
    { start: '2026-11-10T10:00:01Z', visitors: ['y'], channel: 'Email' },
  ])
  for (const table of ['hits', 'sessions', 'judged_days'])
    await warehouse.command(`SYSTEM FLUSH DISTRIBUTED ${table}`)
  const steps = [{ click: {} }, { page: '/models' }, { goal: 'Booked' }, { goal: 'Sold' }]
  const asked: Partial<FunnelRequest>[] = [
    {},
    { order: 'strict', window: 'session' },
    { split: 'channel', filters: [['is', 'country', ['DE']]] },
    { split: 'entry_page', window: 'session' },
  ]
  for (const more of asked) {
    const answer = await askFunnel(warehouse, site, { steps, ...more })
    expect(answer.steps.map(({ visitors }) => visitors)).toEqual([1, 1, 1, 1])
  }
})
