import { setTimeout as sleep } from 'node:timers/promises'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Checkpoint, RunCounts } from './checkpoint.ts'
import { createDuplicateFinder } from './duplicates.ts'
import type { Enricher } from './enrich.ts'
import { forgetSite } from './forget-site.ts'
import { Generations, JudgedDaysLog } from './generations.ts'
import { type CarefulInserter, createCarefulInserter } from './missing.ts'
import { Patience, Stopped } from './patience.ts'
import { Sender } from './sender.ts'
import { Sessions } from './sessions.ts'
import { SetAside } from './set-aside.ts'
import { Settler, type SettlingOptions } from './settler.ts'
import { SpoolSource, type Stretch } from './source.ts'
import { beginTurn, SWEPT_AT_ONCE, sweep, type Turn, type TurnRequest, type TurnSummary } from './turn.ts'
import { ZoneWatch } from './zones.ts'

export interface LoaderOptions {
  warehouse: Warehouse
  enricher: Enricher
  checkpoint: Checkpoint
  /** Holds one directory for each writer of hits. */
  spoolRoot: string
  /** For batch files and what is set aside. */
  directory: string
  /** Told which links got their first clicks, before the clicks are checked off. */
  markClicked: (linkIds: number[]) => Promise<void>
  /** Runs work while no other loader writes; a loader that is alone needs none. */
  exclusively?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined
  /** Whether others write to the same tables, and these remember tokens by number, not for a week (no replicas). */
  shared?: boolean
  log: LoaderLog
  cluster?: string | undefined
  /** Hits of a batch at most (default 50,000). */
  batchRows?: number
  batchBytes?: number
  /** Milliseconds between looks at an idle spool (default 150). */
  poll?: number
  settling?: SettlingOptions
  /** For fault tests: runs after the engine has answered and before the checkpoint moves. */
  afterInsert?: () => Promise<void> | void
}

export interface LoaderLog {
  info(facts: Record<string, unknown>, message: string): void
  warn(facts: Record<string, unknown>, message: string): void
  error(facts: Record<string, unknown>, message: string): void
}

export interface LoaderStatus {
  /** Everything that this machine's edges received before this instant (Unix ms) is in the warehouse. */
  completeUntil: number
  /** Bytes in the spool that are not loaded yet. */
  pendingBytes: number
  batches: number
  retries: number
  totals: RunCounts
  /** Hits and damaged stretches that were set aside since the start. */
  setAside: number
  /** Why loading does not go on just now, null while it does. */
  failing: string | null
  /** Segments that wait for a newer version of Jejak. */
  blocked: string[]
}

/** The only writer of the warehouse: loads the spool, and judges days again in between. */
export interface Loader {
  start(): void
  /**
   * Loads what is already spooled, for at most `patience` milliseconds, and ends with the batch under way; a warehouse
   * or a store that holds that up is not waited for longer than three seconds more.
   */
  stop(patience: number): Promise<void>
  status(): LoaderStatus
  /** What has become of the hits of one writer. */
  counts(edgeRun: string): RunCounts
  /** Judges whole days again; resolves once they have turned, rejects when that failed and nothing has changed. */
  judgeAgain(request: TurnRequest): Promise<TurnSummary>
  /** Deletes all hits of a site, and what was judged of them; rejects when that failed, and may be asked again. */
  forgetSite(siteId: number): Promise<TurnSummary>
}

const MAX_BATCH_ROWS = 200_000
const SWEEP_DELAY_MS = 120_000
/** A query may run for 30 s on rows that a turn has replaced. */
const REPLACED_FOR_SECONDS = 60
/** A hit is received a little before it is written to the spool: by a turn of the edge's event loop. */
const WRITTEN_WITHIN_MS = 500
const LAST_BATCH_MS = 3_000

export function createLoader(options: LoaderOptions): Loader {
  return new SpoolLoader(options)
}

function aheadOfReports(warehouse: Warehouse): Warehouse {
  return {
    ...warehouse,
    query: (sql, params, options) => warehouse.query(sql, params, { ...options, reserved: true }),
  }
}

