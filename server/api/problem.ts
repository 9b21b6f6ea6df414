import { STATUS_CODES } from 'node:http'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ControlError, type ControlErrorKind } from '../control/errors.ts'

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** Where it stands: `slug`, `tags[2]`, …; `body` for the request as a whole. */
  field: string
  message: string
  /** What may stand there instead, where that is a closed list. */
  allowed?: readonly string[]
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(
      z.object({ field: z.string(), message: z.string(), allowed: z.array(z.string()).optional() }),
    ),
  })
  .openapi('Problem', { description: 'RFC 9457; `errors` names the fields at fault, and may be empty.' })

/** A response for a route's description. */
export function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemSchema } } }
}

/** Thrown by a handler, it becomes the answer. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode
  readonly errors: readonly FieldProblem[]

  constructor(status: ContentfulStatusCode, detail: string, errors: readonly FieldProblem[] = []) {
    super(detail)
    this.name = 'HttpProblem'
    this.status = status
    this.errors = errors
  }
}

/** Answers with `application/problem+json` (RFC 9457). */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  errors: readonly FieldProblem[] = [],
): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, errors }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

const CONTROL_STATUS: Record<ControlErrorKind, ContentfulStatusCode> = {
  not_found: 404,
  taken: 409,
  slug_taken: 409,
  slug_fixed: 409,
  version_conflict: 409,
  bad_cursor: 400,
  bad_url: 500,
}

/** The problem that an error stands for; null for one that is no fault of the request. */
export function problemOf(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error
  if (error instanceof ControlError) {
    const errors = error.field === '' ? [] : [{ field: error.field, message: error.message }]
    return new HttpProblem(CONTROL_STATUS[error.kind], error.message, errors)
  }
  if (error instanceof HTTPException) {
    const errors = error.status === 400 ? [{ field: 'body', message: error.message }] : []
    const detail = error.status === 415 ? 'Send the body as application/json.' : error.message
    return new HttpProblem(error.status as ContentfulStatusCode, detail, errors)
  }
  return null
}
