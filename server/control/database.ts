import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite from 'better-sqlite3'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { ControlError } from './errors.ts'
import type { Database, Schema } from './schema.ts'
import { ImmediateSqliteDialect } from './sqlite-dialect.ts'

export type Engine = 'sqlite' | 'postgres'

const BUSY_MS = 5000
const WAL_ATTEMPTS = 100
const INT8_OID = 20

/**
 * Connects to the database that a URL names: `sqlite:/absolute/path.db` (made where it is missing, readable only by
 * its owner, since it holds salts and keys) or `postgres://user:password@host/database`.
 *
 * @throws {ControlError} `bad_url` for anything else.
 */
export async function openDatabase(url: string): Promise<{ database: Database; engine: Engine }> {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length)
    if (!isAbsolute(path)) throw badUrl('The path after sqlite: must be absolute.')
    const dialect = new ImmediateSqliteDialect({ database: await openSqlite(path) })
    return { database: new Kysely<Schema>({ dialect }), engine: 'sqlite' }
  }
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    return {
      database: new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(url) }) }),
      engine: 'postgres',
    }
  }
  throw badUrl('Write sqlite:/absolute/path.db or postgres://user:password@host/database.')
}

function badUrl(message: string): ControlError {
  return new ControlError('bad_url', `The control store's URL cannot be used. ${message}`)
}

async function openSqlite(path: string): Promise<BetterSqlite.Database> {
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', 0o600))
  const sqlite = new BetterSqlite(path, { timeout: BUSY_MS })
  await enterWal(sqlite)
  // FULL: a link that was answered with 201 may be in print; one fsync per write is what its survival costs.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  // Deleted salts are overwritten, not just unlinked: whoever had one could tell who a visitor key was.
  sqlite.pragma('secure_delete = ON')
  return sqlite
}

/** The switch to WAL does not wait for its lock as statements do: it fails at once while another process switches. */
async function enterWal(sqlite: BetterSqlite.Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      sqlite.pragma('journal_mode = WAL')
      return
    } catch (error) {
      const busy = error instanceof BetterSqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
      if (!busy || attempt === WAL_ATTEMPTS) throw error
      await sleep(BUSY_MS / WAL_ATTEMPTS)
    }
  }
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 5000,
    // A statement waits behind other processes' migrations at worst; a server that hangs must not hang us for ever.
    statement_timeout: 30_000,
    query_timeout: 35_000,
    keepAlive: true,
    // Ids, times and counters stay below 2^53; `pg` would give them as text.
    types: {
      getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)),
    },
  })
  // An idle connection that breaks is taken out by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return pool
}
