/** What a goal call can say besides the goal's name. */
export interface GoalOptions {
  /** At least 0, rounded to four decimals. Anything else is left out. */
  value?: number | string
  /** ISO 4217, such as `EUR`; the site's own where absent. */
  currency?: string
  /** Your own id of what happened, such as an order number: the same id counts once. */
  id?: string | number
  /** At most 20 keys of 1 to 50 characters; values of at most 200. No personal data. */
  props?: Record<string, string | number | boolean>
}

/** The calls a page can make. None of them throws, whatever it is given. */
export interface Jejak {
  /** Something that the site wants happened: `jejak('goal', 'test drive booked', { value: 50 })`. */
  (command: 'goal', name: string, options?: GoalOptions): void
  /** Counts a pageview, of another address where `url` names one (absolute, or relative to the page). */
  (command: 'pageview', options?: { url?: string }): void
  /** What the visitor has decided: true lets an id be kept for at most 13 months, false deletes it. */
  (command: 'consent', granted: boolean): void
  /** Your own id of this visitor, to match conversions told later. Ignored before consent. */
  (command: 'identify', externalId: string | number): void
  /** Leaves this browser out of all counts (site's staff), or takes it in again with false. */
  (command: 'optOut', out?: boolean): void
}

/** How the page script behaves; the `data-` attributes of its tag by the same names. */
export interface Settings {
  /** Where events go: an address ending in `/e`. */
  endpoint: string | URL
  /** The site's name; needed only where two sites of one Jejak share a host. */
  site?: string | undefined
  /** Query parameter of the click id, `jjk` where absent. */
  parameter?: string | undefined
  /** The part after `#` is part of the page: a router uses it. Any text says so, an absent one not. */
  hash?: string | undefined
  /** Only `jejak('pageview')` counts pageviews. */
  manual?: string | undefined
  /** Counts browsers driven by a program too, for tests of your own. */
  automation?: string | undefined
}

/** The page's `jejak`: a stub that keeps calls, and from when the script is there hands them on. */
export interface PageJejak {
  (...call: unknown[]): void
  /** Calls made before the script was there; then what takes them. Its lack of `map` says that a script runs here. */
  q: { push(call: ArrayLike<unknown>): void; map?: unknown[]['map'] }
}

declare global {
  interface Window {
    jejak?: Jejak
  }
}
