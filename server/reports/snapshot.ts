import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import type { Parameters } from './parameters.ts'

/**
 * Which generation of each day counts, read once: every statement of one answer uses the same snapshot, so a day
 * that is turned meanwhile shows whole, old or new, in all of them.
 */
export interface Snapshot {
  siteId: number
  /** Days whose current generation is above 0, ascending. */
  turned: readonly { day: string; generation: number }[]
  /** Days that hold judged rows, ascending, with every rules version that made rows of their current generation. */
  judged: readonly { day: string; rulesVersion: number }[]
}

export async function readSnapshot(
  warehouse: Warehouse,
  siteId: number,
  options: QueryOptions = {},
): Promise<Snapshot> {
  const [turned, judged] = await Promise.all([
    warehouse.query<{ day: string; generation: number }>(
      `SELECT toString(day) AS day, max(generation) AS generation FROM turned_days
       WHERE site = {site:UInt32} GROUP BY day HAVING generation > 0 ORDER BY day`,
      { site: siteId },
      options,
    ),
    warehouse.query<{ day: string; generation: number; rulesVersion: number }>(
      `SELECT DISTINCT toString(day) AS day, generation, rules_version AS rulesVersion FROM judged_days
       WHERE site = {site:UInt32} ORDER BY day, rulesVersion`,
      { site: siteId },
      options,
    ),
  ])
  const current = new Map(turned.map(({ day, generation }) => [day, generation]))
  return {
    siteId,
    turned,
    judged: judged
      .filter(({ day, generation }) => generation === (current.get(day) ?? 0))
      .map(({ day, rulesVersion }) => ({ day, rulesVersion })),
  }
}

/** First and last day that hold data, null while none does. */
export function availableDays({ judged }: Snapshot): { from: string; to: string } | null {
  const [first, last] = [judged.at(0), judged.at(-1)]
  return first && last ? { from: first.day, to: last.day } : null
}

/** The rules versions that made what is counted between two days, ascending. */
export function rulesVersions({ judged }: Snapshot, from: string, to: string): number[] {
  const versions = new Set<number>()
  for (const { day, rulesVersion } of judged) if (day >= from && day <= to) versions.add(rulesVersion)
  return [...versions].sort((a, b) => a - b)
}

/** The condition on a judged table that leaves the current rows of the site's days between `from` and `to`. */
export function currentRows(
  { siteId, turned }: Snapshot,
  { from, to }: { from: string; to: string },
  parameters: Parameters,
): string {
  const within = turned.filter(({ day }) => day >= from && day <= to)
  const site = parameters.bind('UInt32', siteId)
  const first = parameters.bind('Date32', from)
  const last = parameters.bind('Date32', to)
  return `site = ${site} AND day >= ${first} AND day <= ${last} AND generation = ${generationOf(within, parameters)}`
}

/** The current generation of a row's `day`, by the days that were turned. */
export function generationOf(turned: Snapshot['turned'], parameters: Parameters): string {
  const days = parameters.bind(
    'Array(Date)',
    turned.map(({ day }) => day),
  )
  const generations = parameters.bind(
    'Array(UInt32)',
    turned.map(({ generation }) => generation),
  )
  return `transform(day, ${days}, ${generations}, toUInt32(0))`
}
