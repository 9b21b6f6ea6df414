import { readdirSync, readFileSync } from 'node:fs'
import { packageFile } from '../paths.ts'
import { parseMigration, statementsFor } from './ddl.ts'
import { type Warehouse, WarehouseError } from './warehouse.ts'

export interface MigrateOptions {
  cluster?: string | undefined
  /** Folder of the numbered files (default: the package's `sql/`). */
  directory?: string
}

const MIGRATIONS_TABLE = `
-- jejak:table
CREATE TABLE schema_migrations
(
  version     UInt32,
  name        String,
  applied_at  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY version;
`

/**
 * Brings the warehouse to the newest schema: applies the files of `sql/` that are not recorded yet, in order. Every
 * statement may be run twice, so a migration that was cut short is finished by the next start.
 *
 * @returns the names of the files applied now.
 * @throws {WarehouseError} `refused` where the warehouse was made by a newer version than this one.
 */
export async function migrate(warehouse: Warehouse, options: MigrateOptions = {}): Promise<string[]> {
  const files = migrationFiles(options.directory ?? packageFile('sql'))
  await apply(warehouse, MIGRATIONS_TABLE, options.cluster)
  const rows = await warehouse.query<{ version: number; name: string }>(
    'SELECT DISTINCT version, name FROM schema_migrations ORDER BY version',
  )
  const done = new Set(rows.map((row) => row.version))
  const newest = files.at(-1)?.version ?? 0
  const foreign = rows.find((row) => row.version > newest)
  if (foreign) {
    throw new WarehouseError(
      'refused',
      `the warehouse holds migration ${foreign.name}, which this version of Jejak does not know; run a newer version`,
    )
  }
  const applied: string[] = []
  for (const { version, name, text } of files) {
    if (done.has(version)) continue
    await apply(warehouse, text, options.cluster)
    await warehouse.command(
      'INSERT INTO schema_migrations (version, name) VALUES ({version:UInt32}, {name:String})',
      {
        version,
        name,
      },
    )
    applied.push(name)
  }
  return applied
}

async function apply(warehouse: Warehouse, text: string, cluster: string | undefined): Promise<void> {
  for (const statement of parseMigration(text)) {
    for (const sql of statementsFor(statement, cluster)) await warehouse.command(sql)
  }
}

function migrationFiles(directory: string): { version: number; name: string; text: string }[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      text: readFileSync(`${directory}/${name}`, 'utf8'),
    }))
}
