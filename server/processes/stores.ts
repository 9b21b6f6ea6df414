import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { openControl } from '../control/open.ts'
import { openEmbeddedWarehouse } from '../warehouse/embedded.ts'
import { migrate } from '../warehouse/migrate.ts'
import { openServerWarehouse } from '../warehouse/server.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** Where everything of a data directory stands. */
export function dataPaths(dataDir: string) {
  return {
    control: join(dataDir, 'control.db'),
    warehouse: join(dataDir, 'warehouse'),
    spool: join(dataDir, 'spool'),
    /** The front process's own directory in the spool; imports have directories of their own beside it. */
    edgeSpool: join(dataDir, 'spool', 'edge'),
    loader: join(dataDir, 'loader'),
    loaderLock: join(dataDir, 'loader.lock'),
  }
}

/**
 * The control store that the configuration names, brought to the newest schema. Its default domain follows the public
 * URL where `renameDomain` says so: the process that redirects does, since its port stands in the URL's standard value.
 */
export function openConfiguredControl(
  config: Config,
  { renameDomain = false }: { renameDomain?: boolean } = {},
): Promise<Control> {
  const url = config.databaseUrl ?? `sqlite:${dataPaths(config.dataDir).control}`
  return openControl(url, { defaultDomain: config.publicUrl.host, renameDomain })
}

/**
 * The warehouse that the configuration names, brought to the newest schema. The embedded one is for the process that
 * holds the data directory's loader lock.
 */
export async function openConfiguredWarehouse(config: Config): Promise<Warehouse> {
  const warehouse = config.clickhouseUrl
    ? openServerWarehouse({ url: config.clickhouseUrl, cluster: config.clickhouseCluster ?? undefined })
    : await openEmbeddedWarehouse({ path: dataPaths(config.dataDir).warehouse })
  try {
    await migrate(warehouse, { cluster: config.clickhouseCluster ?? undefined })
    return warehouse
  } catch (error) {
    await warehouse.close()
    throw error
  }
}
