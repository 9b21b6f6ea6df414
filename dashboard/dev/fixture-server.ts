import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { type FixtureAnswer, type FixtureRequest, fixtureApi } from './fixture-api.ts'
import type { Scenario } from './fixture-data.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Between the pieces of a stream: long enough to see its progress, short enough for tests. */
const PIECE_MS = 40

/** What the built dashboard must live with: nothing inline but style attributes, nothing from another host. */
export const STRICT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Reads a request and answers it from the made-up API. */
export async function serveApi(
  api: (request: FixtureRequest) => FixtureAnswer | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part as Uint8Array))
  const answer = api({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    authorization: request.headers.authorization,
    accept: request.headers.accept ?? '',
    body: Buffer.concat(parts).toString(),
  })
  if (answer === null) return
  response.writeHead(answer.status, { 'content-type': answer.type })
  for (const piece of answer.before ?? []) {
    response.write(piece)
    await new Promise((resolve) => setTimeout(resolve, PIECE_MS))
  }
  response.end(answer.body)
}

export interface FixtureServer {
  url: string
  close: () => Promise<void>
}

/** The built dashboard under `/app/` with the made-up API beside it, on a free port of the loopback. */
export async function startFixtureServer(scenario: Scenario, dist: string): Promise<FixtureServer> {
  const api = fixtureApi(scenario)
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const answered = path.startsWith('/api/')
      ? serveApi(api, request, response)
      : serveFile(dist, path, response)
    answered.catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/app/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serveFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const name = normalize(decodeURIComponent(path)).replace(/^\/app\/?/, '')
  const file = extname(name) === '' ? 'index.html' : name
  const body = await readFile(join(dist, file)).catch(() => null)
  if (body === null) return void response.writeHead(404).end()
  response
    .writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': STRICT_POLICY,
    })
    .end(body)
}
