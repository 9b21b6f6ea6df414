import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { createClient } from '@clickhouse/client'
import { toWarehouseError } from './errors.ts'
import {
  boundedSelect,
  columnList,
  DEFAULT_QUERY_SECONDS,
  insertSettings,
  type Limits,
} from './statements.ts'
import type { QueryOptions, QueryParams, Warehouse } from './warehouse.ts'

export interface ServerOptions {
  /** `http(s)://user:password@host:8123/database`. */
  url: string
  /** Name of the cluster where the tables are distributed. */
  cluster?: string | undefined
  limits?: Limits
  /** Milliseconds without an answer after which a request counts as unreachable (default 60,000). */
  requestTimeout?: number
}

const DEFAULT_LIMITS: Limits = { maxThreads: 8, maxMemoryBytes: 10_000_000_000 }

/** A ClickHouse server or cluster over HTTP. */
export function openServerWarehouse(options: ServerOptions): Warehouse {
  const limits = options.limits ?? DEFAULT_LIMITS
  const client = createClient({
    url: options.url,
    request_timeout: options.requestTimeout ?? 60_000,
    max_open_connections: 16,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
  })

  return {
    async query<Row>(sql: string, params: QueryParams = {}, { signal, maxSeconds }: QueryOptions = {}) {
      const queryId = randomUUID()
      const kill = () => {
        client
          .command({ query: 'KILL QUERY WHERE query_id = {id:String} ASYNC', query_params: { id: queryId } })
          .catch(() => {})
      }
      signal?.addEventListener('abort', kill, { once: true })
      try {
        const answer = await client.query({
          query: boundedSelect(sql, limits, maxSeconds ?? DEFAULT_QUERY_SECONDS),
          query_params: params,
          format: 'JSONEachRow',
          query_id: queryId,
          ...(signal ? { abort_signal: signal } : {}),
        })
        return await answer.json<Row>()
      } catch (error) {
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

    close: () => client.close(),
  }
}
