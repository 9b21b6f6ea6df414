import type { Paid, UtmValues } from '../hit.ts'

/** A short link as every part of Jejak sees it. */
export interface Link {
  id: number
  siteId: number
  /** Host of the short link, lower case, with a port where it is not the default one. */
  domain: string
  /** NFC, as its maker wrote it. */
  slug: string
  /** What requests are compared with: `slug` by Unicode case folding, or `slug` itself where the domain minds case. */
  slugKey: string
  /** ASCII, as it was made once when saved; its bytes never change after that. */
  destination: string
  utm: UtmValues
  status: RedirectStatus
  state: LinkState
  /** Unix milliseconds, null for never. */
  expiresAt: number | null
  /** Where requests go that the link no longer serves; null for the domain's own fallback. */
  fallbackUrl: string | null
  passThrough: PassThrough
  /** `visit`: a click id of its own for each redirect; `link`: one that names only the link; `off`: none. */
  clickId: ClickIdPolicy
  platform: string | null
  placement: string | null
  paid: Exclude<Paid, ''> | null
  title: string | null
  notes: string | null
  tags: string[]
  postId: string | null
  campaignId: string | null
  externalId: string | null
  /** Grows by one with every edit. */
  version: number
  createdAt: number
  updatedAt: number
  archivedAt: number | null
}

export type RedirectStatus = 301 | 302 | 307 | 308
export type LinkState = 'active' | 'disabled' | 'archived'
export type PassThrough = 'fill' | 'override' | 'off'
export type ClickIdPolicy = 'visit' | 'link' | 'off'
