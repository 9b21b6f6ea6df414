import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Refuses a request in the API's words. A browser that opens the dashboard while a token is set is asked for it (HTTP
 * Basic, any name, the token as password): there is no other way for a page's first load to present one.
 */
export function refuseAccess(
  req: IncomingMessage,
  res: ServerResponse,
  detail: string,
  tokenSet: boolean,
): void {
  const opensPage = req.method === 'GET' && /^\/app(?:[/?]|$)/.test(req.url ?? '')
  const ask = tokenSet && opensPage
  const status = ask ? 401 : 403
  const body = JSON.stringify({
    type: 'about:blank',
    title: ask ? 'Unauthorized' : 'Forbidden',
    status,
    detail,
  })
  res.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(ask ? { 'WWW-Authenticate': 'Basic realm="Jejak", charset="UTF-8"' } : {}),
  })
  res.end(body)
  req.resume()
}
