/**
 * Why an import could not begin or go on, by what a person can do about it: `usage` call it otherwise; `unreadable`
 * give a file that can be read (nothing was imported); `damaged` the file broke off (what came before it is imported);
 * `lost` the spool could not keep a hit (make room, run it again).
 */
export type ImportErrorKind = 'usage' | 'unreadable' | 'damaged' | 'lost'

export class ImportError extends Error {
  readonly kind: ImportErrorKind

  constructor(kind: ImportErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'ImportError'
    this.kind = kind
  }
}
