import type { IncomingMessage } from 'node:http'

export type Body =
  | { kind: 'whole'; text: string }
  /** More than was allowed; what was read is gone. */
  | { kind: 'too_long' }
  /** The sender went away. */
  | { kind: 'aborted' }

/** Reads a request's body as UTF-8, no more than `maxBytes` of it. Never rejects. */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
      resolve({ kind: 'too_long' })
      return
    }
    const chunks: Buffer[] = []
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) {
        req.pause()
        resolve({ kind: 'too_long' })
      } else {
        chunks.push(chunk)
      }
    })
    req.once('end', () => resolve({ kind: 'whole', text: Buffer.concat(chunks).toString('utf8') }))
    req.once('error', () => resolve({ kind: 'aborted' }))
    req.once('close', () => resolve({ kind: 'aborted' }))
  })
}
