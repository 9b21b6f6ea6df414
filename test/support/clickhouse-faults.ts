/**
 * What the stand-in can do wrong:
 * `refuse` nobody listens and open connections are cut; `hang` takes a request and never answers it, and the statement
 * does not happen; `error500` answers as a server that has lost its Keeper; `slow` answers `ms` later; `cutAfterInsert`
 * does the statement, an insert unless `matching` says otherwise, then cuts the connection before a byte of the answer;
 * `cutHalfAnswer` cuts in the middle of the answer.
 */
export type FaultKind = 'refuse' | 'hang' | 'error500' | 'slow' | 'cutAfterInsert' | 'cutHalfAnswer'

/** One fault, as JSON: tests in another process send it over. */
export interface Fault {
  kind: FaultKind
  /** Only statements whose text matches this regular expression (ignoring case). Not for `refuse`. */
  matching?: string
  /** How many statements it befalls before it is over; without it, until cleared. Not for `refuse`. */
  times?: number
  /** Milliseconds, for `slow`. */
  ms?: number
}

/** The faults under way, first in first served. */
export class Faults {
  #active: { fault: Fault; pattern: RegExp; left: number }[] = []

  add(fault: Fault): void {
    const standard = fault.kind === 'cutAfterInsert' ? '^\\s*INSERT' : ''
    const pattern = new RegExp(fault.matching ?? standard, 'i')
    this.#active.push({ fault, pattern, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#active = []
  }

  /** The fault that befalls this statement, counted as used. */
  take(statement: string): Fault | undefined {
    const active = this.#active.find(({ pattern, left }) => left > 0 && pattern.test(statement))
    if (active) active.left--
    return active?.fault
  }
}
