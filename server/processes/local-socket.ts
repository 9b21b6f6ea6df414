import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { request, type Server } from 'node:http'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A Unix socket's path has at most 107 bytes on Linux and 103 on macOS. */
const MAX_SOCKET_PATH = 100

/**
 * Where the process that loads a data directory listens for the commands of this machine. In the directory itself, or,
 * where its path is too long for a socket, in the system's temporary folder under a name made from it.
 */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, 'app.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 24)
  const directory = join(tmpdir(), `jejak-${userInfo().uid}`)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return join(directory, `${name}.sock`)
}

/** Listens there, for this user alone. Its caller holds the data directory's lock, so a socket left behind is dead. */
export async function listenLocally(server: Server, dataDir: string): Promise<void> {
  const path = socketPath(dataDir)
  rmSync(path, { force: true })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(path, () => {
      server.off('error', fail)
      done()
    })
  })
  chmodSync(path, 0o600)
}

/** Nobody listens: the service is down, or its app is just being restarted. */
export class NobodyListens extends Error {}

/**
 * Asks the running app. Resolves with the parsed JSON of its answer, or its text where it is none.
 *
 * @param patience milliseconds for the whole answer; without it an answer may take as long as it takes.
 * @throws {NobodyListens} where there is none.
 */
export async function askApp<Answer>(
  dataDir: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  patience?: number,
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  return new Promise((done, fail) => {
    const asking = request(
      {
        socketPath: socketPath(dataDir),
        method,
        path,
        ...(patience === undefined ? {} : { signal: AbortSignal.timeout(patience) }),
        headers:
          body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', fail)
        answer.on('end', () => {
          const content = Buffer.concat(parts).toString('utf8')
          const isJson = answer.headers['content-type']?.includes('json')
          if (answer.statusCode === 200) done(isJson ? JSON.parse(content) : content)
          else fail(new Error(`the app answered ${answer.statusCode}: ${content.slice(0, 500)}`))
        })
      },
    )
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'
      fail(nobody ? new NobodyListens('no app is running on this data directory') : error)
    })
    asking.end(text)
  })
}
