import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { RunCounts } from '../loader/checkpoint.ts'
import type { TurnSummary } from '../loader/turn.ts'
import type { Logger } from '../ops/log.ts'
import { LockTaken } from '../spool/lock.ts'
import { type Loading, startLoading } from './loading.ts'
import { askApp, NobodyListens } from './local-socket.ts'

/** The loader of a data directory, whichever process it runs in. */
export interface FoundLoader {
  counts(edgeRun: string): Promise<RunCounts>
  judgeAgain(siteId: number, day: string): Promise<TurnSummary>
  /** Ends the loader where this process had to run it. */
  close(): Promise<void>
}

const ASK_AGAIN_MS = 250
const PATIENCE_MS = 60_000
const DRAIN_MS = 60_000

/**
 * Finds the running service's loader, or runs one for as long as this command takes. While the service's app is being
 * restarted, or one that was just started takes the engine first, the command goes over to it.
 */
export async function findLoader(config: Config, control: Control, log: Logger): Promise<FoundLoader> {
  const { dataDir } = config
  let own: Loading | null = null

  async function ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      try {
        return await askApp<Answer>(dataDir, method, path, body)
      } catch (error) {
        if (!(error instanceof NobodyListens) || Date.now() > deadline) throw error
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS))
      }
    }
  }

  try {
    await askApp(dataDir, 'GET', '/_/status')
  } catch (error) {
    if (!(error instanceof NobodyListens)) throw error
    try {
      own = await startLoading(config, control, log)
    } catch (taken) {
      if (!(taken instanceof LockTaken)) throw taken
      await ask('GET', '/_/status')
    }
  }
  const loading = own
  if (!loading) {
    return {
      counts: (edgeRun) => ask('GET', `/_/counts/${edgeRun}`),
      judgeAgain: (siteId, day) => ask('POST', '/_/judge-again', { siteId, day }),
      close: async () => {},
    }
  }
  return {
    counts: async (edgeRun) => loading.loader.counts(edgeRun),
    async judgeAgain(siteId, day) {
      const site = await control.sites.byId(siteId)
      if (!site) throw new Error(`there is no site ${siteId}`)
      const { start, end } = localDays(site.timezone).bounds(day)
      return loading.loader.judgeAgain({ siteId, from: start, to: end, days: [day] })
    },
    close: () => loading.stop(DRAIN_MS),
  }
}
