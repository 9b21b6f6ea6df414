/** An option that a model cannot take, or paths that lack what it needs; `field` names it. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly field: ModelField

  constructor(field: ModelField, message: string) {
    super(message)
    this.field = field
  }
}

export type ModelField =
  | 'halfLife'
  | 'position'
  | 'order'
  | 'ages'
  | 'keys'
  | 'seed'
  | 'permutations'
  | 'exactUpTo'
