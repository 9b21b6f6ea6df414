import type { JudgedHit } from '../domain/judged.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { findBursts } from './bursts.ts'
import { uuid } from './duplicates.ts'
import { type Enricher, judgeAll } from './enrich.ts'
import { type Label, type Move, MoveCounts } from './moves.ts'
import { type RawPage, rawPages } from './raw-pages.ts'

/** A site's local day and its bounds (Unix ms, `to` not included). */
export interface TrialRequest {
  siteId: number
  day: string
  from: number
  to: number
}

/** What judging a day again by today's rules would change. */
export interface DayTrial {
  /** Hits of the day that stand judged. */
  hits: number
  /** Those that keep traffic, reason, channel and source. */
  unchanged: number
  /** The others by what they move from and to, largest first. */
  moves: Move[]
}

export interface TrialDeps {
  warehouse: Warehouse
  enricher: Enricher
  signal?: AbortSignal
  /** Hits in memory at a time (default 20,000, some 30 MB). */
  pageRows?: number
}

/** The engine's limit for one page; a day of many millions is sorted anew for each. */
const PAGE_SECONDS = 300

/** A day that is turned while it is tried is tried anew; one that turns all the time would never be done. */
const MAX_TRIES = 3

/**
 * Judges a day by today's rules and compares, hit by hit, with what stands in its current generation. Writes nothing.
 *
 * @throws {WarehouseError} where the warehouse is away, or `signal` was given.
 */
export async function tryDay(request: TrialRequest, deps: TrialDeps): Promise<DayTrial> {
  for (let tries = 1; ; tries++) {
    const generation = await generationOf(request, deps)
    const trial = await tryGeneration(request, generation, deps)
    // Rows of a generation that was replaced are deleted a while later, perhaps in the midst of the trial.
    if (tries === MAX_TRIES || (await generationOf(request, deps)) === generation) return trial
  }
}

async function generationOf(
  { siteId, day }: TrialRequest,
  { warehouse, signal }: TrialDeps,
): Promise<number> {
  const [row] = await warehouse.query<{ generation: number }>(
    'SELECT max(generation) AS generation FROM turned_days WHERE site = {site:UInt32} AND day = {day:Date}',
    { site: siteId, day },
    signal && { signal },
  )
  return row?.generation ?? 0
}

async function tryGeneration(
  request: TrialRequest,
  generation: number,
  { enricher, pageRows = 20_000, signal, warehouse }: TrialDeps,
): Promise<DayTrial> {
  const options = { maxSeconds: PAGE_SECONDS, ...(signal && { signal }) }
  await enricher.refresh()
  const bursts = await findBursts(warehouse, enricher.trafficOf, request, options)
  const moves = new MoveCounts()
  let hits = 0
  let unchanged = 0
  for await (const page of rawPages(warehouse, request, pageRows, options)) {
    const before = await standing(page)
    for (const judged of await judgeAll(enricher, page.hits, bursts)) {
      const from = before.get(uuid(judged.hitId))
      // One that is just being loaded stands nowhere yet.
      if (!from) continue
      hits++
      const to = labelOf(judged)
      if (isSame(from, to)) unchanged++
      else moves.add(from, to, 1)
    }
  }
  return { hits, unchanged, moves: moves.largestFirst() }

  /** What stands of the hits of a page, by id. */
  async function standing({ after, until }: RawPage): Promise<Map<string, Label>> {
    const rows = await warehouse.query<Label & { id: string }>(
      `SELECT toString(hit_id) AS id, traffic, traffic_reason AS reason, channel, source FROM hits
       WHERE site = {site:UInt32} AND day = {day:Date} AND generation = {generation:UInt32}
         AND time BETWEEN fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC') AND fromUnixTimestamp64Milli({untilTime:Int64}, 'UTC')
         AND (time, hit_id) > (fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC'), {afterId:UUID})
         AND (time, hit_id) <= (fromUnixTimestamp64Milli({untilTime:Int64}, 'UTC'), {untilId:UUID})`,
      {
        site: request.siteId,
        day: request.day,
        generation,
        afterTime: after.time,
        afterId: after.id,
        untilTime: until.time,
        untilId: until.id,
      },
      options,
    )
    return new Map(rows.map((row) => [row.id, row]))
  }
}

function labelOf({ traffic, trafficReason, channel, source }: JudgedHit): Label {
  return { traffic, reason: trafficReason, channel: stored(channel), source: stored(source) }
}

function isSame(a: Label, b: Label): boolean {
  return a.source === b.source && a.channel === b.channel && a.traffic === b.traffic && a.reason === b.reason
}

/** Text as the warehouse gives it back: half a surrogate pair has no UTF-8, and is kept as U+FFFD. */
function stored(text: string): string {
  return HALF_A_PAIR.test(text) ? text.replace(HALVES_OF_PAIRS, '\ufffd') : text
}

const HALF_A_PAIR = /\p{Surrogate}/u
const HALVES_OF_PAIRS = /\p{Surrogate}/gu
