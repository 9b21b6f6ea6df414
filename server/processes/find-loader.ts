import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { RunCounts } from '../loader/checkpoint.ts'
import type { TurnSummary } from '../loader/turn.ts'
import type { Logger } from '../ops/log.ts'
import { isLocked, LockTaken } from '../spool/lock.ts'
import { LOCK_FILE } from '../spool/segments.ts'
import { type Loading, startLoading } from './loading.ts'
import { askApp, NobodyListens } from './local-socket.ts'
import { dataPaths } from './stores.ts'

/** The loader of a data directory, whichever process it runs in. */
export interface FoundLoader {
  counts(edgeRun: string): Promise<RunCounts>
  judgeAgain(siteId: number, day: string): Promise<TurnSummary>
  /** Ends the loader where this process had to run it. */
  close(): Promise<void>
}

const ASK_AGAIN_MS = 250
/** An app that died is back after 10 s of waiting and a few of starting; where nobody is, nobody may be coming. */
const TAKE_OVER_MS = 20_000
const DRAIN_MS = 60_000

/**
 * Finds the running service's loader, or runs one for as long as this command takes. While the service's app is being
 * restarted the command waits for it; when the service is stopped, or another command that loaded has ended, this one
 * goes on by itself.
 */
export async function findLoader(config: Config, control: Control, log: Logger): Promise<FoundLoader> {
  const { dataDir } = config
  let own: Loading | null = null

  /** Has something done by the app, or here once nobody has listened for `patience` milliseconds. */
  async function either<Answer>(
    there: () => Promise<Answer>,
    here: (loading: Loading) => Promise<Answer>,
    patience = TAKE_OVER_MS,
  ): Promise<Answer> {
    const deadline = Date.now() + patience
    while (!own) {
      try {
        return await there()
      } catch (error) {
        if (!(error instanceof NobodyListens)) throw error
      }
      if (Date.now() >= deadline) own = await tryLoading(config, control, log)
      else await new Promise((done) => setTimeout(done, ASK_AGAIN_MS))
    }
    return here(own)
  }

  await either(
    async () => void (await askApp(dataDir, 'GET', '/_/status')),
    async () => {},
    frontRuns(dataDir) ? TAKE_OVER_MS : 0,
  )
  return {
    counts: (edgeRun) =>
      either(
        () => askApp<RunCounts>(dataDir, 'GET', `/_/counts/${edgeRun}`),
        async ({ loader }) => loader.counts(edgeRun),
      ),
    judgeAgain: (siteId, day) =>
      either(
        () => askApp<TurnSummary>(dataDir, 'POST', '/_/judge-again', { siteId, day }),
        async ({ loader }) => {
          const site = await control.sites.byId(siteId)
          if (!site) throw new Error(`there is no site ${siteId}`)
          const { start, end } = localDays(site.timezone).bounds(day)
          return loader.judgeAgain({ siteId, from: start, to: end, days: [day] })
        },
      ),
    close: async () => {
      await own?.stop(DRAIN_MS)
    },
  }
}

/** Whether a front process redirects on this data directory: its app, if not there, is being restarted. */
function frontRuns(dataDir: string): boolean {
  return isLocked(join(dataPaths(dataDir).edgeSpool, LOCK_FILE))
}

/** Null where another process loads: an app that is about to listen, or a command that will end. */
async function tryLoading(config: Config, control: Control, log: Logger): Promise<Loading | null> {
  try {
    return await startLoading(config, control, log)
  } catch (error) {
    if (error instanceof LockTaken) return null
    throw error
  }
}
