import { stringify } from 'csv-stringify/sync'
import type { QueryAnswer } from '../reports/contract.ts'

/**
 * An answer as CSV by RFC 4180 (comma, CRLF, quotes where needed): a header of names, then a line for each row. What
 * is unknown is an empty cell. With a comparison, each metric is followed at the end by its `compare_` column.
 *
 * Texts that a spreadsheet would run as a formula (beginning with = + - @, tab or carriage return) get a leading
 * apostrophe; figures stay plain numbers. At most 10,000 rows, as any answer.
 */
export function answerToCsv({ query, results }: QueryAnswer): string {
  const header = [
    ...query.dimensions,
    ...query.metrics,
    ...(query.compare ? query.metrics.map((name) => `compare_${name}`) : []),
  ]
  const lines = results.map((row) => [...row.dimensions, ...row.metrics, ...(row.compare?.metrics ?? [])])
  return stringify([header, ...lines], { record_delimiter: 'windows', escape_formulas: true })
}

/** `jejak-default-2026-11-01-2026-11-30.csv`, of characters that every file system takes. */
export function csvFileName({ query }: QueryAnswer): string {
  const parts = [query.site, ...query.date_range].map((part) => part.replace(/[^A-Za-z0-9.-]+/g, '_'))
  return `jejak-${parts.join('-')}.csv`
}
