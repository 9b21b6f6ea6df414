import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as othersFirst, setTimeout as sleep } from 'node:timers/promises'
import type { Control } from '../control/control.ts'
import type { Site } from '../domain/site.ts'
import { spoolAppender } from '../imports/spool-appender.ts'
import type { FoundLoader } from '../processes/find-loader.ts'
import { dataPaths } from '../processes/stores.ts'
import { encodeHit } from '../spool/record.ts'
import { IMPORT_DIRECTORY } from '../spool/segments.ts'
import { openSpoolWriter } from '../spool/writer.ts'
import {
  createDemoSite,
  DEMO_SITE,
  findDemoSite,
  furnishLinks,
  furnishSite,
  HISTORY_ORIGIN,
} from './furnish.ts'
import { demoHistory } from './history.ts'
import { type DemoNote, DemoNotes } from './note.ts'
import { planLinks } from './plan.ts'

export interface DemoDeps {
  control: Control
  loader: Pick<FoundLoader, 'counts' | 'completeUntil' | 'forgetSite'>
  dataDir: string
  spoolMaxBytes: number
}

/** What somebody wants of a demo; what is left out is as it was, or as usual. */
export interface DemoWish {
  hits?: number | undefined
  days?: number | undefined
  seed?: number | undefined
  until?: number | undefined
  origin?: string | undefined
}

/** What a person can put right; the message says how. */
export class DemoError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DemoError'
  }
}

export const DEMO_DEFAULTS = { hits: 120_000, days: 90, seed: 1, origin: 'http://localhost:4747' } as const

const LOCK_PATIENCE_MS = 2_000
/** Whoever makes a demo looks once a second whether it is wanted still. */
const LEAVE_PATIENCE_MS = 15_000
/** Edges ask every 250 ms what has changed. */
const EDGES_HEAR_MS = 1_000
const LOOK_MS = 250
const LOAD_PATIENCE_MS = 10 * 60_000
/** Hits made before other work of the process gets its turn: some 10 ms. */
const STRETCH = 500

/**
 * Makes the demo: its site, goals, links and history, and waits until all of it is loaded. One that was not finished is
 * gone on with: the same hits are made again, and those that are there already stay what they are.
 *
 * @throws {DemoError} where there is another demo, or a site of its name that is none; {LockTaken} while another
 *   process makes one; what `signal` was aborted with.
 */
export async function makeDemo(
  deps: DemoDeps,
  wish: DemoWish,
  { signal, onProgress = () => {} }: { signal?: AbortSignal; onProgress?: (note: DemoNote) => void } = {},
): Promise<DemoNote> {
  const notes = new DemoNotes(deps.dataDir)
  const lock = await notes.lock(LOCK_PATIENCE_MS)
  try {
    const known = notes.read()
    const note = known ? agreed(known, wish, notes) : fresh(wish)
    if (note.ready) return note
    const tell = (change: Partial<DemoNote>) => {
      Object.assign(note, change)
      notes.write(note)
      onProgress({ ...note })
    }
    try {
      tell({ error: '' })
      const site = await siteOf(deps.control, note)
      tell({ siteId: site.id })
      await write(deps, note, site, { tell, signal, isWanted: () => !notes.removalAsked() })
      tell({ ready: true })
    } catch (error) {
      // A site that could not be made leaves nothing behind.
      if (note.siteId === 0) notes.forget()
      else tell({ error: error instanceof Error ? error.message : String(error) })
      throw error
    }
    return note
  } finally {
    lock.release()
  }
}

/**
 * Takes the demo away: its links end at once, then its hits, and with its site everything that was set up for it. Safe
 * to repeat, and to be repeated where it was interrupted.
 *
 * @returns the number of hits there were; null where there is no demo.
 * @throws {DemoError} where the hits that wait in the spool are not loaded within ten minutes; {LockTaken} where
 *   whoever makes the demo does not leave it.
 */
export async function removeDemo(
  { control, loader, dataDir }: DemoDeps,
  signal?: AbortSignal,
): Promise<number | null> {
  const notes = new DemoNotes(dataDir)
  if (notes.read() === null) return null
  notes.askRemoval()
  const lock = await notes.lock(LEAVE_PATIENCE_MS)
  try {
    const note = notes.read()
    if (note === null) return null
    const siteId = note.siteId || ((await findDemoSite(control, new URL(note.origin).host))?.id ?? 0)
    let hits = 0
    if (siteId > 0) {
      await control.sites.retire(siteId)
      await sleep(EDGES_HEAR_MS)
      await allLoaded(loader, signal)
      hits = (await loader.forgetSite(siteId)).hits
      await control.sites.remove(siteId)
    }
    notes.forget()
    return hits
  } finally {
    lock.release()
  }
}

