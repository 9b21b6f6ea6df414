/** The page script as a module: `import { jejak, start } from 'jejak/tracker'`. Importing it does nothing by itself. */
import { watchActions } from './actions.ts'
import * as core from './core.ts'
import type { Jejak, PageJejak } from './types.ts'

export type { GoalOptions, Jejak } from './types.ts'

/** How the module behaves; the `data-` attributes of the script's tag by the same names. */
export interface StartOptions {
  /** Where events go: `https://go.example/e`, or a path of the page's own host. */
  endpoint: string
  /** The site's name; needed only where two sites share a host. */
  site?: string
  /** Query parameter of the click id: `jjk`, unless the service says otherwise. */
  parameter?: string
  /** The part after `#` is part of the page, since a router uses it. */
  hash?: boolean
  /** Only `jejak('pageview')` counts pageviews. */
  manual?: boolean
  /** Counts browsers that a program drives too, for tests of your own. */
  automation?: boolean
}

/**
 * Begins to count. Once for a page: later calls, and a script tag on the same page, do nothing. Outside a browser
 * (server-side rendering) it does nothing either.
 */
export function start({ endpoint, site, parameter, hash, manual, automation }: StartOptions): void {
  if (typeof window === 'undefined') return
  const set = (on: boolean | undefined) => (on ? '' : undefined)
  core.start(
    { endpoint, site, parameter, hash: set(hash), manual: set(manual), automation: set(automation) },
    watchActions,
  )
}

/** The page's `jejak`, before and after the script is there; calls wait for it. Never throws. */
export const jejak: Jejak = (...call: unknown[]) => {
  if (typeof window === 'undefined') return
  if (!window.jejak) {
    const stub: PageJejak = Object.assign((...later: unknown[]) => stub.q.push(later), { q: [] })
    window.jejak = stub
  }
  ;(window.jejak as PageJejak)(...call)
}
