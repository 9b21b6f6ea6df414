/** One statement of a migration file, and what its `-- jejak:` comment says of it. */
export interface MigrationStatement {
  sql: string
  /** Set for tables: on a cluster they become a Replicated* table plus a Distributed one over it. */
  table: { name: string; shard: string; localOnly: boolean } | null
}

const DIRECTIVE = /^--\s*jejak:(table|local)(?:\s+shard\s*=\s*(.+))?$/m
const SUBJECT = /^(?:CREATE|ALTER) TABLE (\w+)/m

/**
 * The statements of a migration file: separated by a `;` at the end of a line, comments dropped. A comment line
 * `-- jejak:table shard = <expression>` before a CREATE TABLE names the sharding key, a fixed function of raw fields;
 * without one, rows go to shards at random. Before an ALTER TABLE it says that the table is one of those;
 * `-- jejak:local` that the change (an index) is about the rows where they are kept, not about the Distributed table.
 */
export function parseMigration(text: string): MigrationStatement[] {
  return text
    .split(/;[ \t]*(?:--[^\n]*)?(?:\n|$)/)
    .map((part) => ({ part, sql: part.replace(/--[^\n]*/g, '').trim() }))
    .filter(({ sql }) => sql !== '')
    .map(({ part, sql }) => {
      const directive = DIRECTIVE.exec(part)
      const name = SUBJECT.exec(sql)?.[1]
      if (!directive || !name) return { sql, table: null }
      return {
        sql,
        table: { name, shard: directive[2]?.trim() ?? 'rand()', localOnly: directive[1] === 'local' },
      }
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
  if (sql.startsWith('ALTER')) return alterations(sql, table, cluster)
  const local = sql
    .replace(
      `CREATE TABLE ${table.name}`,
      `CREATE TABLE IF NOT EXISTS ${table.name}_local ON CLUSTER ${cluster}`,
    )
    .replace(
      /ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/,
      (_, engine: string, parameters = '') =>
        `ENGINE = Replicated${engine}('/clickhouse/tables/{shard}/{database}/{table}', '{replica}'${parameters && `, ${parameters}`})`,
    )
    .replace(
      /non_replicated_deduplication_window = \d+/,
      // A week of batches: three a second is 1.8 million, and a token costs about 100 bytes in Keeper.
      'replicated_deduplication_window = 2000000, replicated_deduplication_window_seconds = 604800',
    )
  const distributed = `CREATE TABLE IF NOT EXISTS ${table.name} ON CLUSTER ${cluster} AS ${table.name}_local ENGINE = Distributed(${cluster}, currentDatabase(), ${table.name}_local, ${table.shard})`
  return [local, distributed]
}

/** The rows' own tables first: a Distributed table may only name columns that these have. */
function alterations(
  sql: string,
  { name, localOnly }: { name: string; localOnly: boolean },
  cluster: string,
): string[] {
  const of = (table: string) =>
    sql.replace(`ALTER TABLE ${name}`, `ALTER TABLE ${table} ON CLUSTER ${cluster}`)
  return localOnly ? [of(`${name}_local`)] : [of(`${name}_local`), of(name)]
}
