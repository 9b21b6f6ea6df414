import { BURST_REACH_MS, type BurstReason } from '../domain/bots/burst.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { findBursts, type SiteStretch } from './bursts.ts'
import type { Checkpoint, Unsettled } from './checkpoint.ts'
import { IDS_PER_QUERY, uuid } from './duplicates.ts'
import type { Enricher } from './enrich.ts'
import { Generations } from './generations.ts'
import type { LoaderLog } from './loader.ts'
import type { TurnRequest, TurnSummary } from './turn.ts'

export interface SettlingOptions {
  /** Milliseconds after a click is loaded until it is looked at with its neighbours, most of which have come by then (default 15,000). */
  quiet?: number
  /** Milliseconds between two turns of a day for bursts' sake, at the least (default 30,000). */
  turnsApart?: number
  /** How many times as long as a turn of a day, or a look at a site, took is waited for the next (default 20). */
  rest?: number
  /** Milliseconds after a look that failed (default 10,000). */
  retry?: number
}

export interface SettlerDeps {
  /** Not the session on which the loader asks: loading would wait for a look. */
  warehouse: Warehouse
  enricher: Enricher
  checkpoint: Checkpoint
  judgeAgain: (request: TurnRequest) => Promise<TurnSummary>
  /** Whether a turn of any of this time waits or is under way, so that what stands is about to be replaced. */
  isTurning: (stretch: SiteStretch) => boolean
  log: LoaderLog
}

const PAUSE_MS = 1_000
/** Of a busy day every click's record is read. */
const LOOK_SECONDS = 300
const DAY_MS = 24 * 3_600_000

/**
 * Sees to it that clicks stand judged with their neighbours in time. They are loaded judged alone; where they lie is
 * in the checkpoint since before they went in. A while later the raw hits around them are asked for bursts, and days
 * on which other verdicts stand are judged again as a whole. A stretch is forgotten only when a look has found nothing
 * to change, so that neither a crash nor what comes meanwhile leaves a wrong verdict. Loading never waits for a look.
 */
export class Settler {
  readonly #deps: SettlerDeps
  readonly #options: Required<SettlingOptions>
  readonly #generations: Generations
  readonly #stopping = new AbortController()
  /** From when on a site may be looked at, and a day (`site/day`) turned, again: Unix ms. */
  readonly #looksFrom = new Map<number, number>()
  readonly #turnsFrom = new Map<string, number>()
  #looking: Promise<void> | null = null
  #pauseUntil = 0

  constructor(deps: SettlerDeps, options: SettlingOptions = {}) {
    this.#deps = deps
    this.#options = { quiet: 15_000, turnsApart: 30_000, rest: 20, retry: 10_000, ...options }
    this.#generations = new Generations(deps.warehouse)
  }

