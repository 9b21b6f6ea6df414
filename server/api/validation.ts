import type { Hook } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { Env } from 'hono/types'
import type { ZodError } from 'zod'
import { type FieldProblem, problem } from './problem.ts'

/** Ten times the longest link that passes its own limits; far below what could tire the parser. */
const MAX_BODY_BYTES = 64 * 1024

/** Middleware for routes whose bodies are small: anything over 64 kB is a 413. */
export const smallBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024} kB.`),
})

/** Answers a request that its schema refuses with a 400 that names every field at fault. */
export const refuseInvalid: Hook<unknown, Env, string, unknown> = (result, c) => {
  if (result.success) return
  const errors = fieldProblems(result.error)
  return problem(
    c,
    400,
    `The request cannot be taken: ${errors.map(({ field }) => field).join(', ')}.`,
    errors,
  )
}

/** What a schema found wrong, field by field. */
export function fieldProblems(error: ZodError): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const at = fieldName(issue.path)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: fieldName([...issue.path, key]),
        message: 'There is no such field here.',
      }))
    }
    if (issue.code === 'invalid_value') {
      return [{ field: at, message: issue.message, allowed: issue.values.map(String) }]
    }
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [{ field: at, message: isMissing ? 'This field is required.' : issue.message }]
  })
}

/** `['tags', 2]` as `tags[2]`; `body` for the request as a whole. */
function fieldName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (before, part) => (typeof part === 'number' ? `${before}[${part}]` : `${before}.${String(part)}`),
    '',
  )
  return name === '' ? 'body' : name.replace(/^\./, '')
}
