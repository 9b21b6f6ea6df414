/** What is wrong with one field of a question, as `application/problem+json` shows it. */
export interface FieldProblem {
  /** Where it stands: `metrics[0]`, `filters[2][1]`, `date_range`, … */
  field: string
  message: string
  /** What may stand there instead, where that is a closed list. */
  allowed?: readonly string[]
}

/** A question that cannot be answered as it was asked; the caller has to change the fields it names. */
export class QuestionError extends Error {
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join(' '))
    this.name = 'QuestionError'
    this.problems = problems
  }
}

/** `['filters', 2, 1]` as `filters[2][1]`; `body` for the question as a whole. */
export function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'body'
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`
    return name === '' ? String(part) : `${name}.${String(part)}`
  }, '')
}

/** A caller's value for a message: quoted, and cut where it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
