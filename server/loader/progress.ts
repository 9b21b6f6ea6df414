import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Loader, LoaderLog } from './loader.ts'

const TELL_MS = 5_000
const ASK_MS = 2_000
/** A loader that has not been heard of for an hour was taken away; one that only ails holds `completeUntil` back. */
const FORGET_SECONDS = 3_600

/** Tells the warehouse every five seconds how far a loader has come. */
export function tellProgress(
  warehouse: Warehouse,
  loader: Loader,
  name: string,
  log: LoaderLog,
): { stop(): void } {
  const tell = async () => {
    const { completeUntil } = loader.status()
    if (completeUntil === 0) return
    try {
      await warehouse.command(
        `INSERT INTO loader_progress (loader, complete_until, seen_at)
         SELECT {name:String}, fromUnixTimestamp64Milli({until:Int64}, 'UTC'), now64(3, 'UTC')`,
        { name, until: completeUntil },
      )
    } catch (error) {
      log.warn({ error: String(error) }, 'could not tell how far loading has come')
    }
  }
  const timer = setInterval(tell, TELL_MS)
  return { stop: () => clearInterval(timer) }
}

/**
 * Asks every two seconds for the instant (Unix ms) up to which all loaders together are complete; 0 until one was
 * heard of.
 */
export function followProgress(warehouse: Warehouse): { completeUntil(): number; stop(): void } {
  let completeUntil = 0
  let asking = false
  const ask = async () => {
    if (asking) return
    asking = true
    try {
      const [row] = await warehouse.query<{ until: number }>(
        `SELECT toUnixTimestamp64Milli(min(until)) AS until FROM (
           SELECT max(complete_until) AS until FROM loader_progress
           WHERE seen_at > now64(3, 'UTC') - INTERVAL ${FORGET_SECONDS} SECOND GROUP BY loader)`,
      )
      completeUntil = Math.max(0, row?.until ?? 0)
    } catch {
      // What was known stays: it can only be too early.
    } finally {
      asking = false
    }
  }
  void ask()
  const timer = setInterval(ask, ASK_MS)
  return { completeUntil: () => completeUntil, stop: () => clearInterval(timer) }
}
