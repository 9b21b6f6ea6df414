/**
 * Ends with 0 where the Jejak of this container is ready. `--socket` asks a loader, which has no port, on the socket of
 * its data directory.
 */
import { request } from 'node:http'

const where = process.argv.includes('--socket')
  ? { socketPath: `${process.env.JEJAK_DATA_DIR ?? './data'}/app.sock`, path: '/_/status' }
  : { host: '127.0.0.1', port: process.env.PORT || 8080, path: '/readyz' }

request({ ...where, timeout: 4_000 }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
  .end()
