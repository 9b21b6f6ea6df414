import type { Config } from '../config.ts'
import type { Logger } from '../ops/log.ts'
import { findLoader } from '../processes/find-loader.ts'
import { openConfiguredControl, openConfiguredWarehouse } from '../processes/stores.ts'

/**
 * `jejak migrate`: brings control store and warehouse to the newest schema. A ClickHouse server can be opened beside a
 * running service; the embedded engine is its app's alone, which has migrated it when it started.
 */
export async function migrateCommand(config: Config, log: Logger): Promise<void> {
  const control = await openConfiguredControl(config)
  try {
    if (config.clickhouseUrl) await (await openConfiguredWarehouse(config)).close()
    else await (await findLoader(config, control, log)).close()
  } finally {
    await control.close()
  }
}
