import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerPage, answerRedirect, answerText } from './answers.ts'
import type { Directory } from './directory.ts'
import type { Health } from './health.ts'
import { NOT_FOUND_PAGE } from './pages.ts'
import { readHeaders } from './request-headers.ts'
import { firstSegment, type RequestTarget } from './request-target.ts'
import type { EdgeStats } from './stats.ts'

type Handler = (req: IncomingMessage, res: ServerResponse, target: RequestTarget) => void

export interface RouterOptions {
  redirect: Handler
  collect(req: IncomingMessage, res: ServerResponse): void
  health: Health
  passOn(req: IncomingMessage, res: ServerResponse): void
  tracker: TrackerScript
  directory(): Directory | null
  mayUseApp(req: IncomingMessage): boolean
  stats: EdgeStats
}

/** Short links are for everybody to follow, and nothing here is to be indexed: crawlers see that on each answer. */
const ROBOTS = 'User-agent: *\nDisallow: /api/\nDisallow: /app\n'

/** Finds who answers a request: by its first segment where that is one of Jejak's own, else it is a slug. */
export function createRouter(options: RouterOptions): Handler {
  const { redirect, collect, health, passOn, stats } = options
  const script = scriptHandler(options.tracker.script)
  const actions = scriptHandler(options.tracker.actions)

  /** `/`: the domain's fallback, else the dashboard for whoever may see it, else nothing. */
  function front(req: IncomingMessage, res: ServerResponse, target: RequestTarget): void {
    const domain = options.directory()?.domainOf(target.host || readHeaders(req.rawHeaders).host)
    const fallback = domain?.domain.fallbackUrl
    if (fallback) answerRedirect(res, 302, fallback)
    else if (options.mayUseApp(req)) answerRedirect(res, 302, '/app')
    else answerPage(req, res, 404, NOT_FOUND_PAGE)
  }

  const own = new Map<string, Handler>([
    ['', (req, res, target) => (target.path === '/' ? reading(front) : reading(redirect))(req, res, target)],
    // The second half is asked for by query, so that a proxied path for the one serves both.
    [
      't.js',
      reading((req, res, target) => (target.query.startsWith('actions') ? actions : script)(req, res)),
    ],
    ['healthz', reading(health.alive)],
    ['readyz', reading(health.ready)],
    ['robots.txt', reading((req, res) => answerText(req, res, 200, ROBOTS, ['Content-Type', 'text/plain']))],
    [
      'favicon.ico',
      reading((_, res) => res.writeHead(204, ['Cache-Control', 'public, max-age=86400']).end()),
    ],
    ['.well-known', reading((req, res) => answerPage(req, res, 404, NOT_FOUND_PAGE))],
    ...['api', 'app', 'assets', 'metrics', '_'].map((name): [string, Handler] => [name, passOn]),
  ])
  const slug = reading(redirect)

  function reading(handler: Handler): Handler {
    return (req, res, target) => {
      if (req.method === 'GET' || req.method === 'HEAD') handler(req, res, target)
      else {
        stats.counters.refused++
        answerText(req, res, 405, '', ['Allow', 'GET, HEAD', 'Cache-Control', 'no-store'])
      }
    }
  }

  own.set('e', (req, res, target) => (target.path === '/e' ? collect(req, res) : slug(req, res, target)))
  return (req, res, target) => {
    const handler = own.get(firstSegment(target.path)) ?? slug
    handler(req, res, target)
  }
}

/** The page script in its two halves: what every page waits for, and what comes after (`tracker/`). */
export interface TrackerScript {
  script: string
  actions: string
}

/** `/t.js`: pages of any origin may load it; kept for an hour, then asked after by its tag. */
function scriptHandler(script: string): (req: IncomingMessage, res: ServerResponse) => void {
  const tag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`
  const headers = [
    'Cache-Control',
    'public, max-age=3600',
    'ETag',
    tag,
    'Access-Control-Allow-Origin',
    '*',
    'Cross-Origin-Resource-Policy',
    'cross-origin',
    'X-Content-Type-Options',
    'nosniff',
  ]
  const withType = ['Content-Type', 'text/javascript; charset=utf-8', ...headers]
  return (req, res) => {
    const known = req.headers['if-none-match']
    if (known?.split(',').some((text) => text.trim().replace(/^W\//, '') === tag || text.trim() === '*')) {
      res.writeHead(304, headers).end()
    } else {
      answerText(req, res, 200, script, withType)
    }
  }
}
