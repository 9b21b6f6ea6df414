import { type Migration, Migrator } from 'kysely'
import type { Engine } from './database.ts'
import { start } from './migrations/0001-start.ts'
import { rules } from './migrations/0002-rules.ts'
import { signals } from './migrations/0003-signals.ts'
import { siteLists } from './migrations/0004-site-lists.ts'
import { conversions } from './migrations/0005-conversions.ts'
import type { Database } from './schema.ts'

/**
 * Brings the store to the current schema. Processes that start together wait for each other (an advisory lock on
 * PostgreSQL, the write lock of one transaction on SQLite), and one does the work.
 *
 * @throws the migration's own error; the store is then as it was.
 */
export async function migrateControl(database: Database, engine: Engine): Promise<void> {
  const migrations: Record<string, Migration> = {
    '0001-start': start(engine),
    '0002-rules': rules(),
    '0003-signals': signals(),
    '0004-site-lists': siteLists(),
    '0005-conversions': conversions(),
  }
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
