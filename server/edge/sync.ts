import { type Directory, readDirectory } from './directory.ts'
import type { LinkCache } from './link-cache.ts'
import type { EdgeStore } from './store.ts'
import { within } from './store-away.ts'

export interface SyncOptions {
  store: EdgeStore
  cache: LinkCache
  /** Milliseconds between an answer of the store and the next question. */
  pollMs: number
  /** Milliseconds after which a question counts as unanswered. */
  timeoutMs: number
  /** Called with the first directory and with each that differs from the one before. */
  onDirectory(directory: Directory): void
  /** Called after each poll that the store answered; a rejection counts as the store's. */
  onReached(): Promise<void>
  /** Called when the store is first heard of, goes away (with the reason) and is back. */
  onReachable(reachable: boolean, reason?: unknown): void
}

export interface Sync {
  /** Resolves after the first directory has been read, however long the store is away before. */
  readonly started: Promise<void>
  reachable(): boolean
  /** The store's revision that everything answered is as new as. */
  revision(): number
  stop(): void
}

const CHANGES_AT_ONCE = 1000

/**
 * Follows the control store: asks for its revision again and again and takes in what changed, so that an edit is live
 * `pollMs` and two look-ups later. While the store is away everything stays as it is; when it is back, what was missed
 * is made up for.
 */
export function followStore(options: SyncOptions): Sync {
  const { store, cache, timeoutMs } = options
  let directory: Directory | null = null
  let applied = 0
  let reachable: boolean | null = null
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let start = () => {}
  const started = new Promise<void>((resolve) => {
    start = resolve
  })

  async function poll(): Promise<void> {
    const revision = await within(timeoutMs, () => store.latestRevision())
    if (directory && revision === applied) return
    if (!directory) {
      await takeDirectory()
    } else if (revision < applied) {
      // Another database, an older copy for example: nothing that is known is certain.
      cache.clear()
      await takeDirectory()
    } else {
      await takeLinks()
      await takeDirectory()
    }
    applied = revision
  }

  async function takeLinks(): Promise<void> {
    for (let from = applied; ; ) {
      const changes = await within(timeoutMs, () => store.changedSince(from, CHANGES_AT_ONCE))
      cache.apply(changes.links)
      if (changes.links.length < CHANGES_AT_ONCE) return
      from = changes.revision
    }
  }

  async function takeDirectory(): Promise<void> {
    const read = await within(timeoutMs, () => readDirectory(store))
    if (directory?.fingerprint === read.fingerprint) return
    if (directory && directory.hosts !== read.hosts) cache.clear()
    directory = read
    options.onDirectory(read)
  }

  async function turn(): Promise<void> {
    try {
      await poll()
      await options.onReached()
      tell(true)
      start()
    } catch (error) {
      tell(false, error)
    }
    if (!stopped) timer = setTimeout(turn, options.pollMs).unref()
  }

  function tell(now: boolean, reason?: unknown): void {
    if (now === reachable) return
    reachable = now
    options.onReachable(now, reason)
  }

  void turn()
  return {
    started,
    reachable: () => reachable === true,
    revision: () => applied,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