interface QueuedTurn {
  request: TurnRequest
  turn: Turn | null
  done: (summary: TurnSummary) => void
  fail: (error: unknown) => void
}

class SpoolLoader implements Loader {
  readonly #options: LoaderOptions
  readonly #patience: Patience
  readonly #setAside: SetAside
  readonly #source: SpoolSource
  readonly #sender: Sender
  readonly #careful: CarefulInserter
  readonly #generations: Generations
  readonly #judgedDays: JudgedDaysLog
  readonly #sessions: Sessions
  readonly #exclusively: <T>(work: () => Promise<T>) => Promise<T>
  readonly #turns: QueuedTurn[] = []
  readonly #zones: ZoneWatch
  readonly #settler: Settler
  #running: Promise<void> | null = null
  #completeUntil = 0
  #pendingBytes = 0
  #sweepAt = Date.now() + SWEEP_DELAY_MS
  #turnedAt = 0

  constructor(options: LoaderOptions) {
    const warehouse = aheadOfReports(options.warehouse)
    const { checkpoint, directory, log, spoolRoot } = options
    this.#options = { ...options, warehouse }
    this.#exclusively = options.exclusively ?? ((work) => work())
    this.#patience = new Patience(log)
    this.#setAside = new SetAside(directory, log)
    this.#careful = createCarefulInserter(warehouse, directory)
    this.#generations = new Generations(warehouse)
    this.#judgedDays = new JudgedDaysLog(warehouse)
    this.#sessions = new Sessions(warehouse, log)
    this.#zones = new ZoneWatch(options.enricher, checkpoint, (request) => this.judgeAgain(request), log)
    this.#settler = new Settler(
      {
        ...options,
        judgeAgain: (request) => this.judgeAgain(request),
        isTurning: ({ siteId, from, to }) =>
          this.#turns.some(({ request: r }) => r.siteId === siteId && r.from < to && r.to > from),
      },
      options.settling,
    )
    this.#source = new SpoolSource({
      spoolRoot,
      checkpoint,
      log,
      setAside: this.#setAside,
      batchBytes: options.batchBytes ?? 32 * 1024 * 1024,
    })
    this.#sender = new Sender({
      ...this.#options,
      exclusively: this.#exclusively,
      shared: options.shared ?? false,
      batchRows: Math.min(options.batchRows ?? 50_000, MAX_BATCH_ROWS),
      careful: this.#careful,
      duplicates: createDuplicateFinder(warehouse),
      generations: this.#generations,
      judgedDays: this.#judgedDays,
      sessions: this.#sessions,
      source: this.#source,
      setAside: this.#setAside,
      patience: this.#patience,
    })
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(patience: number): Promise<void> {
    this.#patience.stopWithin(patience)
    // What is given up here is as if the process were killed: the next start finishes it.
    const limit = new AbortController()
    const tooLong = sleep(patience + LAST_BATCH_MS, undefined, { signal: limit.signal }).catch(() => {})
    await Promise.race([Promise.all([this.#running, this.#settler.stop()]), tooLong])
    limit.abort()
    this.#source.close()
  }

  status(): LoaderStatus {
    return {
      completeUntil: this.#completeUntil,
      pendingBytes: this.#pendingBytes,
      batches: this.#sender.batches,
      retries: this.#patience.retries,
      totals: this.#options.checkpoint.totals(),
      setAside: this.#setAside.count,
      failing: this.#patience.failing,
      blocked: [...this.#source.blocked],
    }
  }

  counts(edgeRun: string): RunCounts {
    return this.#options.checkpoint.counts(edgeRun)
  }

  judgeAgain(request: TurnRequest): Promise<TurnSummary> {
    return new Promise((done, fail) => {
      this.#turns.push({ request, turn: null, done, fail })
      this.#patience.wake()
    })
  }

  forgetSite(siteId: number): Promise<TurnSummary> {
    const request = { siteId, from: 0, to: 0, days: [] }
    return new Promise((done, fail) => {
      this.#turns.push({ request, turn: forgetSite(siteId, this.#options), done, fail })
      this.#patience.wake()
    })
  }

  async #run(): Promise<void> {
    const { poll = 150 } = this.#options
    try {
      for (;;) {
        // Whatever goes wrong here (a full disk, say) is tried again, from what the checkpoint says, as after a restart.
        const progressed = await this.#patience.persist(() => this.#pass())
        const turned = await this.#stepTurn()
        if (this.#patience.stopping && (!progressed || this.#patience.timeIsUp)) return
        this.#settler.look()
        await this.#maybeSweep()
        await this.#patience.persist(() => this.#zones.look())
        if (!progressed && !turned) await this.#patience.pause(poll)
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    } finally {
      for (const { fail } of this.#turns) fail(new Stopped())
    }
  }

  /** What was under way, then one batch from each writer. */
  async #pass(): Promise<boolean> {
    for (const intent of this.#options.checkpoint.intents()) await this.#sender.resume(intent)
    const began = Date.now() - WRITTEN_WITHIN_MS
    let progressed = false
    let completeUntil = began
    const writers = this.#source.byWriter()
    this.#pendingBytes = this.#source.pendingBytes(writers)
    for (const files of writers) {
      for (const file of files) {
        const found = this.#source.look(file)
        if (found === 'empty') continue
        const loadedUntil = typeof found === 'string' ? null : await this.#load(found)
        completeUntil = Math.min(completeUntil, loadedUntil ?? this.#completeUntil)
        if (found === 'blocked') continue
        progressed = true
        break
      }
    }
    this.#pendingBytes = this.#source.pendingBytes(writers)
    this.#completeUntil = Math.max(this.#completeUntil, completeUntil)
    return progressed
  }

  async #load(stretch: Stretch): Promise<number | null> {
    const loadedUntil = await this.#sender.load(stretch)
    const [first] = stretch.records
    if (loadedUntil === null && first) {
      this.#source.passOver({ segment: stretch.segment, ...first }, 'unreadable hit', stretch.payload(first))
    }
    return loadedUntil
  }

  /** Some work of the first turn in the queue, while no batch is on its way. */
  async #stepTurn(): Promise<boolean> {
    const current = this.#turns[0]
    if (!current) return false
    try {
      current.turn ??= await this.#begin(current.request)
      const { turn } = current
      const summary = await this.#exclusively(() => turn.step())
      if (!summary) return true
      this.#turns.shift()
      this.#turnedAt = Date.now()
      // Turns that follow each other closely must not put it off for ever.
      this.#sweepAt = Math.min(this.#sweepAt, this.#turnedAt + SWEEP_DELAY_MS)
      current.done(summary)
    } catch (error) {
      this.#turns.shift()
      current.fail(error)
    }
    return true
  }

  async #begin(request: TurnRequest): Promise<Turn> {
    const { checkpoint, enricher, warehouse } = this.#options
    const { siteId, from, to } = request
    // Hits that come while it is under way may say otherwise of what it has judged before them.
    checkpoint.unsettle({ siteId, from, to: Math.min(to, Date.now()) })
    const deps = {
      warehouse,
      enricher,
      careful: this.#careful,
      generations: this.#generations,
      judgedDays: this.#judgedDays,
      sessions: this.#sessions,
    }
    // Two loaders that begin at once must not take the same generation.
    return this.#exclusively(() => beginTurn(request, deps))
  }

  async #maybeSweep(): Promise<void> {
    if (this.#turns.length > 0 || Date.now() < this.#sweepAt) return
    const { cluster, warehouse, log } = this.#options
    try {
      const swept = await sweep(warehouse, cluster, REPLACED_FOR_SECONDS)
      const next = this.#turnedAt + SWEEP_DELAY_MS
      if (swept >= SWEPT_AT_ONCE) this.#sweepAt = Date.now()
      else this.#sweepAt = next > Date.now() ? next : Number.POSITIVE_INFINITY
    } catch (error) {
      log.warn(
        { error: String(error) },
        'judged rows that were replaced could not be deleted; trying again later',
      )
      this.#sweepAt = Date.now() + SWEEP_DELAY_MS
    }
  }
}
