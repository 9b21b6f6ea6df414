import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { toWarehouseError } from './errors.ts'
import {
  boundedSelect,
  columnList,
  DEFAULT_QUERY_SECONDS,
  insertSettings,
  type Limits,
} from './statements.ts'
import { type QueryOptions, type QueryParams, type Warehouse, WarehouseError } from './warehouse.ts'

export interface ServerOptions {
  /** `http(s)://user:password@host:8123/database`. */
  url: string
  /** Name of the cluster where the tables are distributed. */
  cluster?: string | undefined
  limits?: Limits
  /**
   * Milliseconds without an answer after which a request counts as unreachable (default 60,000). A query whose
   * `maxSeconds` are more is waited for that long, and ten seconds.
   */
  requestTimeout?: number
}

const DEFAULT_LIMITS: Limits = { maxThreads: 8, maxMemoryBytes: 10_000_000_000 }
const REQUEST_TIMEOUT = 60_000
/** How much later than its own time limit the engine's answer may come. */
const ANSWER_SLACK = 10_000

/** A ClickHouse server or cluster over HTTP. */
export function openServerWarehouse(options: ServerOptions): Warehouse {
  const limits = options.limits ?? DEFAULT_LIMITS
  const requestTimeout = options.requestTimeout ?? REQUEST_TIMEOUT
  const client = connect(options, requestTimeout)
  /** One for each time limit beyond the usual: the client's timeout is its own, not a request's. */
  const patientClients = new Map<number, ClickHouseClient>()

  function clientFor(maxSeconds: number): ClickHouseClient {
    const timeout = maxSeconds * 1_000 + ANSWER_SLACK
    if (maxSeconds <= DEFAULT_QUERY_SECONDS || timeout <= requestTimeout) return client
    const patient = patientClients.get(timeout) ?? connect(options, timeout)
    patientClients.set(timeout, patient)
    return patient
  }

  return {
    async query<Row>(
      sql: string,
      params: QueryParams = {},
      { signal, maxSeconds = DEFAULT_QUERY_SECONDS }: QueryOptions = {},
    ) {
      if (signal?.aborted) throw new WarehouseError('aborted', 'the query was given up before it began')
      const queryId = randomUUID()
      const kill = () => {
        client
          .command({ query: 'KILL QUERY WHERE query_id = {id:String} ASYNC', query_params: { id: queryId } })
          .catch(() => {})
      }
      signal?.addEventListener('abort', kill, { once: true })
      try {
        const answer = await clientFor(maxSeconds).query({
          query: boundedSelect(sql, limits, maxSeconds),
          query_params: params,
          format: 'JSONEachRow',
          query_id: queryId,
          ...(signal ? { abort_signal: signal } : {}),
        })
        return await answer.json<Row>()
      } catch (error) {
        // The client gives up a request with an error that says so in prose alone.
        if (signal?.aborted)
          throw new WarehouseError('aborted', 'the query was given up by its caller', { cause: error })
        throw toWarehouseError(error)
      } finally {
        signal?.removeEventListener('abort', kill)
      }
    },

    async command(sql, params = {}) {
      try {
        await client.command({ query: sql, query_params: params })
      } catch (error) {
        throw toWarehouseError(error)
      }
    },

    async insert(file) {
      if (statSync(file.path).size === 0) return
      try {
        const { stream } = await client.exec({
          query: `INSERT INTO ${file.table} (${columnList(file)}) SETTINGS ${insertSettings(file.token, limits, options.cluster !== undefined)} FORMAT TabSeparated`,
          values: createReadStream(file.path),
        })
        for await (const _ of stream) {
          // An insert answers nothing; the body is read so that the connection can be used again.
        }
      } catch (error) {
        throw toWarehouseError(error)
      }
    },

    async ping() {
      try {
        await client.command({ query: 'SELECT 1' })
      } catch (error) {
        throw toWarehouseError(error)
      }
    },

    async close() {
      await Promise.all([client, ...patientClients.values()].map((one) => one.close()))
    },
  }
}

function connect({ url, cluster }: ServerOptions, requestTimeout: number): ClickHouseClient {
  return createClient({
    url,
    request_timeout: requestTimeout,
    max_open_connections: 16,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    // Lists of ids make addresses longer than proxies take.
    use_multipart_params_auto: true,
    // The whole answer or an error with a status: without it an error in the middle follows half an answer and a 200.
    // On a cluster an INSERT … SELECT must be on its shards too before it counts as done.
    clickhouse_settings: {
      wait_end_of_query: 1,
      ...(cluster === undefined ? {} : { distributed_foreground_insert: 1 }),
    },
    // Errors go to the caller; the client's own log would print statements and stacks beside ours.
    log: { level: ClickHouseLogLevel.OFF },
  })
}
