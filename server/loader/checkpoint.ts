import Database from 'better-sqlite3'
import type { SiteStretch } from './bursts.ts'

/** A stretch of a segment: bytes `start` (inclusive) to `end`. */
export interface Range {
  segment: string
  start: number
  end: number
}

/** A batch that is, or may be, on its way into the warehouse; it goes again exactly so until it is done. */
export interface Intent extends Range {
  /** Names the batch that was first sent; its halves keep it, so that rows of theirs already in are known. */
  root: string
  /** Of a batch that was refused: some of its rows may be in under the tokens of larger parts. */
  half: boolean
  /** When it was recorded, Unix ms. */
  madeAt: number
  /** Generation under which each `site/day` of it is written. */
  generations: Record<string, number>
}

export interface RunCounts {
  /** Hits newly in the warehouse. */
  added: number
  /** Hits whose id was there before. */
  duplicates: number
  /** Hits set aside because the engine refuses them. */
  refused: number
}

/** A stretch of a site's time whose clicks are to be looked at with their neighbours (`settler.ts`). */
export interface Unsettled extends SiteStretch {
  id: number
  /** When it was recorded, Unix ms. */
  madeAt: number
}

/** How far the loader has come. Every change is on disk (fsync) when its call returns. */
export interface Checkpoint {
  /** Offset behind the last byte of the segment that is done with. */
  doneTo(segment: string): number
  intents(): Intent[]
  /** @param clicks from where to where the batch holds clicks of each site, to be settled once they are in. */
  intend(intent: Intent, clicks?: readonly SiteStretch[]): void
  /** Puts two halves in the place of a batch. */
  halve(whole: Range, halves: Intent[]): void
  done(intent: Range, counts: Map<string, RunCounts>): void
  /** Passes over bytes that hold no hit. */
  skip(range: Range): void
  counts(edgeRun: string): RunCounts
  totals(): RunCounts
  /** Forgets segments deleted more than `age` milliseconds ago. A file that a power cut brings back is known till then. */
  markDeleted(segment: string): void
  prune(age: number): void
  /** The zone in whose days a site's hits stand judged; null for a site not met before. */
  zoneOf(siteId: number): string | null
  setZone(siteId: number, timezone: string): void
  /** Stretches to settle whose batches are in, in the order in which they were recorded. */
  unsettled(): Unsettled[]
  unsettle(stretch: SiteStretch): void
  settled(ids: readonly number[]): void
  close(): void
}

interface IntentRow {
  segment: string
  range_start: number
  range_end: number
  root: string
  half: number
  made_at: number
  generations: string
}

