/**
 * `node --import tsx test/faults/read-warehouse.ts DATA_DIR SQL…`: the rows of each query as JSON. A process of its
 * own, since the engine holds one directory for as long as its process lives. Waits for another to leave it.
 */

import { dataPaths } from '../../server/processes/stores.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'

const [dataDir = '', ...queries] = process.argv.slice(2)
const warehouse = await openEmbeddedWarehouse({ path: dataPaths(dataDir).warehouse })
const answers: unknown[] = []
for (const sql of queries) answers.push(await warehouse.query(sql))
await warehouse.close()
process.stdout.write(JSON.stringify(answers))
