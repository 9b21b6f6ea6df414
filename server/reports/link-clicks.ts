import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import { Parameters } from './parameters.ts'
import { STANDARD_DEFAULTS } from './registry/metrics.ts'
import { generationOf, readSnapshot } from './snapshot.ts'

export interface LinkClicks {
  /** Clicks of people that a redirect answered, since the link was made. */
  clicks: number
  /** Unix milliseconds of the last of them. */
  lastClickAt: number
}

/**
 * Clicks of some links of a site over all time, by link id; a link without clicks is not in the map.
 *
 * @throws {WarehouseError} where the warehouse does not answer.
 */
export async function linkClicks(
  warehouse: Warehouse,
  site: { id: number },
  linkIds: readonly number[],
  options: QueryOptions = {},
): Promise<Map<number, LinkClicks>> {
  if (linkIds.length === 0) return new Map()
  const { turned } = await readSnapshot(warehouse, site.id, options)
  const parameters = new Parameters()
  const { people, redirected } = STANDARD_DEFAULTS
  const rows = await warehouse.query<{ id: number; clicks: number; lastClickAt: number }>(
    `SELECT link_id AS id, count() AS clicks, toUnixTimestamp64Milli(max(time)) AS lastClickAt FROM hits
     WHERE site = ${parameters.bind('UInt32', site.id)} AND generation = ${generationOf(turned, parameters)}
       AND kind = 'click' AND ${people} AND ${redirected} AND link_id IN ${parameters.bind('Array(UInt64)', linkIds)}
     GROUP BY link_id`,
    parameters.values,
    options,
  )
  return new Map(rows.map(({ id, clicks, lastClickAt }) => [id, { clicks, lastClickAt }]))
}
