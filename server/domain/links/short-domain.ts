/** A host that serves short links. */
export interface ShortDomain {
  id: number
  siteId: number
  /** Lower case, ASCII, with a port where it is not the default one; what a request's `Host` is compared with. */
  host: string
  /** Where `/` and slugs that nobody made lead; null for Jejak's own small pages. */
  fallbackUrl: string | null
  /** Fixed when the domain is made: whether `/Sale` and `/sale` are two links. */
  caseSensitive: boolean
  /** The domain that answers for unknown hosts and gets links that name none; exactly one is. */
  isDefault: boolean
}
