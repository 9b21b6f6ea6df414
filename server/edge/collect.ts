import type { IncomingMessage, ServerResponse } from 'node:http'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { encodeHit } from '../spool/record.ts'
import type { SpoolWriter } from '../spool/spool.ts'
import { answerProblem } from './answers.ts'
import type { Clock } from './clock.ts'
import type { Directory, DirectorySite } from './directory.ts'
import { type EventProblem, readEvent } from './event.ts'
import type { FloodGate } from './flood.ts'
import { pageviewHit, type TakenEvent } from './pageview.ts'
import { readBody } from './read-body.ts'
import { type RequestHeaders, readHeaders } from './request-headers.ts'
import type { EdgeStats } from './stats.ts'
import type { VisitReader } from './visit.ts'

export interface CollectOptions {
  spool: SpoolWriter
  visits: VisitReader
  gate: FloodGate
  stats: EdgeStats
  clock: Clock
  clickIdParameter: string
  directory(): Directory | null
  fail(req: IncomingMessage, res: ServerResponse, error: unknown): void
}

interface Refusal {
  status: number
  title: string
  errors?: readonly EventProblem[]
  headers?: readonly string[]
}

const AWAY_HEADERS = ['Retry-After', String(limits.retryAfterSeconds)]
const PREFLIGHT = [
  'Access-Control-Allow-Methods',
  'POST',
  'Access-Control-Allow-Headers',
  'Content-Type',
  'Access-Control-Max-Age',
  '86400',
] as const

/**
 * `POST /e`: takes one pageview of a page on one of a site's hosts. 202 once it is written, else a problem that names
 * what is wrong. Pages of other origins are refused, and only the site's own get to read the answer.
 */
export function createCollect(options: CollectOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const { spool, visits, gate, clock, clickIdParameter } = options
  const { counters } = options.stats

  function handle(req: IncomingMessage, res: ServerResponse): void {
    const headers = readHeaders(req.rawHeaders)
    const cors = corsHeaders(headers.origin, options.directory())
    if (req.method === 'OPTIONS') res.writeHead(204, [...cors, ...PREFLIGHT]).end()
    else {
      receive(req, headers)
        .then((taken) => {
          if (taken === 'aborted') return
          if ('status' in taken) refuse(req, res, cors, taken)
          else write(req, res, cors, taken)
        })
        .catch((error: unknown) => options.fail(req, res, error))
    }
  }

  /** The named steps of an event's way in; the first that refuses ends it. */
  async function receive(
    req: IncomingMessage,
    headers: RequestHeaders,
  ): Promise<TakenEvent | Refusal | 'aborted'> {
    if (req.method !== 'POST') {
      return { status: 405, title: 'Events are posted.', headers: ['Allow', 'POST, OPTIONS'] }
    }
    const directory = options.directory()
    if (!directory) return { status: 503, title: 'The sites are not known here yet.', headers: AWAY_HEADERS }
    const client = visits.client(req.socket.remoteAddress, headers)
    if (!gate.pass(client.household, clock.now())) {
      return { status: 429, title: 'Too many events from this address.', headers: ['Retry-After', '60'] }
    }
    const body = await readBody(req, limits.eventBytes)
    if (body.kind === 'aborted') return 'aborted'
    if (body.kind === 'too_long') {
      const title = `An event has at most ${limits.eventBytes} bytes.`
      return { status: 413, title, headers: ['Connection', 'close'] }
    }
    const event = readEvent(body.text, clickIdParameter)
    if (Array.isArray(event)) return { status: 400, title: 'This is no event.', errors: event }
    const site = directory.siteOfPage(event.url)
    if (!site || (event.site !== undefined && event.site !== site.site.name)) {
      const message = 'must be on one of the site’s hosts; add the host to the site’s hostnames'
      return { status: 403, title: 'No such site has this page.', errors: [{ field: 'url', message }] }
    }
    if (headers.origin !== '' && siteOfOrigin(headers.origin, directory) !== site) {
      return { status: 403, title: 'Only pages of the site send its events.' }
    }
    return { event, site, headers, client }
  }

  function write(
    req: IncomingMessage,
    res: ServerResponse,
    cors: readonly string[],
    taken: TakenEvent,
  ): void {
    const hit = pageviewHit(req, taken, spool.edgeRun, clock, visits)
    spool.append(encodeHit(hit), (lost) => {
      if (lost) {
        counters.lost++
        refuse(req, res, cors, { status: 503, title: 'The event could not be kept.', headers: AWAY_HEADERS })
      } else {
        counters.eventsTaken++
        res.writeHead(202, [...cors, 'Cache-Control', 'no-store', 'Content-Length', '0']).end()
      }
    })
  }

  function refuse(
    req: IncomingMessage,
    res: ServerResponse,
    cors: readonly string[],
    { status, title, errors = [], headers = [] }: Refusal,
  ): void {
    counters.eventsRefused++
    answerProblem(req, res, status, title, errors, [...cors, ...headers])
  }

  return handle
}

/** Lets pages of a site's own hosts read the answer, and no others. */
function corsHeaders(origin: string, directory: Directory | null): readonly string[] {
  if (origin === '' || !directory || !siteOfOrigin(origin, directory)) return ['Vary', 'Origin']
  return ['Access-Control-Allow-Origin', origin, 'Vary', 'Origin']
}

function siteOfOrigin(origin: string, directory: Directory): DirectorySite | undefined {
  try {
    return directory.siteOfPage(new URL(origin))
  } catch {
    return undefined
  }
}
