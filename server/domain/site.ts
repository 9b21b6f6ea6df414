/** A web property and its pages. */
export interface Site {
  id: number
  /** Unique handle, as queries name it: `default`. */
  name: string
  /** Hosts of its pages, lower case, without `www.`: a page event from any other host is refused. */
  hostnames: string[]
  /** IANA zone in which its days are counted. */
  timezone: string
  /** ISO 4217 code. */
  currency: string
  /** Query keys that are part of a page's identity (`?model=x`): kept in stored addresses and in landing pages. */
  pageKeys: string[]
  /** Keep the values of third-party click ids, which platforms treat as personal data. */
  keepClickIds: boolean
}