  /** Begins a look where one is due. */
  look(): void {
    const now = Date.now()
    if (this.#looking || now < this.#pauseUntil || this.#stopping.signal.aborted) return
    const { quiet } = this.#options
    this.#pauseUntil = now + Math.min(PAUSE_MS, quiet)
    this.#looking = this.#settle(now - quiet).finally(() => {
      this.#looking = null
    })
  }

  /** Ends a look under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking
  }

  async #settle(madeUntil: number): Promise<void> {
    try {
      const ripe = this.#deps.checkpoint.unsettled().filter(({ madeAt }) => madeAt <= madeUntil)
      for (const stretch of withNeighbours(ripe)) await this.#settleOne(stretch)
    } catch (error) {
      this.#warn(error)
      this.#pauseUntil = Date.now() + this.#options.retry
    }
  }

  async #settleOne(stretch: Settling): Promise<void> {
    const { checkpoint, isTurning } = this.#deps
    const { ids, siteId } = stretch
    const began = Date.now()
    if (began < (this.#looksFrom.get(siteId) ?? 0) || isTurning(stretch)) return
    try {
      const days = await this.#daysToTurn(stretch)
      if (days.length === 0) checkpoint.settled(ids)
      const now = Date.now()
      const turnsFrom = days.map((day) => this.#turnsFrom.get(`${siteId}/${day}`) ?? 0)
      this.#looksFrom.set(siteId, Math.max(now + this.#options.rest * (now - began), ...turnsFrom))
      for (const [index, day] of days.entries()) if ((turnsFrom[index] ?? 0) <= now) this.#turn(siteId, day)
    } catch (error) {
      this.#warn(error)
      this.#looksFrom.set(siteId, Date.now() + this.#options.retry)
    }
  }

  /** The site's days on which clicks stand otherwise than their neighbours make of them. */
  async #daysToTurn(stretch: SiteStretch): Promise<string[]> {
    const { enricher, warehouse } = this.#deps
    await enricher.prepare([])
    const bursts = await findBursts(warehouse, enricher.trafficOf, stretch, {
      signal: this.#stopping.signal,
    })
    await this.#generations.refresh()
    const days = new Set<string>()
    for await (const { day, generation, id, reason } of this.#standing(stretch, bursts)) {
      const isCurrent = generation === this.#generations.of(stretch.siteId, day)
      if (isCurrent && reason !== (bursts.get(id) ?? '')) days.add(day)
    }
    return [...days]
  }

  /** Judged rows of the stretch that stand as parts of bursts, and those of the clicks that should. */
  async *#standing(
    { siteId, from, to }: SiteStretch,
    bursts: ReadonlyMap<string, BurstReason>,
  ): AsyncGenerator<StandingRow> {
    const ask = (condition: string, ids: readonly string[]) =>
      this.#deps.warehouse.query<StandingRow>(
        `SELECT day, generation, replaceAll(toString(hit_id), '-', '') AS id, traffic_reason AS reason
         FROM hits
         WHERE site = {site:UInt32} AND kind = 'click' AND day BETWEEN {fromDay:Date} AND {toDay:Date}
           AND time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
           AND ${condition}`,
        { site: siteId, from, to, fromDay: utcDay(from - DAY_MS), toDay: utcDay(to + DAY_MS), ids },
        { maxSeconds: LOOK_SECONDS, signal: this.#stopping.signal },
      )
    yield* await ask("traffic_reason IN ('burst_head', 'burst_fanout')", [])
    const found = [...bursts.keys()]
    for (let begin = 0; begin < found.length; begin += IDS_PER_QUERY) {
      const ids = found.slice(begin, begin + IDS_PER_QUERY).map(uuid)
      yield* await ask('hit_id IN {ids:Array(UUID)}', ids)
    }
  }

  #turn(siteId: number, day: string): void {
    const { enricher, judgeAgain, log } = this.#deps
    const { rest, turnsApart } = this.#options
    const { start, end } = enricher.daysOf(siteId).bounds(day)
    const restFor = (milliseconds: number) => {
      const now = Date.now()
      for (const [turned, from] of this.#turnsFrom) if (from <= now) this.#turnsFrom.delete(turned)
      this.#turnsFrom.set(`${siteId}/${day}`, now + Math.max(turnsApart, rest * milliseconds))
    }
    judgeAgain({ siteId, from: start, to: end, days: [day] })
      .then(({ hits, workMs }) => {
        restFor(workMs)
        log.info({ siteId, day, hits, workMs: Math.round(workMs) }, 'a day was judged again for its bursts')
      })
      .catch((error) => {
        restFor(0)
        this.#warn(error)
      })
  }

  #warn(error: unknown): void {
    if (this.#stopping.signal.aborted) return
    this.#deps.log.warn({ error: String(error) }, 'clicks wait to be judged with their neighbours')
  }
}

interface StandingRow {
  day: string
  generation: number
  id: string
  reason: string
}

/** A stretch with all whose verdict may follow from it, and the rows of the checkpoint that it is made of. */
interface Settling extends SiteStretch {
  ids: number[]
}

function withNeighbours(unsettled: readonly Unsettled[]): Settling[] {
  const sorted = [...unsettled].sort((a, b) => a.siteId - b.siteId || a.from - b.from)
  const stretches: Settling[] = []
  for (const { id, siteId, from, to } of sorted) {
    const last = stretches.at(-1)
    const begin = Math.max(0, from - BURST_REACH_MS)
    const end = to + BURST_REACH_MS
    if (last?.siteId === siteId && begin <= last.to) {
      last.ids.push(id)
      last.to = Math.max(last.to, end)
    } else stretches.push({ siteId, from: begin, to: end, ids: [id] })
  }
  return stretches
}

function utcDay(time: number): string {
  return new Date(Math.max(0, time)).toISOString().slice(0, 10)
}
