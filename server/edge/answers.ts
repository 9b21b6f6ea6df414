import type { IncomingMessage, ServerResponse } from 'node:http'
import { PAGE_HEADERS } from './pages.ts'

/**
 * Sends somebody on. No cookie, and no `Referrer-Policy`: `no-referrer` would wipe the social referrer that the
 * landing page is to see.
 */
export function answerRedirect(res: ServerResponse, status: number, location: string): void {
  res.writeHead(status, [
    'Location',
    location,
    'Cache-Control',
    'private, no-store',
    'X-Robots-Tag',
    'noindex',
    'Content-Length',
    '0',
  ])
  res.end()
}

/** One of our own pages; without its body for HEAD. */
export function answerPage(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  html: string,
  extra: readonly string[] = [],
): void {
  answerText(req, res, status, html, [...PAGE_HEADERS, ...extra])
}

/** A short answer whose headers are a flat list of names and values; without its body for HEAD. */
export function answerText(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: string,
  headers: readonly string[],
): void {
  res.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))])
  res.end(req.method === 'HEAD' ? undefined : body)
}

/** An error of the machine-readable endpoints (RFC 9457), naming the fields that are wrong. */
export function answerProblem(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  title: string,
  errors: readonly { field: string; message: string }[] = [],
  extra: readonly string[] = [],
): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, errors })
  answerText(req, res, status, body, [
    'Content-Type',
    'application/problem+json',
    'Cache-Control',
    'no-store',
    ...extra,
  ])
}
