import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { createJudge } from '../domain/judge.ts'
import { loadFacts } from '../facts/load.ts'
import { openCheckpoint } from '../loader/checkpoint.ts'
import { createEnricher } from '../loader/enrich.ts'
import { createJudging, type Judging } from '../loader/judging.ts'
import { createLoader, type Loader, type LoaderOptions } from '../loader/loader.ts'
import { tellProgress } from '../loader/progress.ts'
import type { Logger } from '../ops/log.ts'
import { takeLock } from '../spool/lock.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { forgetOldSalts } from './salts.ts'
import { dataPaths, openConfiguredWarehouse } from './stores.ts'

/** A loader in this process, and its way of judging history again. */
export interface LocalLoader extends Loader {
  readonly judging: Judging
}

/** A loader at work on a data directory's spool. */
export interface Loading {
  warehouse: Warehouse
  loader: LocalLoader
  /** Loads what is spooled, for at most `patience` ms, and closes the warehouse. */
  stop(patience: number): Promise<void>
}

export interface LoadingOptions extends Pick<LoaderOptions, 'afterInsert'> {
  /** Loads nothing and writes nothing: for looking only, while no service runs. */
  idle?: boolean
}

/** How long a new process waits for the one before to leave the data directory. */
export const LOCK_PATIENCE_MS = 10_000

/**
 * Opens the warehouse and starts the loader of a data directory, of which there is one at a time.
 *
 * @throws {LockTaken} naming the holder, after ten seconds.
 */
export async function startLoading(
  config: Config,
  control: Control,
  log: Logger,
  { idle = false, ...faults }: LoadingOptions = {},
): Promise<Loading> {
  const paths = dataPaths(config.dataDir)
  mkdirSync(paths.loader, { recursive: true, mode: 0o700 })
  const lock = await takeLock(paths.loaderLock, LOCK_PATIENCE_MS, 'loader')
  let warehouse: Warehouse
  try {
    warehouse = await openConfiguredWarehouse(config)
  } catch (error) {
    lock.release()
    throw error
  }
  const checkpoint = openCheckpoint(join(paths.loader, 'checkpoint.db'))
  const enricher = createEnricher(createJudge(loadFacts()), control)
  const bare = createLoader({
    warehouse,
    checkpoint,
    enricher,
    spoolRoot: paths.spool,
    directory: paths.loader,
    markClicked: (ids) => control.links.markClicked(ids),
    exclusively: (work) => control.exclusively(work),
    shared: config.clickhouseUrl !== null && config.clickhouseCluster === null,
    cluster: config.clickhouseCluster ?? undefined,
    log,
    ...faults,
  })
  const judging = createJudging({
    warehouse,
    enricher,
    loader: bare,
    sites: control.sites,
    rules: control.rules,
    judgedZone: (siteId) => checkpoint.zoneOf(siteId),
    idle,
  })
  const loader: LocalLoader = Object.assign(bare, { judging })
  if (!idle) loader.start()
  const salts = idle ? null : forgetOldSalts(control, log)
  const progress =
    config.clickhouseUrl && !idle
      ? tellProgress(warehouse, loader, `${hostname()}:${config.dataDir}`, log)
      : null
  return {
    warehouse,
    loader,
    async stop(patience) {
      salts?.stop()
      progress?.stop()
      await judging.stop()
      await loader.stop(patience)
      checkpoint.close()
      await warehouse.close()
      lock.release()
    },
  }
}
