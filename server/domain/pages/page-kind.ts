import type { TextPattern } from './page-pattern.ts'
import { pagePattern } from './page-pattern.ts'

/** What pages of a site are for. Kinds stand in an order; the first whose pattern matches a page says what it is. */
export interface PageKind {
  /** Unique within the site, and never used again. */
  id: number
  /** Of pages, as `parsePagePattern` gives it. */
  pattern: string
  /** A name for people; several patterns may share one. */
  label: string
  kind: PageKindName
}

/** A page kind as people write it; without an id it is a new one. */
export type PageKindDraft = Omit<PageKind, 'id'> & { id: number | null }

export const PAGE_KINDS = ['dealer_locator', 'test_drive_booking', 'campaign', 'other'] as const
export type PageKindName = (typeof PAGE_KINDS)[number]

export const PAGE_KIND_LIMITS = {
  /** Of a site: each pattern is looked at for each page of a question, 0.2 µs apiece. */
  kinds: 100,
  labelLength: 100,
} as const

/** Says what a page is (`landingPage`), null where no pattern matches it. */
export function pageKindsMatcher(kinds: readonly PageKind[]): (page: string) => PageKind | null {
  const ready: [PageKind, TextPattern][] = kinds.map((kind) => [kind, pagePattern(kind.pattern)])
  return (page) => ready.find(([, { matches }]) => matches(page))?.[0] ?? null
}