/** The demo as it was begun, where the wish does not say otherwise. */
function agreed(known: DemoNote, wish: DemoWish, notes: DemoNotes): DemoNote {
  if (notes.removalAsked()) {
    throw new DemoError('The demo is being removed. Run jejak demo --remove to its end first.')
  }
  const differs = (Object.keys(wish) as (keyof DemoWish)[]).filter(
    (key) => wish[key] !== undefined && wish[key] !== known[key],
  )
  if (differs.length > 0) {
    const was = differs.map((key) => `${key} ${known[key]}`).join(', ')
    throw new DemoError(`There is a demo already, of ${was}. Remove it first: jejak demo --remove.`)
  }
  return known
}

function fresh(wish: DemoWish): DemoNote {
  const { hits = DEMO_DEFAULTS.hits, days = DEMO_DEFAULTS.days, seed = DEMO_DEFAULTS.seed } = wish
  const { until = Math.floor(Date.now() / 60_000) * 60_000, origin = DEMO_DEFAULTS.origin } = wish
  return { siteId: 0, hits, days, seed, until, origin, ready: false, made: 0, loaded: 0, error: '' }
}

async function siteOf(control: Control, { siteId, origin }: DemoNote): Promise<Site> {
  const { host } = new URL(origin)
  const known = siteId > 0 ? await control.sites.byId(siteId) : await findDemoSite(control, host)
  if (known) return known
  if (siteId > 0) {
    throw new DemoError('The demo’s site is gone. Take the rest of it away first: jejak demo --remove.')
  }
  if ((await control.sites.byName(DEMO_SITE)) !== null) {
    throw new DemoError(`There is a site named ${DEMO_SITE} that is not the demo’s. The demo needs the name.`)
  }
  return createDemoSite(control, host)
}

interface Writing {
  tell(change: Partial<DemoNote>): void
  isWanted(): boolean
  signal?: AbortSignal | undefined
}

async function write(deps: DemoDeps, note: DemoNote, site: Site, writing: Writing): Promise<void> {
  const { control, loader, dataDir, spoolMaxBytes } = deps
  const { signal, tell, isWanted } = writing
  const { hits, days, seed, until, origin } = note
  const domain = await control.domains.default()
  await furnishSite(control, site.id)
  const plan = planLinks({ seed, days, until })
  const links = await furnishLinks(control, { site, domain, origin, plan })
  const clickIdKey = await control.keys.current()
  const directory = join(
    dataPaths(dataDir).spool,
    `${IMPORT_DIRECTORY}demo-${randomBytes(8).toString('hex')}`,
  )
  const writer = await openSpoolWriter({ directory, durability: 'write', maxBytes: spoolMaxBytes })
  let made = 0
  let saidAt = 0

  async function look(): Promise<void> {
    signal?.throwIfAborted()
    if (!isWanted()) throw new DemoError('The demo was removed while it was being made.')
    const { added, duplicates, refused } = await loader.counts(writer.edgeRun)
    tell({ made, loaded: added + duplicates + refused })
    saidAt = Date.now()
  }

  try {
    try {
      const spool = spoolAppender(writer)
      let receivedAt = 0
      for (const hit of demoHistory({
        seed,
        days,
        until,
        hits,
        site: { id: site.id, timezone: site.timezone, origin: HISTORY_ORIGIN },
        domain: domain.host,
        links,
        clickIdKey,
      })) {
        hit.edgeRun = writer.edgeRun
        hit.sequence = ++made
        receivedAt = Math.max(receivedAt, Date.now())
        hit.receivedAt = receivedAt
        if (!spool.put(encodeHit(hit))) await spool.room()
        if (made % STRETCH > 0) continue
        await othersFirst()
        await spool.loaderKeepsUp()
        if (Date.now() - saidAt >= 1000) await look()
      }
      await spool.drained()
    } finally {
      await writer.close()
    }
    do {
      await look()
      if (note.loaded < made) await sleep(LOOK_MS, undefined, { ...(signal && { signal }) })
    } while (note.loaded < made)
  } finally {
    await removeEmpty(directory)
  }
}

/** Waits for what was received until now. */
async function allLoaded(loader: DemoDeps['loader'], signal?: AbortSignal): Promise<void> {
  const asked = Date.now()
  while ((await loader.completeUntil()) < asked) {
    signal?.throwIfAborted()
    if (Date.now() - asked > LOAD_PATIENCE_MS) {
      throw new DemoError(
        'Hits still wait in the spool; see the log for why. Then run jejak demo --remove again.',
      )
    }
    await sleep(LOOK_MS)
  }
}

/** The loader removes the directory with its last segment; where there was none, nobody else would. */
async function removeEmpty(directory: string): Promise<void> {
  const left = await readdir(directory).catch(() => [])
  if (!left.some((name) => name.endsWith('.seg'))) await rm(directory, { recursive: true, force: true })
}
