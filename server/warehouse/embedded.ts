import { randomUUID } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { toWarehouseError } from './errors.ts'
import {
  boundedSelect,
  columnList,
  columnStructure,
  DEFAULT_QUERY_SECONDS,
  insertSettings,
  type Limits,
  quoteLiteral,
} from './statements.ts'
import { type QueryOptions, type QueryParams, type Warehouse, WarehouseError } from './warehouse.ts'

export interface EmbeddedOptions {
  /** Data directory of the engine; one process at a time may open it. */
  path: string
  /** Sessions for reports beside the loader's two (default 3): each runs one statement at a time. */
  readers?: number
  limits?: Limits
  /** Milliseconds to wait for another process to leave the directory (default 10,000). */
  waitForLock?: number
}

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>

const DEFAULT_LIMITS: Limits = { maxThreads: 2, maxMemoryBytes: 1_500_000_000 }
/** Error 76, CANNOT_OPEN_FILE: another process holds the data directory. */
const DIRECTORY_TAKEN = /status file|already running|Cannot lock file|code: 76|Code: 76/i

/**
 * ClickHouse inside this process, by chDB. Open it from the main thread of one process only: a worker thread beside it
 * ended in a segmentation fault.
 *
 * @throws {WarehouseError} `unreachable` where chdb is not installed or the directory stays taken.
 */
export async function openEmbeddedWarehouse(options: EmbeddedOptions): Promise<Warehouse> {
  const limits = options.limits ?? DEFAULT_LIMITS
  mkdirSync(options.path, { recursive: true })
  const connect = await chdbConnector(options.path)
  const writer = await openFirst(connect, options.waitForLock ?? 10_000)
  const readers = new Pool(Array.from({ length: options.readers ?? 3 }, connect))
  const reserved = new Pool([connect()])
  const killer = connect()

  return {
    async query<Row>(sql: string, params: QueryParams = {}, options: QueryOptions = {}) {
      const { signal, maxSeconds } = options
      return (options.reserved ? reserved : readers).use(async (client) => {
        if (signal?.aborted) throw new WarehouseError('aborted', 'the query was given up before it began')
        const mark = `jejak:${randomUUID()}`
        const kill = () => {
          killer.command({ query: killStatement(mark) }).catch(() => {})
        }
        signal?.addEventListener('abort', kill, { once: true })
        try {
          const answer = await client.query({
            query: `/* ${mark} */ ${boundedSelect(sql, limits, maxSeconds ?? DEFAULT_QUERY_SECONDS)}`,
            query_params: params,
            format: 'JSONEachRow',
          })
          return await answer.json<Row>()
        } finally {
          signal?.removeEventListener('abort', kill)
        }
      })
    },

    async command(sql, params = {}) {
      await run(() => writer.command({ query: sql, query_params: params }))
    },

    async insert(file) {
      if (statSync(file.path).size === 0) return
      const columns = columnList(file)
      await run(() =>
        writer.command({
          query:
            `INSERT INTO ${file.table} (${columns}) SETTINGS ${insertSettings(file.token, limits, false)} ` +
            `SELECT ${columns} FROM file(${quoteLiteral(file.path)}, 'TabSeparated', ${quoteLiteral(columnStructure(file))})`,
        }),
      )
    },

    async ping() {
      await readers.use((client) => client.command({ query: 'SELECT 1' }))
    },

    async close() {
      await Promise.all([writer.close(), killer.close(), readers.close(), reserved.close()])
    },
  }
}

/** A client runs one statement at a time, and a statement behind a heavy one would wait for it. */
class Pool {
  readonly #all: ClickHouseClient[]
  readonly #free: ClickHouseClient[]
  readonly #waiting: ((client: ClickHouseClient) => void)[] = []

  constructor(clients: ClickHouseClient[]) {
    this.#all = clients
    this.#free = [...clients]
  }

  async use<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const client =
      this.#free.pop() ?? (await new Promise<ClickHouseClient>((give) => this.#waiting.push(give)))
    try {
      return await run(() => work(client))
    } finally {
      const next = this.#waiting.shift()
      if (next) next(client)
      else this.#free.push(client)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.close()))
  }
}

async function run<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toWarehouseError(error)
  }
}

async function chdbConnector(path: string): Promise<() => ClickHouseClient> {
  let chdb: typeof import('chdb/connection')
  try {
    chdb = await import('chdb/connection')
  } catch (cause) {
    throw new WarehouseError(
      'unreachable',
      'the embedded engine (npm package chdb) is not installed; install it or set JEJAK_CLICKHOUSE_URL to a ClickHouse server',
      { cause },
    )
  }
  // The engine's package is compiled against a copy of the client's types of its own; the shapes are the same.
  return () =>
    createClient({
      connection: chdb.createChdbConnection({ path }) as unknown as ClientConnection,
      log: { level: ClickHouseLogLevel.OFF },
    })
}

async function openFirst(connect: () => ClickHouseClient, patience: number): Promise<ClickHouseClient> {
  const deadline = Date.now() + patience
  for (;;) {
    try {
      const client = connect()
      await client.command({ query: 'SELECT 1' })
      return client
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (!DIRECTORY_TAKEN.test(message) || Date.now() > deadline) throw toWarehouseError(error)
      await new Promise((done) => setTimeout(done, 200))
    }
  }
}

/** The engine knows no query id of ours; a query is found by the mark in its text. */
function killStatement(mark: string): string {
  return `KILL QUERY WHERE query LIKE '/* ${mark} */%' ASYNC`
}
