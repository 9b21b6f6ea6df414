/**
 * Why a run of the models has no results, by what a caller can do about it: `aborted` the caller gave up; `limit` the
 * question is too heavy (memory or time): ask for less; `failed` a defect of ours, with its cause.
 */
export type ModelsErrorKind = 'aborted' | 'limit' | 'failed'

export class ModelsError extends Error {
  readonly kind: ModelsErrorKind

  constructor(kind: ModelsErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'ModelsError'
    this.kind = kind
  }
}
