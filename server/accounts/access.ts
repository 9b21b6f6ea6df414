import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What of a request decides whether it may see the API, the dashboard and the metrics. */
export interface AccessRequest {
  method: string
  /** Address of the connection's other end, not what a header claims. */
  peer: string | undefined
  headers: IncomingHttpHeaders
}

export interface AccessRules {
  apiToken: string | null
  /** Origin of the public URL: pages of ours may come from there. */
  publicOrigin: string
}

/** Why a request may not pass, in words that say how to open it. */
export type Access = { allowed: true } | { allowed: false; detail: string }

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i
const LOOPBACK_PEER = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/
const OPEN_IT =
  'From another machine, set JEJAK_API_TOKEN (32 characters or more) and send it as "Authorization: Bearer <token>", or reach this machine through an SSH tunnel (ssh -L 8080:localhost:8080 …) and open http://localhost:8080/app.'

/**
 * Until there are accounts: this machine itself, or whoever presents the token. A `Host` that is not loopback's name is
 * refused even from this machine (a page could have rebound its name to 127.0.0.1), and so is a request that came
 * through a proxy. A write from a page of another origin is refused whoever sends it.
 */
export function checkAccess(request: AccessRequest, rules: AccessRules): Access {
  const { headers, method } = request
  if (!presentsToken(headers.authorization, rules.apiToken)) {
    if (!LOOPBACK_PEER.test(request.peer ?? '')) {
      return denied(`Only this machine itself may use the API and the dashboard. ${OPEN_IT}`)
    }
    const forwarding = forwardingHeader(headers)
    if (forwarding) {
      return denied(
        `The request came through a proxy (it has ${forwarding}), so it is not this machine's own. ${OPEN_IT}`,
      )
    }
    if (!LOOPBACK_HOST.test(headers.host ?? '')) {
      return denied(`The Host "${headers.host ?? ''}" is not localhost, 127.0.0.1 or [::1]. ${OPEN_IT}`)
    }
  }
  if (WRITES.has(method) && !ownOrigin(headers, rules.publicOrigin)) {
    return denied(
      `The request was sent by a page of ${headers.origin}; only pages of this service may change things.`,
    )
  }
  return { allowed: true }
}

function denied(detail: string): Access {
  return { allowed: false, detail }
}

function forwardingHeader(headers: IncomingHttpHeaders): string | undefined {
  return Object.keys(headers).find(
    (name) => name === 'forwarded' || name === 'via' || name.startsWith('x-forwarded-'),
  )
}

function ownOrigin(headers: IncomingHttpHeaders, publicOrigin: string): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  return origin === publicOrigin || origin === `http://${host}` || origin === `https://${host}`
}

/** As a bearer token, or as the password of HTTP Basic, which is what a browser can be asked for. */
function presentsToken(authorization: string | undefined, token: string | null): boolean {
  if (!token || !authorization) return false
  const [scheme = '', credentials = ''] = authorization.split(' ')
  if (/^bearer$/i.test(scheme)) return sameText(credentials, token)
  if (!/^basic$/i.test(scheme)) return false
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  return sameText(decoded.slice(decoded.indexOf(':') + 1), token)
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
