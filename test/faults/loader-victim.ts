/**
 * `node --import tsx test/faults/loader-victim.ts DATA_DIR BATCH`: a loader on a data directory that kills itself
 * after the engine has answered its batch number BATCH and before the checkpoint has moved.
 */
import { readConfig } from '../../server/config.ts'
import { createLogger } from '../../server/ops/log.ts'
import { startLoading } from '../../server/processes/loading.ts'
import { openConfiguredControl } from '../../server/processes/stores.ts'

const [dataDir = '', batch = '1'] = process.argv.slice(2)
const config = readConfig({ ...process.env, JEJAK_DATA_DIR: dataDir })
let left = Number(batch)

await startLoading(config, await openConfiguredControl(config), createLogger('warn', 'victim'), {
  afterInsert() {
    if (--left === 0) process.kill(process.pid, 'SIGKILL')
  },
})
// Where nothing is to be loaded it would wait for ever.
setTimeout(() => process.exit(3), 30_000)
