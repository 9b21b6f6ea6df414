import type { Control } from '../control/control.ts'

/** What the API's resources stand on. */
export interface ApiDeps {
  control: Control
  /** Scheme (and default host) of short links, from `JEJAK_PUBLIC_URL`. */
  publicUrl: URL
  /** Name of the click id's query parameter, `jjk` by default. */
  clickIdParameter: string
  /**
   * People's clicks of some of a site's links, by link id; a link without clicks may be left out. May reject or take
   * its time: lists then show null. `lastClickAt` in Unix milliseconds.
   */
  linkClicks(siteId: number, linkIds: readonly number[]): Promise<ReadonlyMap<number, LinkClicks>>
  /** Told of errors that are answered with a 500, for the log. */
  onError?(error: unknown): void
}

export interface LinkClicks {
  clicks: number
  lastClickAt: number | null
}
