import type { InsertFile } from './warehouse.ts'

/** What a statement may use of the engine. */
export interface Limits {
  maxThreads: number
  maxMemoryBytes: number
}

export const DEFAULT_QUERY_SECONDS = 30

/**
 * A SELECT with its limits. They stand in the text: beside it they would stay on an embedded session. What groups and
 * sorts when two thirds of the memory are taken goes on on disk: slower, but it ends.
 */
export function boundedSelect(sql: string, limits: Limits, maxSeconds: number): string {
  const spill = Math.floor((limits.maxMemoryBytes * 2) / 3)
  const settings = [
    `max_execution_time = ${maxSeconds}`,
    `max_memory_usage = ${limits.maxMemoryBytes}`,
    `max_bytes_before_external_group_by = ${spill}`,
    `max_bytes_before_external_sort = ${spill}`,
    `max_threads = ${limits.maxThreads}`,
    // Looks for `a < b AND b < 5` to make `a < 5` of, in every condition of every level: half of the time of planning
    // our longest statements (0.4 of 0.8 s), and we write none.
    'optimize_and_compare_chain = 0',
    'output_format_json_quote_64bit_integers = 0',
  ]
  return `${sql}\nSETTINGS ${settings.join(', ')}`
}

/**
 * The settings that make an insert happen once for its token: one thread and no squashing by bytes, so that the same
 * file always makes the same blocks in the same order (a batch stays below both row limits), and nothing asynchronous.
 */
export function insertSettings(token: string, limits: Limits, cluster: boolean): string {
  const settings = [
    `insert_deduplication_token = '${quoteToken(token)}'`,
    'insert_deduplicate = 1',
    'async_insert = 0',
    'max_insert_threads = 1',
    'max_threads = 1',
    'input_format_parallel_parsing = 0',
    'min_insert_block_size_rows = 1000000',
    'min_insert_block_size_bytes = 0',
    'max_insert_block_size = 1000000',
    'deduplicate_blocks_in_dependent_materialized_views = 1',
    `max_memory_usage = ${limits.maxMemoryBytes}`,
  ]
  if (cluster) settings.push('distributed_foreground_insert = 1')
  return settings.join(', ')
}

/** `(a, b, c)` of an insert file. Column names are ours, never a caller's. */
export function columnList(file: InsertFile): string {
  return file.columns.map(([name]) => name).join(', ')
}

export function columnStructure(file: InsertFile): string {
  return file.columns.map(([name, type]) => `${name} ${type}`).join(', ')
}

/** A string literal of the engine, for the few places that take no bound parameter (paths, structures). */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function quoteToken(token: string): string {
  if (!/^[\w:.-]+$/.test(token)) throw new RangeError(`not an insert token: ${token}`)
  return token
}
