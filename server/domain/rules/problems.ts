/** What is wrong with one part of a list of rules. */
export interface RuleProblem {
  field: string
  message: string
  /** What may stand there instead, where that is a closed list. */
  allowed?: readonly string[]
}

/** Gathers what is wrong, so that one answer names it all. */
export class Problems {
  readonly all: RuleProblem[] = []

  add(field: string, message: string, allowed?: readonly string[]): null {
    this.all.push({ field, message, ...(allowed && { allowed }) })
    return null
  }

  unknownKeys(input: Record<string, unknown>, known: readonly string[], place: string): void {
    for (const key of Object.keys(input)) {
      if (!known.includes(key))
        this.add(`${place}.${key.slice(0, 60)}`, 'There is no such field here.', known)
    }
  }
}

export function isRecord(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
