import type { Control } from '../control/control.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { Logger } from '../ops/log.ts'

const LOOK_MS = 10 * 60_000
/** Edges whose clocks differ, and hits that a page sends late, still need a day's salt for a while. */
const KEPT_MS = 2 * 3_600_000

/**
 * Deletes each site's salts two hours after their day, for good: from then on nobody can tell whose a visitor key was.
 */
export function forgetOldSalts(control: Pick<Control, 'sites' | 'salts'>, log: Logger): { stop(): void } {
  const forget = async () => {
    try {
      await forgetSaltsAt(control, Date.now())
    } catch (error) {
      log.warn({ error: String(error) }, 'old salts could not be deleted; trying again in ten minutes')
    }
  }
  void forget()
  const timer = setInterval(forget, LOOK_MS)
  return { stop: () => clearInterval(timer) }
}

/** @param now Unix milliseconds. */
export async function forgetSaltsAt(control: Pick<Control, 'sites' | 'salts'>, now: number): Promise<void> {
  for (const { id, timezone } of await control.sites.list()) {
    await control.salts.deleteBefore(id, localDays(timezone).dayOf(now - KEPT_MS))
  }
}
