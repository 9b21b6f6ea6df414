import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Turn } from './turn.ts'

/** Tables of the warehouse that hold something of a site. What is judged goes first: reports read that. */
export const SITE_TABLES = ['sessions', 'hits', 'raw_hits', 'judged_days', 'turned_days'] as const

export interface ForgetDeps {
  warehouse: Warehouse
  checkpoint: Checkpoint
  cluster?: string | undefined
}

/**
 * Deletes all that the warehouse holds of a site, as a turn of the loader's, so that no batch and no judging of days
 * is under way meanwhile. Doing it again deletes what has come since. The engine takes the rows out of sight at once
 * and off the disk with its next merges.
 */
export function forgetSite(siteId: number, { warehouse, checkpoint, cluster }: ForgetDeps): Turn {
  return {
    async step() {
      const began = performance.now()
      const waiting = checkpoint.unsettled().filter((stretch) => stretch.siteId === siteId)
      checkpoint.settled(waiting.map(({ id }) => id))
      const [counted] = await warehouse.query<{ hits: number }>(
        'SELECT count() AS hits FROM raw_hits WHERE site = {site:UInt32}',
        { site: siteId },
      )
      for (const table of SITE_TABLES) {
        // On a cluster rows are deleted where they are kept: a Distributed table takes no DELETE.
        const place = cluster === undefined ? table : `${table}_local ON CLUSTER ${cluster}`
        await warehouse.command(`DELETE FROM ${place} WHERE site = {site:UInt32}`, { site: siteId })
      }
      return { generation: 0, hits: counted?.hits ?? 0, days: [], workMs: performance.now() - began }
    },
  }
}
