import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listConversions } from '../../server/api/conversion-list.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import { packageFile } from '../../server/paths.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from '../support/clickhouse-stand-in.ts'
import { event, hit, insertHits, insertSessions, testSite } from './reports-support.ts'

const SHARD = '<shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>'
/** Two shards that are both this engine: it plans and refuses as a cluster does, and every row is seen twice. */
const CLUSTER = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><main>${SHARD.repeat(2)}</main></remote_servers></clickhouse>`

let directory: string
let standIn: ClickHouseStandIn
let warehouse: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-conversion-shards-'))
  const configFile = join(directory, 'config.xml')
  writeFileSync(configFile, CLUSTER)
  standIn = await startClickHouseStandIn({ path: join(directory, 'engine'), configFile })
  warehouse = openServerWarehouse({ url: standIn.url, cluster: 'main' })
  for (const file of readdirSync(packageFile('sql'))
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
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
    .replace(/Replicated(\w*MergeTree)\([^)]*\)/, '$1')
    .replace(
      /replicated_deduplication_window = \d+, replicated_deduplication_window_seconds = \d+/,
      'non_replicated_deduplication_window = 1000',
    )
}

test('the list of conversions is answered by a cluster, ties and reasons included', async () => {
  const site = testSite({ id: 77 })
  const goal: Goal = {
    id: 1,
    name: 'Car sold',
    template: null,
    match: { type: 'external' },
    value: { type: 'event' },
    count: 'every',
  }
  const clickedAt = Date.parse('2026-11-01T10:00:00Z')
  const sold = (key: string, version: number, fields: Parameters<typeof event>[3]) =>
    event(
      site,
      '2026-11-10T10:00:00Z',
      { type: 'external', name: goal.name, key, version },
      { visitor: '', ...fields },
    )
  const hits = [
    hit(site, '2026-11-01T10:00:00Z', { clickKey: '5', clickedAt }),
    sold('by click', 1, { clickKey: '5', clickedAt }),
    sold('by session', 1, { clickKey: '6', clickedAt }),
    sold('by visitor', 1, { visitor: '00000000000000bb' }),
    sold('no visitor', 1, { visitor: '00000000000000cc' }),
    sold('no id', 2, {}),
    sold('no id', 1, { clickKey: '5', clickedAt }),
    sold('early', 1, { clickKey: '5', clickedAt: Date.parse('2026-11-20T10:00:00Z') }),
  ]
  // One by one: the rows of one token that go to the second shard meet those of the first, and are dropped.
  for (const one of hits) await insertHits(warehouse, [one])
  await insertSessions(warehouse, site, [
    { start: '2026-11-01T10:00:10Z', clickKey: '6' },
    { start: '2026-11-02T10:00:10Z', visitors: ['00000000000000bb'] },
  ])
  const { data, nextCursor } = await listConversions(warehouse, site, [goal], { status: 'all', limit: 50 })
  expect(nextCursor).toBeNull()
  expect(Object.fromEntries(data.map(({ key, matched, reason }) => [key, reason ?? matched]))).toEqual({
    'by click': true,
    'by session': true,
    'by visitor': true,
    'no visitor': 'no_visitor',
    'no id': 'no_id',
    early: 'before_click',
  })
  expect(data).toHaveLength(6)
})
