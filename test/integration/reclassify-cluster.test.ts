import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJudge } from '../../server/domain/judge.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createJudging } from '../../server/loader/judging.ts'
import { packageFile } from '../../server/paths.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from '../support/clickhouse-stand-in.ts'
import { SITE } from '../support/hits.ts'

const SHARD =
  '<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>'
/** Two shards that are both this engine: it plans and refuses as a cluster does. */
const CLUSTER = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><main>${SHARD.repeat(2)}</main></remote_servers></clickhouse>`

let directory: string
let standIn: ClickHouseStandIn
let warehouse: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-reclassify-shards-'))
  const configFile = join(directory, 'config.xml')
  writeFileSync(configFile, CLUSTER)
  standIn = await startClickHouseStandIn({ path: join(directory, 'engine'), configFile })
  warehouse = openServerWarehouse({ url: standIn.url, cluster: 'main' })
  const files = readdirSync(packageFile('sql')).filter((name) => name.endsWith('.sql'))
  for (const file of files.sort()) {
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

test('what reclassify asks is accepted on a cluster', async () => {
  const judging = createJudging({
    warehouse,
    enricher: createEnricher(createJudge(loadFacts()), {
      sites: { list: async () => [SITE] },
      rules: { all: async () => [] },
      links: { byIds: async () => [] },
      keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
    }),
    loader: { judgeAgain: () => Promise.reject(new Error('only trials are tried here')) },
    sites: { byId: async () => SITE },
    rules: { of: async () => ({ revision: 0 }) },
    judgedZone: () => null,
  })
  expect((await judging.days(SITE.id, '2026-01-01', '2026-12-31')).days).toEqual([])
  expect(await judging.tryDay({ siteId: SITE.id, day: '2026-01-01' })).toEqual({
    hits: 0,
    unchanged: 0,
    moves: [],
  })
})
