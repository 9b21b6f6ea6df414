import { stringify } from 'csv-stringify/sync'
import type { AttributionAnswer, PathsAnswer } from '../reports/attribution/contract.ts'

/** Stands between the touches of a path. */
const THEN = ' > '

/**
 * Who gets which credit, as CSV by RFC 4180: a line for each key and model, in the answer's order of both. A share of
 * nothing is an empty cell. Texts that a spreadsheet would run as a formula get a leading apostrophe.
 */
export function attributionToCsv({ results, query }: AttributionAnswer): string {
  const header = ['key', 'model', 'conversions', 'value', 'conversion_share', 'value_share']
  const lines = results.flatMap(({ key, credits }) =>
    query.models.flatMap((model) => {
      const credit = credits[model]
      if (!credit) return []
      return [[key, model, credit.conversions, credit.value, credit.conversionShare, credit.valueShare]]
    }),
  )
  return toCsv([header, ...lines])
}

/** The paths of an answer as CSV, a line each, their touches joined by ` > `; what is unknown is an empty cell. */
export function pathsToCsv({ results }: PathsAnswer): string {
  const header = ['path', 'conversions', 'value', 'nulls', 'share', 'seconds_to_convert']
  const lines = results.map(({ path, conversions, value, nulls, share, secondsToConvert }) => [
    path.join(THEN),
    conversions,
    value,
    nulls,
    share,
    secondsToConvert,
  ])
  return toCsv([header, ...lines])
}

/** `jejak-attribution-default-2026-11-01-2026-11-30.csv`, of characters that every file system takes. */
export function attributionCsvName(
  what: 'attribution' | 'paths',
  { query }: Pick<AttributionAnswer | PathsAnswer, 'query'>,
): string {
  const range = typeof query.date_range === 'string' ? [query.date_range] : query.date_range
  const parts = [what, query.site, ...range].map((part) => part.replace(/[^A-Za-z0-9.-]+/g, '_'))
  return `jejak-${parts.join('-')}.csv`
}

function toCsv(lines: readonly (readonly (string | number | null)[])[]): string {
  return stringify([...lines], { record_delimiter: 'windows', escape_formulas: true })
}
