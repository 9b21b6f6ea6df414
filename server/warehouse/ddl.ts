/** One statement of a migration file, and what its `-- jejak:` comment says of it. */
export interface MigrationStatement {
  sql: string
  /** Set for tables: on a cluster they become a Replicated* table plus a Distributed one over it. */
  table: { name: string; shard: string } | null
}

const DIRECTIVE = /^--\s*jejak:table(?:\s+shard\s*=\s*(.+))?$/m
const CREATE = /^CREATE TABLE (\w+)/m

/**
 * The statements of a migration file: separated by a `;` at the end of a line, comments dropped. A comment line
 * `-- jejak:table shard = <expression>` before a CREATE TABLE names the sharding key, a fixed function of raw fields;
 * without one, rows go to shards at random.
 */
export function parseMigration(text: string): MigrationStatement[] {
  return text
    .split(/;[ \t]*(?:--[^\n]*)?(?:\n|$)/)
    .map((part) => ({ part, sql: part.replace(/--[^\n]*/g, '').trim() }))
    .filter(({ sql }) => sql !== '')
    .map(({ part, sql }) => {
      const directive = DIRECTIVE.exec(part)
      const name = CREATE.exec(sql)?.[1]
      return { sql, table: directive && name ? { name, shard: directive[1]?.trim() ?? 'rand()' } : null }
    })
}

/**
 * The statements as the engine gets them. Without a cluster a table is made as it is written. With one, `t` becomes
 * `t_local` (Replicated*, on every host) and `t`, Distributed over it by the sharding key.
 */
export function statementsFor(statement: MigrationStatement, cluster: string | undefined): string[] {
  const { sql, table } = statement
  if (!table) return [sql]
  if (cluster === undefined) return [sql.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')]
  if (!/^\w+$/.test(cluster)) throw new RangeError(`not a cluster name: ${cluster}`)
  const local = sql
    .replace(
      `CREATE TABLE ${table.name}`,
      `CREATE TABLE IF NOT EXISTS ${table.name}_local ON CLUSTER ${cluster}`,
    )
    .replace(
      /ENGINE = (\w*MergeTree)/,
      "ENGINE = Replicated$1('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')",
    )
    .replace(
      /non_replicated_deduplication_window = \d+/,
      // A week of batches: three a second is 1.8 million, and a token costs about 100 bytes in Keeper.
      'replicated_deduplication_window = 2000000, replicated_deduplication_window_seconds = 604800',
    )
  const distributed = `CREATE TABLE IF NOT EXISTS ${table.name} ON CLUSTER ${cluster} AS ${table.name}_local ENGINE = Distributed(${cluster}, currentDatabase(), ${table.name}_local, ${table.shard})`
  return [local, distributed]
}
