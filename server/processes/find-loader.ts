import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import type { RunCounts } from '../loader/checkpoint.ts'
import type { DayRequest, SiteDays } from '../loader/judging.ts'
import type { LoaderStatus } from '../loader/loader.ts'
import type { DayTrial } from '../loader/trial.ts'
import type { TurnSummary } from '../loader/turn.ts'
import type { Logger } from '../ops/log.ts'
import { isLocked, LockTaken } from '../spool/lock.ts'
import { LOCK_FILE } from '../spool/segments.ts'
import { type Loading, type LoadingOptions, startLoading } from './loading.ts'
import { askApp, NobodyListens } from './local-socket.ts'
import { dataPaths } from './stores.ts'

/** The loader of a data directory, whichever process it runs in. */
export interface FoundLoader {
  counts(edgeRun: string): Promise<RunCounts>
  /** How a site's days between two, both included, stand judged. */
  judgedDays(siteId: number, from: string, to: string): Promise<SiteDays>
  /** What judging a day again would move; null where it was left alone. */
  tryDay(request: DayRequest): Promise<DayTrial | null>
  /** Judges a day again; null where it was left alone. */
  judgeAgain(request: DayRequest): Promise<TurnSummary | null>
  /** Everything that was received before this instant (Unix ms) is in the warehouse. */
  completeUntil(): Promise<number>
  /** Deletes all hits of a site. */
  forgetSite(siteId: number): Promise<TurnSummary>
  /** Ends the loader where this process had to run it. */
  close(): Promise<void>
}

const ASK_AGAIN_MS = 250
/** An app that died is back after 10 s of waiting and a few of starting; where nobody is, nobody may be coming. */
const TAKE_OVER_MS = 20_000
const DRAIN_MS = 60_000
/** A service that has been started waits for us; it loads what is left. */
const HAND_OVER_MS = 0

/**
 * Finds the running service's loader, or runs one for as long as this command takes. While the service's app is being
 * restarted the command waits for it; when the service is stopped, or another command that loaded has ended, this one
 * goes on by itself, until a service is started on the data directory: then that one's app does the rest.
 *
 * @param options `idle` where this process, if it has to open the warehouse, is to look only.
 */
export async function findLoader(
  config: Config,
  control: Control,
  log: Logger,
  options: Pick<LoadingOptions, 'idle'> = {},
): Promise<FoundLoader> {
  const { dataDir } = config
  const take = () => tryLoading(config, control, log, options)
  let own: OwnLoading | null = null

  /** Has something done by the app, or here once nobody has listened for `patience` milliseconds. */
  async function either<Answer>(
    there: () => Promise<Answer>,
    here: (loading: Loading) => Promise<Answer>,
    patience = TAKE_OVER_MS,
  ): Promise<Answer> {
    // A front process without an app, as `jejak edge` is, was there before.
    if (own && !own.besideFront && frontRuns(dataDir)) {
      await own.loading.stop(HAND_OVER_MS)
      own = null
    }
    let alone: number | null = null
    while (!own) {
      const asked = Date.now()
      try {
        return await there()
      } catch (error) {
        if (!(error instanceof NobodyListens)) throw error
      }
      // Whoever was asked for longer than it takes to find nobody was there, and has just died.
      if (Date.now() - asked > ASK_AGAIN_MS) alone = null
      alone ??= Date.now()
      if (Date.now() - alone >= patience) own = await take()
      else await new Promise((done) => setTimeout(done, ASK_AGAIN_MS))
    }
    return here(own.loading)
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
    judgedDays: (siteId, from, to) =>
      either(
        () => askApp<SiteDays>(dataDir, 'GET', `/_/judged-days?site=${siteId}&from=${from}&to=${to}`),
        ({ loader }) => loader.judging.days(siteId, from, to),
      ),
    tryDay: (request) =>
      either(
        () => askApp<DayTrial | null>(dataDir, 'POST', '/_/judge-again/trial', request),
        ({ loader }) => loader.judging.tryDay(request),
      ),
    judgeAgain: (request) =>
      either(
        () => askApp<TurnSummary | null>(dataDir, 'POST', '/_/judge-again', request),
        ({ loader }) => loader.judging.judgeDay(request),
      ),
    completeUntil: () =>
      either(
        async () => (await askApp<LoaderStatus>(dataDir, 'GET', '/_/status')).completeUntil,
        async ({ loader }) => loader.status().completeUntil,
      ),
    forgetSite: (siteId) =>
      either(
        () => askApp<TurnSummary>(dataDir, 'POST', '/_/forget-site', { siteId }),
        ({ loader }) => loader.forgetSite(siteId),
      ),
    close: async () => {
      await own?.loading.stop(DRAIN_MS)
    },
  }
}

interface OwnLoading {
  loading: Loading
  /** Whether a front process ran when this process began to load. */
  besideFront: boolean
}

/** Whether a front process redirects on this data directory: its app, if not there, is being restarted. */
function frontRuns(dataDir: string): boolean {
  return isLocked(join(dataPaths(dataDir).edgeSpool, LOCK_FILE))
}

/** Null where another process loads: an app that is about to listen, or a command that will end. */
async function tryLoading(
  config: Config,
  control: Control,
  log: Logger,
  options: Pick<LoadingOptions, 'idle'>,
): Promise<OwnLoading | null> {
  const besideFront = frontRuns(config.dataDir)
  try {
    return { loading: await startLoading(config, control, log, options), besideFront }
  } catch (error) {
    if (error instanceof LockTaken) return null
    throw error
  }
}
