import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import type { Logger } from '../ops/log.ts'
import { openSpoolWriter } from '../spool/writer.ts'
import { type ConversionIntake, startConversionIntake } from './conversion-intake.ts'

/** An app's own directory in the spool, beside the edge's. */
const APP_SPOOL = 'app'

/** An app process's way of taking conversions in. */
export interface ConversionDoor {
  intake: ConversionIntake
  /** Ends it, once no request is under way any more and before the loader of the spool ends. */
  close(): Promise<void>
}

/**
 * Opens the app's spool directory below `spoolRoot` and starts taking conversions in. Its hits are on the disk before
 * they are answered for, whatever `JEJAK_DURABILITY` says: a CRM does not tell a sale again that was acknowledged.
 *
 * @throws {LockTaken} while another process writes there.
 */
export async function openConversionDoor(
  config: Config,
  control: Control,
  spoolRoot: string,
  log: Logger,
): Promise<ConversionDoor> {
  const spool = await openSpoolWriter({
    directory: join(spoolRoot, APP_SPOOL),
    durability: 'fsync',
    maxBytes: config.spoolMaxBytes,
    onLoss: (reason, hits) =>
      log.warn({ reason, hits }, 'conversions wait in the control store: the spool cannot keep them'),
  })
  const intake = startConversionIntake({ ledger: control.conversions, spool, log })
  return {
    intake,
    async close() {
      await intake.stop()
      await spool.close()
    },
  }
}
