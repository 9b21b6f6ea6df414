import type { Server, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'

/** Resolves once the server listens; rejects where the port cannot be had. */
export async function listen(server: Server, { host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      done()
    })
  })
}

/** The port that a listening server was given. */
export function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const IDLE_CHECK_MS = 50
const CLOSE_LIMIT_MS = 5_000

/** Lets requests under way end, each connection with its answer; idle connections end now. */
export async function closeServer(server: Server): Promise<void> {
  // Else a connection that is never idle when looked at would be kept for the whole limit and cut in a request.
  server.prependListener('request', (_, res: ServerResponse) => {
    res.shouldKeepAlive = false
  })
  const closed = new Promise<void>((done) => server.close(() => done()))
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const limit = setTimeout(() => server.closeAllConnections(), CLOSE_LIMIT_MS)
  await closed
  clearInterval(idle)
  clearTimeout(limit)
}