export function openCheckpoint(path: string): Checkpoint {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(`
    CREATE TABLE IF NOT EXISTS segments (
      id TEXT PRIMARY KEY, done_to INTEGER NOT NULL, deleted_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS intents (
      segment TEXT NOT NULL, range_start INTEGER NOT NULL, range_end INTEGER NOT NULL,
      root TEXT NOT NULL, half INTEGER NOT NULL, made_at INTEGER NOT NULL, generations TEXT NOT NULL,
      PRIMARY KEY (segment, range_start)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS run_counts (
      edge_run TEXT PRIMARY KEY, added INTEGER NOT NULL, duplicates INTEGER NOT NULL, refused INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS zones (site_id INTEGER PRIMARY KEY, timezone TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS unsettled (
      id INTEGER PRIMARY KEY, site_id INTEGER NOT NULL, time_from INTEGER NOT NULL, time_to INTEGER NOT NULL,
      root TEXT NOT NULL, made_at INTEGER NOT NULL
    ) STRICT;
  `)
  const selectDone = db.prepare<[string], { done_to: number }>('SELECT done_to FROM segments WHERE id = ?')
  const selectIntents = db.prepare<[], IntentRow>('SELECT * FROM intents ORDER BY rowid')
  const insertIntent = db.prepare('INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?, ?)')
  const deleteIntent = db.prepare('DELETE FROM intents WHERE segment = ? AND range_start = ?')
  const advance = db.prepare(
    'INSERT INTO segments (id, done_to) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET done_to = max(done_to, excluded.done_to)',
  )
  const addCounts = db.prepare(
    'INSERT INTO run_counts VALUES (?, ?, ?, ?) ON CONFLICT (edge_run) DO UPDATE SET added = added + excluded.added, duplicates = duplicates + excluded.duplicates, refused = refused + excluded.refused',
  )
  const selectCounts = db.prepare<[string], RunCounts>(
    'SELECT added, duplicates, refused FROM run_counts WHERE edge_run = ?',
  )
  const selectTotals = db.prepare<[], { [K in keyof RunCounts]: number | null }>(
    'SELECT sum(added) AS added, sum(duplicates) AS duplicates, sum(refused) AS refused FROM run_counts',
  )
  const markDeleted = db.prepare('UPDATE segments SET deleted_at = ? WHERE id = ?')
  const prune = db.prepare('DELETE FROM segments WHERE deleted_at < ?')

  const selectZone = db.prepare<[number], { timezone: string }>(
    'SELECT timezone FROM zones WHERE site_id = ?',
  )
  const upsertZone = db.prepare(
    'INSERT INTO zones VALUES (?, ?) ON CONFLICT (site_id) DO UPDATE SET timezone = excluded.timezone',
  )

  const selectUnsettled = db.prepare<[], Unsettled>(
    `SELECT id, site_id AS siteId, time_from AS "from", time_to AS "to", made_at AS madeAt FROM unsettled
     WHERE root NOT IN (SELECT root FROM intents) ORDER BY id`,
  )
  const insertUnsettled = db.prepare(
    'INSERT INTO unsettled (site_id, time_from, time_to, root, made_at) VALUES (?, ?, ?, ?, ?)',
  )
  const deleteUnsettled = db.prepare('DELETE FROM unsettled WHERE id = ?')

  const unsettle = ({ siteId, from, to }: SiteStretch, root: string) =>
    insertUnsettled.run(siteId, from, to, root, Date.now())
  const intend = (intent: Intent) =>
    insertIntent.run(
      intent.segment,
      intent.start,
      intent.end,
      intent.root,
      intent.half ? 1 : 0,
      intent.madeAt,
      JSON.stringify(intent.generations),
    )

  return {
    doneTo: (segment) => selectDone.get(segment)?.done_to ?? 0,
    intents: () =>
      selectIntents.all().map((row) => ({
        segment: row.segment,
        start: row.range_start,
        end: row.range_end,
        root: row.root,
        half: row.half === 1,
        madeAt: row.made_at,
        generations: JSON.parse(row.generations),
      })),
    intend: db.transaction((intent: Intent, clicks: readonly SiteStretch[] = []) => {
      intend(intent)
      for (const stretch of clicks) unsettle(stretch, intent.root)
    }),
    halve: db.transaction((whole: Range, halves: Intent[]) => {
      deleteIntent.run(whole.segment, whole.start)
      for (const half of halves) intend(half)
    }),
    done: db.transaction((intent: Range, counts: Map<string, RunCounts>) => {
      deleteIntent.run(intent.segment, intent.start)
      advance.run(intent.segment, intent.end)
      for (const [edgeRun, { added, duplicates, refused }] of counts) {
        addCounts.run(edgeRun, added, duplicates, refused)
      }
    }),
    skip: (range) => advance.run(range.segment, range.end),
    counts: (edgeRun) => selectCounts.get(edgeRun) ?? { added: 0, duplicates: 0, refused: 0 },
    totals: () => {
      const row = selectTotals.get()
      return { added: row?.added ?? 0, duplicates: row?.duplicates ?? 0, refused: row?.refused ?? 0 }
    },
    markDeleted: (segment) => markDeleted.run(Date.now(), segment),
    prune: (age) => prune.run(Date.now() - age),
    zoneOf: (siteId) => selectZone.get(siteId)?.timezone ?? null,
    setZone: (siteId, timezone) => upsertZone.run(siteId, timezone),
    unsettled: () => selectUnsettled.all(),
    unsettle: (stretch) => unsettle(stretch, ''),
    settled: db.transaction((ids: readonly number[]) => {
      for (const id of ids) deleteUnsettled.run(id)
    }),
    close: () => db.close(),
  }
}
