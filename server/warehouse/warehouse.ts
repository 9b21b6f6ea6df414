/**
 * The warehouse as the rest of Jejak sees it: the embedded engine and a ClickHouse server answer alike.
 * SQL is always a constant text of ours; every value from outside goes in `params` and stands in the text as
 * `{name:Type}`. Settings stand in the statement itself (`… SETTINGS max_threads = 2`): given beside it they would
 * stay on the embedded engine's session and change later statements.
 */
export interface Warehouse {
  /** Rows of a SELECT (without SETTINGS and FORMAT), as objects by column name; 64-bit integers are JSON numbers. */
  query<Row>(sql: string, params?: QueryParams, options?: QueryOptions): Promise<Row[]>
  /** A statement without an answer (DDL, DELETE, INSERT … SELECT). */
  command(sql: string, params?: QueryParams): Promise<void>
  /** Inserts a prepared file exactly once for its token, however often it is sent. An empty file is a no-op. */
  insert(file: InsertFile): Promise<void>
  /** Rejects with a `WarehouseError` where the engine does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type QueryParams = Record<string, string | number | boolean | null | readonly (string | number)[]>

export interface QueryOptions {
  /** Aborting ends the query in the engine too. */
  signal?: AbortSignal
  /** Seconds after which the engine gives up (default 30). */
  maxSeconds?: number
  /** For the loader, whose queries come one at a time: on a session of its own, so that it never waits for reports. */
  reserved?: boolean
}

export interface InsertFile {
  table: string
  /** Column names with their types, in the file's order. */
  columns: readonly (readonly [name: string, type: string])[]
  /** Absolute path of a file in ClickHouse's TabSeparated format. */
  path: string
  /** `insert_deduplication_token`: a later insert under the same token into the same table adds nothing. */
  token: string
}

/**
 * What went wrong, by what a caller can do about it:
 * `unreachable` no answer or none in time (the statement may have happened); `transient` the engine is up and says
 * later; `refused` it will never take this data; `mistake` the statement itself is wrong, or meant for another schema;
 * `limit` the statement was too heavy (time or memory); `aborted` the caller gave up.
 */
export type WarehouseErrorKind = 'unreachable' | 'transient' | 'refused' | 'mistake' | 'limit' | 'aborted'

export class WarehouseError extends Error {
  readonly kind: WarehouseErrorKind
  /** ClickHouse's error code, 0 where there is none. */
  readonly code: number

  constructor(kind: WarehouseErrorKind, message: string, options: { code?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'WarehouseError'
    this.kind = kind
    this.code = options.code ?? 0
  }
}
