import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import { Parameters } from './parameters.ts'
import { STANDARD_DEFAULTS } from './registry/hit-metrics.ts'
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
  const links = parameters.bind('Array(UInt64)', linkIds)
  const siteId = parameters.bind('UInt32', site.id)
  const generation = generationOf(turned, parameters)
  // A prefetched redirect counts from when its landing came.
  const landed = `(traffic = 'prefetch' AND click_key != 0 AND click_key GLOBAL IN (
    SELECT click_key FROM hits WHERE site = ${siteId} AND generation = ${generation} AND kind = 'pageview' AND ${people}
      AND landing = 'verified' AND click_key != 0 AND link_id IN ${links}))`
  const rows = await warehouse.query<{ id: number; clicks: number; lastClickAt: number }>(
    `SELECT link_id AS id, count() AS clicks, toUnixTimestamp64Milli(max(time)) AS lastClickAt FROM hits
     WHERE site = ${siteId} AND generation = ${generation}
       AND kind = 'click' AND (${people} OR ${landed}) AND ${redirected} AND link_id IN ${links}
     GROUP BY link_id`,
    parameters.values,
    options,
  )
  return new Map(rows.map(({ id, clicks, lastClickAt }) => [id, { clicks, lastClickAt }]))
}
