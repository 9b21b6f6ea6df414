import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { QuestionError } from '../reports/problems.ts'
import { HttpProblem, problem } from './problem.ts'

/** The longest question that is read. Its values, percent-encoded, still fit a request to a ClickHouse server. */
const MAX_BODY_BYTES = 256 * 1024

/** Refuses longer questions before they are read. */
export function questionLimit(): MiddlewareHandler {
  return bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => problem(c, 413, `A question is at most ${MAX_BODY_BYTES / 1024} kB long.`),
  })
}

/**
 * The body of a question, as it was sent.
 *
 * @throws {HttpProblem} 415 where it is not said to be JSON.
 * @throws {QuestionError} where it is none.
 */
export async function readQuestion(c: Context): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new HttpProblem(415, 'Send the question as application/json.')
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new QuestionError([{ field: 'body', message: `This is not JSON: ${message}.` }])
  }
}
