import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type EngineAnswer, openEngine } from './clickhouse-engine.ts'
import { type Fault, Faults } from './clickhouse-faults.ts'
import { BadRequest, readStatement, type Statement } from './clickhouse-request.ts'

export interface ClickHouseStandIn {
  /** For `JEJAK_CLICKHOUSE_URL`. */
  readonly url: string
  readonly port: number
  /** The last statements that arrived whole, oldest first, answered or not. */
  readonly received: readonly string[]
  /** Begins a fault, beside those under way. */
  inject(fault: Fault): Promise<void>
  /** Ends all faults. A request that hangs stays without an answer. */
  clear(): Promise<void>
  close(): Promise<void>
}

const RECEIVED_KEPT = 1_000
/** A server takes addresses of a megabyte; Node stops at 16 kB. */
const MAX_URI_BYTES = 1_048_576
/** HTTP statuses that ClickHouse gives its errors (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); the rest are 500. */
const STATUS_OF_CODES: readonly (readonly [status: number, codes: readonly number[]])[] = [
  [400, [6, 8, 25, 26, 27, 36, 38, 41, 44, 53, 62, 72, 117, 321, 376, 427]],
  [403, [192, 193, 497, 516]],
  [404, [46, 47, 50, 56, 60, 63, 73, 81, 115]],
  [408, [159]],
  [501, [48]],
  [503, [76, 209, 439]],
]

/**
 * A server that speaks ClickHouse's HTTP protocol over the embedded engine, on a loopback port. One to a process, from
 * its main thread, as the engine wants it.
 *
 * @param options.path the engine's data directory; a stand-in opened there again finds what was inserted.
 * @param options.port 0 or nothing for a free one.
 * @param options.configFile XML of the engine, for what only a server's configuration can say (clusters).
 */
export async function startClickHouseStandIn(options: {
  path: string
  port?: number
  configFile?: string
}): Promise<ClickHouseStandIn> {
  // Beside the engine, so that one that was killed leaves nothing outside its owner's folder.
  const bodies = `${options.path}.bodies`
  rmSync(bodies, { recursive: true, force: true })
  mkdirSync(bodies, { recursive: true })
  const engine = openEngine(options.path, options.configFile)
  const faults = new Faults()
  const received: string[] = []
  const server = createServer({ maxHeaderSize: MAX_URI_BYTES, keepAliveTimeout: 10_000 }, (req, res) => {
    handle(req, res).catch((error) => {
      if (!res.headersSent) answerError(res, error)
      else res.destroy()
    })
  })
  // A long insert behind a slow answer is no reason to hang up.
  server.requestTimeout = 0
  await listen(server, options.port ?? 0)
  const port = portOf(server)

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const isPing = req.url?.startsWith('/ping') === true
    const statement = isPing ? null : await readStatement(req, bodies)
    try {
      received.push(statement?.text ?? '/ping')
      if (received.length > RECEIVED_KEPT) received.shift()
      const fault = faults.take(statement?.text ?? '/ping')
      if (fault?.kind === 'hang') return
      if (fault?.kind === 'slow') await sleep(fault.ms ?? 0)
      if (fault?.kind === 'error500') {
        throw new Error('Code: 999. DB::Exception: Session expired. (KEEPER_EXCEPTION) (version 26.7.3.1)')
      }
      if (!statement) return void res.end('Ok.\n')
      const answer = await engine.run(statement)
      if (fault?.kind === 'cutAfterInsert') return void req.socket.destroy()
      await answerWith(res, statement, answer, fault?.kind === 'cutHalfAnswer')
    } finally {
      statement?.discard()
    }
  }

  return {
    url: `http://default:@127.0.0.1:${port}/default`,
    port,
    received,
    async inject(fault) {
      if (fault.kind === 'refuse') await stopListening(server)
      else faults.add(fault)
    },
    async clear() {
      faults.clear()
      if (!server.listening) await listen(server, port)
    },
    async close() {
      await stopListening(server)
      await engine.close()
      rmSync(bodies, { recursive: true, force: true })
    },
  }
}

async function answerWith(
  res: ServerResponse,
  statement: Statement,
  answer: EngineAnswer,
  isCut: boolean,
): Promise<void> {
  const body = statement.gzip ? gzipSync(answer.body) : answer.body
  const format = /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(statement.text)?.[1] ?? statement.format
  res.writeHead(200, {
    'Content-Type': format.startsWith('JSON')
      ? 'application/json; charset=UTF-8'
      : 'text/plain; charset=UTF-8',
    'X-ClickHouse-Query-Id': statement.queryId,
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Summary': summary(statement, answer),
    ...(statement.gzip ? { 'Content-Encoding': 'gzip' } : {}),
  })
  if (!isCut) return void res.end(body)
  // The first half has to be on its way before the connection goes.
  await new Promise((sent) => res.write(body.subarray(0, body.length >> 1), sent))
  res.destroy()
}

function summary({ dataFile }: Statement, { rowsRead, bytesRead, seconds }: EngineAnswer): string {
  const isInsert = dataFile !== null
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: String(isInsert ? rowsRead : 0),
    written_bytes: String(isInsert ? bytesRead : 0),
    total_rows_to_read: '0',
    result_rows: String(isInsert ? 0 : rowsRead),
    result_bytes: String(isInsert ? 0 : bytesRead),
    elapsed_ns: String(Math.round(seconds * 1e9)),
  })
}

function answerError(res: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0)
  const status = STATUS_OF_CODES.find(([, codes]) => codes.includes(code))?.[0] ?? 500
  res.writeHead(error instanceof BadRequest && code === 0 ? 400 : status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
  })
  res.end(`${message}\n`)
}

async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** The port may be taken for a moment by another's outgoing connection. */
async function listen(server: Server, port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port')
  return address.port
}
