import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Progress } from '../reports/attribution/contract.ts'
import { problem } from './problem.ts'
import { refusal } from './query.ts'

export interface Asking {
  signal: AbortSignal
  onProgress?(progress: Progress): void
}

/** Proxies close connections on which nothing has come for a minute. */
const HEARTBEAT_MS = 15_000

/**
 * Answers with server-sent events: `progress` as often as there is any, then `answer` with the JSON, or `problem` with
 * what would have been the body of an error. Comments keep the connection open meanwhile. Whoever closes the connection
 * aborts the signal.
 */
export function answerByEvents(
  c: Context,
  ask: (asking: Asking) => Promise<unknown>,
  { onError, heartbeatMs = HEARTBEAT_MS }: { onError?(error: unknown): void; heartbeatMs?: number } = {},
): Response {
  const response = streamSSE(c, async (stream) => {
    const left = new AbortController()
    stream.onAbort(() => left.abort())
    const signal = AbortSignal.any([c.req.raw.signal, left.signal])
    const send = (event: string, data: string) => stream.writeSSE({ event, data })
    const heartbeat = setInterval(() => void stream.write(': at work\n\n'), heartbeatMs)
    try {
      const answer = await ask({
        signal,
        onProgress: (progress) => void send('progress', JSON.stringify(progress)),
      })
      await send('answer', JSON.stringify(answer))
    } catch (error) {
      if (!signal.aborted) await send('problem', await problemBody(c, error, onError))
    } finally {
      clearInterval(heartbeat)
    }
  })
  // Else nginx keeps what it is sent until the answer is whole.
  response.headers.set('x-accel-buffering', 'no')
  return response
}

async function problemBody(
  c: Context,
  error: unknown,
  onError: ((error: unknown) => void) | undefined,
): Promise<string> {
  try {
    return await refusal(c, error).text()
  } catch (defect) {
    onError?.(defect)
    return problem(c, 500, 'Something went wrong here; the log says what.').text()
  }
}
