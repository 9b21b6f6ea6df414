import type { Link } from '../../../../server/domain/links/link.ts'

/** A link as the API gives it. Times are whatever `Date` reads: ISO texts or Unix milliseconds. */
export interface LinkRecord
  extends Pick<
    Link,
    | 'slug'
    | 'domain'
    | 'destination'
    | 'status'
    | 'state'
    | 'fallbackUrl'
    | 'passThrough'
    | 'clickId'
    | 'platform'
    | 'placement'
    | 'paid'
    | 'title'
    | 'notes'
    | 'tags'
    | 'version'
  > {
  id: number | string
  shortUrl: string
  utm_source: string | null
  utm_medium: string | null
  utm_campaign: string | null
  utm_term: string | null
  utm_content: string | null
  expiresAt: string | number | null
  createdAt: string | number
  updatedAt: string | number
  /** With `include=clicks`: by people, over all time. */
  clicks?: number | null
  lastClickAt?: string | number | null
}

export interface LinkPage {
  data: LinkRecord[]
  nextCursor: string | null
}

/** A short address without its scheme: how people say it. */
export function spoken(url: string): string {
  return url.replace(/^https?:\/\//, '')
}

/** Past its expiry, though its state still says active. */
export function isExpired(link: LinkRecord, now: number = Date.now()): boolean {
  return link.expiresAt !== null && new Date(link.expiresAt).getTime() <= now
}
