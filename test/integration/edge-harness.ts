import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, type RequestOptions, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import { createPreviewDetector } from '../../server/domain/bots/preview.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { controlEdgeStore } from '../../server/edge/control-store.ts'
import { createEdge, type Edge, type EdgeOptions } from '../../server/edge/edge.ts'
import { type Geo, openGeo } from '../../server/edge/geo.ts'
import { createEdgeServer } from '../../server/edge/server.ts'
import type { EdgeStore } from '../../server/edge/store.ts'
import { loadPreviewFacts } from '../../server/facts/load.ts'
import {
  decodeHit,
  RECORD_HEADER_BYTES,
  readRecord,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
} from '../../server/spool/record.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'

export const HOST = 'go.example'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A real edge: its own SQLite control store, spool directory and listening server. */
export interface RunningEdge {
  edge: Edge
  control: Control
  /** A request as browsers make it, its target as it is given. */
  ask(target: string, options?: RequestOptions, body?: string): Promise<Answer>
  /** Bytes on a connection of their own; resolves with all that came back. */
  send(bytes: string | Buffer): Promise<string>
  /** Resolves once the edge has taken in every change of the control store. */
  settled(): Promise<void>
  /** All hits in the spool so far. */
  hits(): RawHit[]
  /** All bytes in the spool so far, as text. */
  spooled(): string
  close(): Promise<void>
}

const geo: Promise<Geo> = openGeo()
const previews = createPreviewDetector(loadPreviewFacts())

export interface HarnessOptions extends Partial<Omit<EdgeOptions, 'store'>> {
  spoolMaxBytes?: number
  /** The control store of another edge, to share. */
  control?: Control
  /** Puts something between the edge and its store. */
  store?(store: EdgeStore): EdgeStore
  /** Return at once, before the store has been heard of. */
  waitForStore?: boolean
}

export async function startEdge(harness: HarnessOptions = {}): Promise<RunningEdge> {
  const { spoolMaxBytes, control: shared, store: wrap, waitForStore = true, ...options } = harness
  const folder = mkdtempSync(join(tmpdir(), 'jejak-edge-'))
  const control =
    shared ?? (await openControl(`sqlite:${join(folder, 'control.db')}`, { defaultDomain: HOST }))
  const store = controlEdgeStore(control)
  const spoolFolder = join(folder, 'spool')
  const spool = await openSpoolWriter({
    directory: spoolFolder,
    durability: 'write',
    maxBytes: spoolMaxBytes ?? 1e9,
    reserveBytes: 0,
  })
  const edge = createEdge({
    store: wrap ? wrap(store) : store,
    spool,
    geo: await geo,
    tracker: { script: '/* the page script */', actions: '/* its second half */' },
    isPreviewCrawler: previews.isPreviewCrawler,
    passOn: (req, res) => res.writeHead(299).end(`passed on ${req.url}`),
    ...options,
  })
  const server = createEdgeServer(edge)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  if (waitForStore) await edge.started
  const port = portOf(server)

  return {
    edge,
    control,
    ask: (target, asked = {}, body) => ask(port, target, asked, body),
    send: (bytes) => send(port, bytes),
    settled: () =>
      vi.waitFor(async () => expect(edge.snapshot().revision).toBe(await control.links.latestRevision()), {
        timeout: 10_000,
      }),
    hits: () => readSpool(spoolFolder),
    spooled: () => segments(spoolFolder).join('\n'),
    async close() {
      edge.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await spool.close()
      if (!shared) await control.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0'

function ask(port: number, target: string, options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: HOST, 'user-agent': PHONE, ...(options.headers as Record<string, string>) }
    const asked = request(
      { agent: false, ...options, port, host: '127.0.0.1', path: target, headers },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => {
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(chunks).toString(),
          })
        })
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

function send(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
  })
}

function segments(folder: string): Buffer[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => readFileSync(join(folder, name)))
}

function readSpool(folder: string): RawHit[] {
  return segments(folder).flatMap((bytes) => {
    const header = readSegmentHeader(bytes)
    if (typeof header === 'string') throw new Error(`segment header: ${header}`)
    const hits: RawHit[] = []
    for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; ) {
      const record = readRecord(bytes, at)
      if (record.kind !== 'record') throw new Error(`record at ${at}: ${record.kind}`)
      hits.push(decodeHit(bytes.toString('utf8', at + RECORD_HEADER_BYTES, record.end), header.edgeRun))
      at = record.end
    }
    return hits
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}
