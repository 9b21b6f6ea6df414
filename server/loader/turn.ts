import type { BurstReason } from '../domain/bots/burst.ts'
import type { RawHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { decodeHit } from '../spool/record.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { withinPartitions } from './batch.ts'
import { findBursts } from './bursts.ts'
import { type Enricher, judgeAll } from './enrich.ts'
import { type Generations, type JudgedDaysLog, nextGeneration } from './generations.ts'
import type { CarefulInserter } from './missing.ts'
import { rawPages } from './raw-pages.ts'
import type { Sessions } from './sessions.ts'
import { TouchedVisitors } from './touched.ts'
import { turnSessions } from './turn-sessions.ts'

/**
 * What to judge again: a site's hits of `[from, to)` (Unix milliseconds), which make up whole days. With `days: null`
 * everything the site has, for a site whose days themselves have changed.
 */
export interface TurnRequest {
  siteId: number
  from: number
  to: number
  days: string[] | null
}

export interface TurnSummary {
  generation: number
  /** Hits judged. */
  hits: number
  days: string[]
  /** What it took, in milliseconds of the loader's time. */
  workMs: number
}

/** One turn, a step at a time, so that the loader goes on with new hits in between. */
export interface Turn {
  /** Does some of the work; the summary once the days have turned. */
  step(): Promise<TurnSummary | null>
}

export interface TurnDeps {
  warehouse: Warehouse
  enricher: Enricher
  careful: CarefulInserter
  generations: Generations
  judgedDays: JudgedDaysLog
  sessions: Sessions
  /** Hits of a step (default 50,000). */
  pageRows?: number
}

/**
 * Judges days again beside a live loader (rules: judged rows carry a generation, one pointer makes it current).
 * Pages of raw hits are judged into a new generation that no reader sees. The last step runs while no batch is on its
 * way: it adds the hits that came meanwhile, found by id, and inserts the pointer rows in one block, which turns all
 * days at once. A turn that dies leaves rows of a generation that is never used again. The days' sessions are worked
 * out anew under that generation before they turn.
 *
 * Clicks are judged with their neighbours (`findBursts`): those of a day are looked for when its first page is judged,
 * those around late hits once more. Where late hits say otherwise of hits that were judged before them, that is for
 * the loader to find (`settler.ts`).
 */
export async function beginTurn(request: TurnRequest, deps: TurnDeps): Promise<Turn> {
  const { warehouse, enricher, careful, judgedDays } = deps
  const pageRows = deps.pageRows ?? 50_000
  await enricher.refresh()
  const generation = await nextGeneration(warehouse, request.siteId)
  // Noted first: the next turn then takes another number even if this one dies before its first row.
  await judgedDays.note([{ siteId: request.siteId, day: '1970-01-01', generation, rulesVersion: 0 }])
  const seenDays = new Set<string>(request.days ?? [])
  const rawHits = rawPages(warehouse, request, pageRows, { maxSeconds: 300 })
  let pages = 0
  let judgedHits = 0
  let backfilled = false
  let sessionsBuilt = false
  const late = new TouchedVisitors()
  const sessions = turnSessions({ ...request, generation }, deps)
  let workMs = 0
  let looked = { from: 0, to: 0, bursts: new Map<string, BurstReason>() }

  function burstsOver(from: number, to: number): Promise<Map<string, BurstReason>> {
    const { siteId } = request
    return findBursts(warehouse, enricher.trafficOf, { siteId, from, to })
  }

  async function write(
    hits: RawHit[],
    bursts: ReadonlyMap<string, BurstReason>,
    token: string,
  ): Promise<void> {
    const judged = await judgeAll(enricher, hits, bursts)
    for (const hit of judged) {
      seenDays.add(hit.day)
      if (sessionsBuilt) late.add(hit)
    }
    await judgedDays.note(
      judged.map(({ siteId, day, rulesVersion }) => ({ siteId, day, generation, rulesVersion })),
    )
    for (const [part, rows] of insertable(judged).entries()) {
      await careful.insertJudged(rows, generation, `${token}:${part}`)
    }
    judgedHits += judged.length
  }

  async function backfill(): Promise<void> {
    const { value: page } = await rawHits.next()
    const hits = page?.hits ?? []
    const [begin, end] = [hits[0], hits.at(-1)]
    if (begin && end) {
      if (begin.time < looked.from || end.time >= looked.to) {
        const to = Math.max(end.time + 1, Math.min(begin.time + LOOK_MS, request.to))
        looked = { from: begin.time, to, bursts: await burstsOver(begin.time, to) }
      }
      await write(hits, looked.bursts, `turn:${request.siteId}:${generation}:${pages}`)
    }
    pages++
    backfilled = hits.length < pageRows
  }

  /** What the pages missed: hits loaded since. */
  async function catchUp(): Promise<boolean> {
    const rows = await warehouse.query<RawRow>(
      `SELECT record, edge_run FROM raw_hits
       WHERE site = {site:UInt32} AND toDate(time) BETWEEN toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
         AND time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
         AND hit_id GLOBAL NOT IN (SELECT hit_id FROM hits WHERE site = {site:UInt32} AND generation = {generation:UInt32})
       ORDER BY time, hit_id LIMIT {rows:UInt32}`,
      { site: request.siteId, from: request.from, to: request.to, generation, rows: pageRows },
      { maxSeconds: 300 },
    )
    const hits = rows.map(rawHitOf)
    const [first, end] = [hits[0], hits.at(-1)]
    if (!first || !end) return false
    await write(
      hits,
      await burstsOver(first.time, end.time + 1),
      `turn:${request.siteId}:${generation}:late:${first.hitId}:${hits.length}:${end.hitId}`,
    )
    return true
  }

  async function turningDays(): Promise<string[]> {
    if (request.days === null) {
      // Days under the old zone that hold nothing under the new one must turn empty.
      const rows = await warehouse.query<{ day: string }>(
        "SELECT DISTINCT day FROM judged_days WHERE site = {site:UInt32} AND day > '1970-01-01'",
        { site: request.siteId },
      )
      for (const { day } of rows) seenDays.add(day)
    }
    return [...seenDays].sort()
  }

  async function switchOver(): Promise<Omit<TurnSummary, 'workMs'>> {
    const days = await turningDays()
    await sessions.finish(days, late)
    await warehouse.command(
      `INSERT INTO turned_days (site, day, generation, turned_at)
       SELECT {site:UInt32}, arrayJoin({days:Array(Date)}), {generation:UInt32}, now64(3, 'UTC')
       SETTINGS max_insert_block_size = 1000000, max_threads = 1`,
      { site: request.siteId, days, generation },
    )
    await sessions.beside(days)
    return { generation, hits: judgedHits, days }
  }

  return {
    async step() {
      const began = performance.now()
      if (!backfilled) {
        await backfill()
        workMs += performance.now() - began
        return null
      }
      if (!sessionsBuilt) {
        sessionsBuilt = await sessions.build(await turningDays())
        workMs += performance.now() - began
        return null
      }
      while (await catchUp()) {
        // Hits loaded while the pages were written; none can come while this step runs.
      }
      const summary = await switchOver()
      return { ...summary, workMs: workMs + performance.now() - began }
    },
  }
}

export const SWEPT_AT_ONCE = 1_000
/** Bursts are looked for over a day at a time: 25 hours at most. */
const LOOK_MS = 25 * 3_600_000

/** A row of `raw_hits`: the record, and the edge run, which a record leaves to its segment's header. */
interface RawRow {
  record: string
  edge_run: string
}

/** Cuts rows in the order of time into inserts that the engine takes. */
function insertable(judged: readonly JudgedHit[]): JudgedHit[][] {
  const parts: JudgedHit[][] = []
  let months = new Set<number>()
  for (const hit of judged) {
    const part = parts.at(-1)
    if (part && withinPartitions(months, hit.time)) part.push(hit)
    else {
      months = new Set()
      withinPartitions(months, hit.time)
      parts.push([hit])
    }
  }
  return parts
}

function rawHitOf({ record, edge_run }: RawRow): RawHit {
  return decodeHit(record, edge_run)
}

/**
 * Deletes judged rows that no query can see any more: generations below one that has been the current one of their day
 * for a while, since queries that began before a turn still read the old rows. What a dead turn left lies above the
 * current generation, where a turn under way writes too, and goes with the next turn of that day.
 *
 * @param replacedFor seconds since the turn.
 * @returns how many (day, generation) were deleted; with `SWEPT_AT_ONCE` of them there may be more.
 */
export async function sweep(warehouse: Warehouse, cluster?: string, replacedFor = 0): Promise<number> {
  // On a cluster rows are deleted where they are kept, on every host: a Distributed table takes no DELETE.
  const place = (table: string) => (cluster === undefined ? table : `${table}_local ON CLUSTER ${cluster}`)
  const stale = await warehouse.query<{ site: number; day: string; generation: number }>(
    `SELECT DISTINCT site, day, generation FROM judged_days AS j
     GLOBAL LEFT JOIN (
       SELECT site, day, max(generation) AS now FROM turned_days
       WHERE turned_at <= now64(3, 'UTC') - toIntervalSecond({replacedFor:UInt32}) GROUP BY site, day) AS t USING (site, day)
     WHERE j.generation < t.now AND day > '1970-01-01' LIMIT ${SWEPT_AT_ONCE}`,
    { replacedFor },
  )
  // A DELETE is a mutation of every part, however few its rows: one for all days of a turn.
  const turns = new Map<string, { site: number; generation: number; days: string[] }>()
  for (const { site, day, generation } of stale) {
    const key = `${site}/${generation}`
    const turn = turns.get(key) ?? { site, generation, days: [] }
    turn.days.push(day)
    turns.set(key, turn)
  }
  for (const turn of turns.values()) {
    const where =
      'WHERE site = {site:UInt32} AND generation = {generation:UInt32} AND day IN {days:Array(Date)}'
    await warehouse.command(`DELETE FROM ${place('sessions')} ${where}`, turn)
    await warehouse.command(`DELETE FROM ${place('hits')} ${where}`, turn)
    await warehouse.command(`DELETE FROM ${place('turned_days')} ${where}`, turn)
    // Last: where the others failed, it is still known what there is to delete.
    await warehouse.command(`DELETE FROM ${place('judged_days')} ${where}`, turn)
  }
  return stale.length
}
