import { z } from '@hono/zod-openapi'
import type { Parsed } from '../domain/links/parsed.ts'
import { type FieldProblem, HttpProblem } from './problem.ts'

const UNFIT = /[\p{Cc}\p{Cs}]/u
const UNFIT_IN_NOTES = /[^\P{Cc}\n\r\t]|\p{Cs}/u
const CONTROL_CHARACTER = 'Control characters cannot be kept.'

/** One line of text, trimmed. */
export function line(maxCharacters: number) {
  return z
    .string()
    .trim()
    .max(maxCharacters)
    .refine((text) => !UNFIT.test(text), CONTROL_CHARACTER)
}

/** Text with line breaks and tabs, trimmed. */
export function paragraphs(maxCharacters: number) {
  return z
    .string()
    .trim()
    .max(maxCharacters)
    .refine((text) => !UNFIT_IN_NOTES.test(text), CONTROL_CHARACTER)
}

/** An id in a path. */
export function idParam(what: string) {
  return z.strictObject({
    id: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, 'An id is a whole number.')
      .transform(Number)
      .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', description: `Id of the ${what}.` }),
  })
}

/** An instant as ISO 8601 with `Z` or an offset. */
export const instant = z.iso.datetime({ offset: true }).openapi({ example: '2027-01-31T23:00:00Z' })

export function toIso(time: number): string {
  return new Date(time).toISOString()
}

/** Gathers what is wrong with several fields, so that one answer names them all. */
export class FieldErrors {
  readonly #errors: FieldProblem[] = []

  add(field: string, message: string, allowed?: readonly string[]): void {
    this.#errors.push({ field, message, ...(allowed && { allowed }) })
  }

  /** The value of a text that could be read; undefined, and noted, where it could not. */
  take<Value>(field: string, parsed: Parsed<Value, string>): Value | undefined {
    if (parsed.ok) return parsed.value
    this.add(field, parsed.message)
    return undefined
  }

  /** @throws {HttpProblem} 400 where anything is wrong. */
  throwIfAny(): void {
    if (this.#errors.length === 0) return
    const names = this.#errors.map(({ field }) => field).join(', ')
    throw new HttpProblem(400, `The request cannot be taken: ${names}.`, this.#errors)
  }
}
