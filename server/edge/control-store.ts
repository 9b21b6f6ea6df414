import type { Control } from '../control/control.ts'
import type { EdgeStore } from './store.ts'

/** The control store as the edge asks it. */
export function controlEdgeStore(control: Control): EdgeStore {
  return {
    linkBySlug: (host, slugKey) => control.links.bySlug(host, slugKey),
    latestRevision: () => control.links.latestRevision(),
    changedSince: (revision, limit) => control.links.changedSince(revision, limit),
    domains: () => control.domains.list(),
    sites: () => control.sites.list(),
    async clickIdKeys() {
      const [current, previous] = await Promise.all([control.keys.current(), control.keys.previous()])
      return { current, previous }
    },
    salt: (siteId, day, now) => control.salts.forDay(siteId, day, now),
  }
}
