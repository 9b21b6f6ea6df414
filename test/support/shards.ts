import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../../server/paths.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from './clickhouse-stand-in.ts'

const SHARD =
  '<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>'
const CLUSTERS = `<clickhouse><tcp_port>9000</tcp_port><remote_servers>
<main>${SHARD.repeat(2)}</main><one>${SHARD}</one>
</remote_servers></clickhouse>`

export interface Shards {
  /** A folder of the test's own, gone with the rest. */
  directory: string
  standIn: ClickHouseStandIn
  /** All tables are on its cluster `main`. */
  warehouse: Warehouse
  /** Runs a migration's text on a cluster, `main` or `one`. */
  makeTables(migration: string, cluster: string): Promise<void>
  close(): Promise<void>
}

/**
 * A cluster `main` of two shards that are both this engine: it plans and refuses as a cluster does, but a question sees
 * every row twice, and a token's rows of the second shard meet those of the first. And a cluster `one`, of one.
 */
export async function openShards(): Promise<Shards> {
  const directory = mkdtempSync(join(tmpdir(), 'jejak-shards-'))
  const configFile = join(directory, 'config.xml')
  writeFileSync(configFile, CLUSTERS)
  const standIn = await startClickHouseStandIn({ path: join(directory, 'engine'), configFile })
  const warehouse = openServerWarehouse({ url: standIn.url, cluster: 'main' })
  async function makeTables(migration: string, cluster: string): Promise<void> {
    for (const statement of parseMigration(migration)) {
      for (const sql of statementsFor(statement, cluster)) await warehouse.command(withoutKeeper(sql))
    }
  }
  const files = readdirSync(packageFile('sql')).filter((name) => name.endsWith('.sql'))
  for (const file of files.sort()) await makeTables(readFileSync(packageFile('sql', file), 'utf8'), 'main')
  return {
    directory,
    standIn,
    warehouse,
    makeTables,
    async close() {
      await warehouse.close()
      await standIn.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The embedded engine has no Keeper to replicate and to run statements everywhere by. */
function withoutKeeper(sql: string): string {
  return sql
    .replace(/ ON CLUSTER \w+/, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, '$1(')
    .replace(
      /replicated_deduplication_window = \d+, replicated_deduplication_window_seconds = \d+/,
      'non_replicated_deduplication_window = 1000',
    )
}
