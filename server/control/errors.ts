/** What a caller of the control store did that it cannot do, by what to do about it. */
export type ControlErrorKind =
  | 'not_found'
  | 'taken'
  | 'slug_taken'
  | 'slug_fixed'
  | 'version_conflict'
  | 'bad_cursor'
  | 'bad_url'

/** `field` names what was at fault, as the REST API calls it; empty where no single field was. */
export class ControlError extends Error {
  readonly kind: ControlErrorKind
  readonly field: string

  constructor(kind: ControlErrorKind, message: string, field = '') {
    super(message)
    this.name = 'ControlError'
    this.kind = kind
    this.field = field
  }
}

/** Another link of the domain has the slug, perhaps under other capitals, perhaps archived. */
export class SlugTaken extends ControlError {
  constructor(domain: string, slug: string) {
    super('slug_taken', `The slug "${slug}" is taken on ${domain}; archived links keep theirs.`, 'slug')
    this.name = 'SlugTaken'
  }
}
