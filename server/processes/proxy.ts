import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { socketPath } from './local-socket.ts'

/** Headers that speak of one connection only. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What of the app process may be asked for from outside: not its doors for this machine's commands, `/_/…`. */
const OPEN = /^\/(?:api|app|assets|metrics)(?:\/|$)/

/**
 * A request's target as the app process will read it, with dot segments and absolute forms resolved: `/api/../_/status`
 * is `/_/status` there. Null where that is not open to the port.
 */
export function openTarget(url: string): URL | null {
  const base = 'http://app'
  if (!URL.canParse(url, base)) return null
  const target = new URL(url, base)
  return OPEN.test(target.pathname) ? target : null
}

/** Passes requests for the API and the dashboard from the front process to the app process. */
export function createAppProxy(
  dataDir: string,
): (req: IncomingMessage, res: ServerResponse, target: URL) => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return (req, res, target) => {
    const headers: IncomingMessage['headers'] = {}
    for (const [name, value] of Object.entries(req.headers)) if (!HOP_BY_HOP.has(name)) headers[name] = value
    const passing = request({
      socketPath: socketPath(dataDir),
      agent,
      method: req.method,
      path: target.pathname + target.search,
      headers,
    })
    passing.on('response', (answer) => {
      const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name))
      res.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept))
      answer.pipe(res)
      answer.on('error', () => res.destroy())
    })
    passing.on('error', () => {
      if (res.headersSent) res.destroy()
      else answerAway(res)
    })
    res.on('close', () => {
      if (!res.writableFinished) passing.destroy()
    })
    req.on('error', () => passing.destroy())
    req.pipe(passing)
  }
}

function answerAway(res: ServerResponse): void {
  res.writeHead(503, {
    'content-type': 'application/problem+json',
    'retry-after': '2',
    'cache-control': 'no-store',
  })
  res.end(
    JSON.stringify({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'The app process is starting or restarting. Redirects go on; ask again in a few seconds.',
    }),
  )
}
