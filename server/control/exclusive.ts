import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Engine } from './database.ts'
import type { Database } from './schema.ts'

const TRY_AGAIN_MS = 50
const STORE_AWAY_MS = 1_000
/** Any number that nothing else in this database locks: the letters "jjk". */
const LOCK_SPACE = 0x6a6a6b

/**
 * Makes `Control.exclusively`. With PostgreSQL it is a session's advisory lock, so that it is free again when its
 * holder dies; asked for by trying, since a waiting statement would run into the statement timeout. A store that does
 * not answer is waited for. With SQLite there is one loader to a data directory, and nothing to keep out.
 */
export function createExclusively(
  database: Database,
  engine: Engine,
): <T>(work: () => Promise<T>) => Promise<T> {
  if (engine === 'sqlite') return (work) => work()
  return async (work) => {
    for (;;) {
      let began = false
      try {
        const outcome = await database.connection().execute(async (connection) => {
          const { rows } = await sql<{ taken: boolean }>`
            SELECT pg_try_advisory_lock(${LOCK_SPACE}::bigint) AS taken`.execute(connection)
          if (!rows[0]?.taken) return null
          began = true
          try {
            return { value: await work() }
          } finally {
            await sql`SELECT pg_advisory_unlock(${LOCK_SPACE}::bigint)`.execute(connection).catch(() => {})
          }
        })
        if (outcome) return outcome.value
        await sleep(TRY_AGAIN_MS)
      } catch (error) {
        if (began) throw error
        await sleep(STORE_AWAY_MS)
      }
    }
  }
}
