import type { Server } from 'node:http'
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

/** Lets requests under way end; idle connections end now. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()))
  server.closeIdleConnections()
  const limit = setTimeout(() => server.closeAllConnections(), 5_000)
  await closed
  clearTimeout(limit)
}
