import type { IncomingMessage, ServerResponse } from 'node:http'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { encodeHit } from '../spool/record.ts'
import type { SpoolWriter } from '../spool/spool.ts'
import type { ClientAddress } from './address.ts'
import { answerProblem } from './answers.ts'
import type { Clock } from './clock.ts'
import { corsHeaders, PREFLIGHT, siteOfOrigin } from './cors.ts'
import type { Directory, DirectorySite } from './directory.ts'
import type { EventProblem, PageMessage } from './event.ts'
import type { FloodGate } from './flood.ts'
import { type Identity, identityOf } from './identity.ts'
import { messageHits } from './page-hits.ts'
import { readBody } from './read-body.ts'
import { readMessage } from './read-message.ts'
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

/** A message that is one of the site's. */
interface Taken {
  message: PageMessage
  site: DirectorySite
  headers: RequestHeaders
  client: ClientAddress
}

const MINUTE_MS = 60_000
const AWAY_HEADERS = ['Retry-After', String(limits.retryAfterSeconds)]
/** `text/plain` needs no preflight; a program may say nothing. */
const CONTENT_TYPES: ReadonlySet<string> = new Set(['', 'text/plain', 'application/json'])

/**
 * `POST /e`: takes what happened on a page of one of a site's hosts, several events at a time. 202 once all of it is
 * written, else a problem that names what is wrong, and none of it is kept. Pages of other origins are refused, and
 * only the site's own get to read the answer.
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

  /** The named steps of a message's way in; the first that refuses ends it. */
  async function receive(
    req: IncomingMessage,
    headers: RequestHeaders,
  ): Promise<Taken | Refusal | 'aborted'> {
    if (req.method !== 'POST') {
      return { status: 405, title: 'Events are posted.', headers: ['Allow', 'POST, OPTIONS'] }
    }
    const directory = options.directory()
    if (!directory) return { status: 503, title: 'The sites are not known here yet.', headers: AWAY_HEADERS }
    const client = visits.client(req.socket.remoteAddress, headers)
    if (!gate.pass(client.household, clock.now())) return flooded()
    if (!CONTENT_TYPES.has(mediaType(req.headers['content-type']))) {
      return { status: 415, title: 'Events are JSON, sent as text/plain or application/json.' }
    }
    const body = await readBody(req, limits.eventBytes)
    if (body.kind === 'aborted') return 'aborted'
    if (body.kind === 'too_long') {
      const title = `A message has at most ${limits.eventBytes} bytes.`
      return { status: 413, title, headers: ['Connection', 'close'] }
    }
    const message = readMessage(body.text, clickIdParameter)
    if (Array.isArray(message)) return { status: 400, title: 'These are no events.', errors: message }
    const site = siteOf(message, directory)
    if ('status' in site) return site
    if (headers.origin !== '' && siteOfOrigin(headers.origin, directory) !== site) {
      return { status: 403, title: 'Only pages of the site send its events.' }
    }
    // The first was counted at the door.
    if (!gate.pass(client.household, clock.now(), message.events.length - 1)) return flooded()
    return { message, site, headers, client }
  }

  function flooded(): Refusal {
    const seconds = Math.ceil((MINUTE_MS - (clock.now() % MINUTE_MS)) / 1000)
    const title = 'Too many events from this address.'
    return { status: 429, title, headers: ['Retry-After', String(seconds)] }
  }

  function write(req: IncomingMessage, res: ServerResponse, cors: readonly string[], taken: Taken): void {
    const { message, site, headers, client } = taken
    const receivedAt = clock.now()
    const visitor = visits.visitor(client, headers.userAgent, site.site.id, receivedAt)
    const identity = identityOf(
      {
        site: site.site,
        told: message.consent,
        cookie: headers.cookie,
        signals: headers,
        crossSite: req.headers['sec-fetch-site'] === 'cross-site',
        secure: pageIsSecure(headers, message),
      },
      visitor,
    )
    const hits = messageHits(
      message.events,
      {
        site,
        headers,
        method: req.method ?? '',
        httpVersion: req.httpVersion,
        place: visitor.place,
        identity,
        edgeRun: spool.edgeRun,
        receivedAt,
        visits,
      },
      clock,
    )
    if (identity.consent !== 'granted') {
      counters.identifiesIgnored += message.events.filter(({ kind }) => kind === 'identify').length
    }
    let waiting = hits.length
    let losses = 0
    const written = (lost?: unknown) => {
      if (lost) losses++
      if (--waiting > 0) return
      if (losses > 0) lose(req, res, cors, identity, losses)
      else accept(res, cors, identity, hits.length)
    }
    if (hits.length === 0) accept(res, cors, identity, 0)
    for (const hit of hits) spool.append(encodeHit(hit), written)
  }

  function accept(res: ServerResponse, cors: readonly string[], { setCookie }: Identity, hits: number): void {
    counters.eventsTaken += hits
    const cookie = setCookie === '' ? [] : ['Set-Cookie', setCookie]
    res.writeHead(202, [...cors, ...cookie, 'Cache-Control', 'no-store', 'Content-Length', '0']).end()
  }

  /** Not all of it is in the spool: the page is to send it again, and what has been kept will count once. */
  function lose(
    req: IncomingMessage,
    res: ServerResponse,
    cors: readonly string[],
    { setCookie, change }: Identity,
    losses: number,
  ): void {
    counters.lost += losses
    // Whoever has withdrawn is forgotten at once; an id is given out by a message that is kept.
    const cookie = change === 'withdrawn' ? ['Set-Cookie', setCookie] : []
    const headers = [...AWAY_HEADERS, ...cookie]
    refuse(req, res, cors, { status: 503, title: 'The events could not be kept.', headers })
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

/** The site that has all of the message's pages, and is the one that it names. */
function siteOf({ events, site: name, fieldOf }: PageMessage, directory: Directory): DirectorySite | Refusal {
  const [first] = events
  const site = first && directory.siteOfPage(first.url)
  const errors: EventProblem[] = []
  events.forEach(({ url }, index) => {
    const found = directory.siteOfPage(url)
    if (found && found === site && (name === undefined || name === found.site.name)) return
    const whose = name === undefined ? 'one of the site’s hosts' : `one of the hosts of the site “${name}”`
    const message = `must be on ${whose}; add the host to the site’s hostnames`
    errors.push({ field: fieldOf(index, 'url'), message })
  })
  if (site && errors.length === 0) return site
  return { status: 403, title: 'No such site has this page.', errors }
}

function pageIsSecure({ origin }: RequestHeaders, { events }: PageMessage): boolean {
  return origin === '' ? events[0]?.url.protocol === 'https:' : origin.startsWith('https:')
}

/** `Text/Plain;charset=UTF-8` → `text/plain`. */
function mediaType(header = ''): string {
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase()
}
