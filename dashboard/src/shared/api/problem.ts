import { z } from '../zod.ts'

const problemBody = z.object({
  title: z.string().catch(''),
  detail: z.string().catch(''),
  errors: z
    .array(
      z.object({
        field: z.string(),
        message: z.string().catch(''),
        allowed: z.array(z.coerce.string()).optional().catch(undefined),
      }),
    )
    .catch([]),
})

/** What the API found wrong with one field of a request. */
export interface FieldError {
  field: string
  message: string
  allowed?: string[] | undefined
}

/** An answer of the API that is not a success, or (status 0) no answer at all. */
export class ApiProblem extends Error {
  readonly status: number
  readonly title: string
  readonly errors: FieldError[]

  constructor(status: number, title: string, detail: string, errors: FieldError[] = []) {
    super(detail === '' ? title : detail)
    this.name = 'ApiProblem'
    this.status = status
    this.title = title
    this.errors = errors
  }

  /** The API wants a token, or another one. */
  get wantsToken(): boolean {
    return this.status === 401 || this.status === 403
  }

  /** The question itself is at fault: asking again will not help. */
  get isRefusal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429
  }

  /** What was said of a field or of a part of it (`tags[2]`), with the allowed values where the API lists them. */
  about(field: string): string | undefined {
    const found = this.errors.find((error) => error.field === field || error.field.startsWith(`${field}[`))
    if (found === undefined) return undefined
    const allowed = found.allowed === undefined ? '' : ` Allowed: ${found.allowed.join(', ')}.`
    return `${found.message}${allowed}`.trim() || this.message
  }
}

/** Reads a failed response as `application/problem+json`; anything else becomes a problem with the status alone. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  return problemOf(response.status, await response.json().catch(() => ({})))
}

/** The same of a body that is already read. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const parsed = problemBody.safeParse(body)
  const said = parsed.success ? parsed.data : { title: '', detail: '', errors: [] }
  const title = said.title === '' ? `The server answered ${status}` : said.title
  return new ApiProblem(status, title, said.detail, said.errors)
}
