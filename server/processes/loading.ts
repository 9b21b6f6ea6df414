import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { createJudge } from '../domain/judge.ts'
import { loadFacts } from '../facts/load.ts'
import { openCheckpoint } from '../loader/checkpoint.ts'
import { createEnricher } from '../loader/enrich.ts'
import { createLoader, type Loader, type LoaderOptions } from '../loader/loader.ts'
import { tellProgress } from '../loader/progress.ts'
import type { Logger } from '../ops/log.ts'
import { takeLock } from '../spool/lock.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { forgetOldSalts } from './salts.ts'
import { dataPaths, openConfiguredWarehouse } from './stores.ts'

/** A loader at work on a data directory's spool. */
export interface Loading {
  warehouse: Warehouse
  loader: Loader
  /** Loads what is spooled, for at most `patience` ms, and closes the warehouse. */
  stop(patience: number): Promise<void>
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
  faults: Pick<LoaderOptions, 'afterInsert'> = {},
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
  const loader = createLoader({
    warehouse,
    checkpoint,
    enricher: createEnricher(createJudge(loadFacts()), control),
    spoolRoot: paths.spool,
    directory: paths.loader,
    markClicked: (ids) => control.links.markClicked(ids),
    exclusively: (work) => control.exclusively(work),
    shared: config.clickhouseUrl !== null && config.clickhouseCluster === null,
    cluster: config.clickhouseCluster ?? undefined,
    log,
    ...faults,
  })
  loader.start()
  const salts = forgetOldSalts(control, log)
  const progress = config.clickhouseUrl
    ? tellProgress(warehouse, loader, `${hostname()}:${config.dataDir}`, log)
    : null
  return {
    warehouse,
    loader,
    async stop(patience) {
      salts.stop()
      progress?.stop()
      await loader.stop(patience)
      checkpoint.close()
      await warehouse.close()
      lock.release()
    },
  }
}
