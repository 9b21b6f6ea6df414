import type { Control } from '../control/control.ts'
import type { Loader } from '../loader/loader.ts'
import type { Logger } from '../ops/log.ts'
import { DEMO_SITE } from './furnish.ts'
import { type DemoDeps, type DemoWish, makeDemo, removeDemo } from './make.ts'
import { DemoNotes, type DemoState } from './note.ts'

export interface DemoStatus {
  state: DemoState
  /** Name of the demo's site, null where there is none. */
  site: string | null
  /** About how many hits there shall be. */
  hits: number
  made: number
  loaded: number
  days: number
  seed: number
  /** The first instant after the history, Unix milliseconds; 0 where there is none. */
  until: number
  /** Where `jejak demo` serves its pages. */
  pages: string
  /** Why it stands as it does, where something went wrong. */
  error: string
}

/** Makes and removes the demo beside the app's other work. */
export interface DemoRunner {
  status(): DemoStatus
  /**
   * Begins to make the demo, or goes on with it; resolves once it is under way. Rejects as `makeDemo` does where it
   * cannot begin. Does nothing where it is being made or stands.
   */
  start(wish: DemoWish): Promise<DemoStatus>
  /** Begins to take the demo away. Does nothing where there is none. */
  remove(): DemoStatus
  /** Leaves what is under way; it can be gone on with. */
  stop(): Promise<void>
}

export interface DemoRunnerDeps {
  control: Control
  loader: Pick<Loader, 'counts' | 'status' | 'forgetSite'>
  dataDir: string
  spoolMaxBytes: number
  log: Logger
}

export function createDemoRunner({
  control,
  loader,
  dataDir,
  spoolMaxBytes,
  log,
}: DemoRunnerDeps): DemoRunner {
  const notes = new DemoNotes(dataDir)
  const stopping = new AbortController()
  const deps: DemoDeps = {
    control,
    dataDir,
    spoolMaxBytes,
    loader: {
      counts: async (edgeRun) => loader.counts(edgeRun),
      completeUntil: async () => loader.status().completeUntil,
      forgetSite: (siteId) => loader.forgetSite(siteId),
    },
  }
  let making: Promise<unknown> | null = null
  let removing: Promise<unknown> | null = null

  function status(): DemoStatus {
    const note = notes.read()
    return {
      state: notes.state(),
      site: note === null ? null : DEMO_SITE,
      hits: note?.hits ?? 0,
      made: note?.made ?? 0,
      loaded: note?.loaded ?? 0,
      days: note?.days ?? 0,
      seed: note?.seed ?? 0,
      until: note?.until ?? 0,
      pages: note?.origin ?? '',
      error: note?.error ?? '',
    }
  }

  return {
    status,

    async start(wish) {
      if (making !== null) return status()
      const { signal } = stopping
      await new Promise<void>((done, fail) => {
        making = makeDemo(deps, wish, { signal, onProgress: () => done() })
          .then(
            () => done(),
            (error) => {
              if (!signal.aborted) log.warn({ error: String(error) }, 'the demo was not made')
              fail(error)
            },
          )
          .finally(() => {
            making = null
          })
      })
      return status()
    },

    remove() {
      if (notes.read() === null) return status()
      // The answer shall say so already.
      notes.askRemoval()
      removing ??= removeDemo(deps, stopping.signal)
        .catch((error) => {
          if (stopping.signal.aborted) return
          const note = notes.read()
          if (note) notes.write({ ...note, error: error instanceof Error ? error.message : String(error) })
          log.error({ error: String(error) }, 'the demo could not be taken away; ask again')
        })
        .finally(() => {
          removing = null
        })
      return status()
    },

    async stop() {
      stopping.abort(new Error('the app is stopping'))
      await making
      await removing
    },
  }
}
