import { createHash } from 'node:crypto'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { type Batch, buildBatch, decode, rootOf } from './batch.ts'
import type { Checkpoint, Intent, Range, RunCounts } from './checkpoint.ts'
import { JUDGED_COLUMNS, RAW_COLUMNS } from './columns.ts'
import type { DuplicateFinder } from './duplicates.ts'
import { type Enricher, judgeAll } from './enrich.ts'
import type { Generations, JudgedDaysLog } from './generations.ts'
import type { LoaderLog } from './loader.ts'
import type { CarefulInserter } from './missing.ts'
import type { Patience } from './patience.ts'
import type { Sessions } from './sessions.ts'
import type { SetAside } from './set-aside.ts'
import type { SpoolSource, Stretch } from './source.ts'
import { TouchedVisitors } from './touched.ts'

export interface SenderOptions {
  warehouse: Warehouse
  enricher: Enricher
  checkpoint: Checkpoint
  careful: CarefulInserter
  duplicates: DuplicateFinder
  generations: Generations
  judgedDays: JudgedDaysLog
  sessions: Sessions
  source: SpoolSource
  setAside: SetAside
  patience: Patience
  log: LoaderLog
  /** Where batch files are written. */
  directory: string
  batchRows: number
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** Other loaders write to this warehouse too. */
  shared: boolean
  markClicked: (linkIds: number[]) => Promise<void>
  afterInsert?: (() => Promise<void> | void) | undefined
}

/** A batch too large for the engine's memory is halved after this many tries. */
const TRIES_BEFORE_HALVING = 4
/**
 * A table remembers its last 10,000 blocks by their tokens (`sql/`). Alone, a loader that comes back after however long
 * finds its own there; beside others, which may have written 50 blocks a batch and several batches a second, it relies
 * on them for a minute only.
 */
const TOKENS_HOLD_MS = 60_000

/** Brings batches into the warehouse, each exactly once. */
export class Sender {
  readonly #options: SenderOptions
  readonly #clickedLinks = new Set<number>()
  batches = 0

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /**
   * Loads the longest beginning of a stretch that may go in one batch.
   *
   * @returns when the edge received its last hit (Unix ms); null where the first record is unreadable.
   */
  async load(stretch: Stretch): Promise<number | null> {
    const { exclusively, checkpoint } = this.#options
    return exclusively(async () => {
      const batch = await this.#build(stretch)
      if (!batch) return null
      const intent: Intent = {
        ...batch.range,
        root: rootOf(batch.range),
        half: false,
        madeAt: Date.now(),
        generations: batch.generations,
      }
      checkpoint.intend(intent, batch.clicks)
      await this.#send(intent, batch)
      return batch.receivedUntil
    })
  }

  /** Finishes a batch that a loader before this one had begun to send. */
  async resume(intent: Intent): Promise<void> {
    const { checkpoint, exclusively, log, shared, source } = this.#options
    await exclusively(async () => {
      const stretch = source.reread(intent)
      if (!stretch) {
        log.error(
          { ...intent },
          'the segment of a batch under way is gone; what was not loaded of it is lost',
        )
        checkpoint.done(intent, new Map())
        return
      }
      const tokensHold = !intent.half && !(shared && Date.now() - intent.madeAt > TOKENS_HOLD_MS)
      const batch = tokensHold ? await this.#build(stretch) : null
      const unmoved =
        batch?.range.end === intent.end && sameGenerations(batch.generations, intent.generations)
      if (batch && unmoved) return this.#send(intent, batch, { again: true })
      batch?.discard()
      await this.#sendCarefully(intent)
    })
  }

  async #build(stretch: Stretch): Promise<Batch | null> {
    const { generations, patience } = this.#options
    return patience.persist(async () => {
      await generations.refresh()
      return buildBatch(stretch, (siteId, day) => generations.of(siteId, day), this.#options)
    })
  }

  /**
   * Sends under the batch's own tokens until it is in; what the engine refuses for good goes in carefully, halved. A
   * batch sent more than once is looked for afterwards: an engine that died meanwhile may know its tokens and not have
   * its rows (`missing.ts`). The tokens come first all the same, since the earlier sending may still be under way.
   */
  async #send(intent: Intent, batch: Batch, { again = false } = {}): Promise<void> {
    const { duplicates, judgedDays, patience, warehouse } = this.#options
    const token = `${intent.segment}:${intent.start}-${intent.end}`
    // A judged row's bytes hold its generation: another generation is another insert.
    const judgedToken = `${token}:${digest(JSON.stringify(intent.generations))}`
    try {
      await patience.persist(() => judgedDays.note(batch.days))
      let tries = 1
      for (; ; tries++) {
        try {
          await warehouse.insert({ table: 'raw_hits', columns: RAW_COLUMNS, path: batch.rawFile, token })
          await warehouse.insert({
            table: 'hits',
            columns: JUDGED_COLUMNS,
            path: batch.judgedFile,
            token: judgedToken,
          })
          break
        } catch (error) {
          if (this.#shouldHalve(error, tries, batch.hits))
            return await this.#sendHalves(intent, String(error))
          await patience.backOff(error, tries)
        }
      }
      if (again || tries > 1) return await this.#sendCarefully(intent)
      duplicates.commit()
      await this.#done(intent, batch.counts, batch.clickedLinks, batch.touched)
    } finally {
      batch.discard()
    }
  }

  /** Sends what of a range is not there yet. */
  async #sendCarefully(intent: Intent): Promise<void> {
    const { careful, duplicates, enricher, generations, judgedDays, patience, setAside, source } =
      this.#options
    const stretch = source.reread(intent)
    if (!stretch)
      throw new Error(`segment ${intent.segment} is gone while its batch at ${intent.start} is sent`)
    const hits = stretch.records.flatMap((place) => decode(stretch.payload(place), stretch.edgeRun) ?? [])
    const counts = new Map<string, RunCounts>([[stretch.edgeRun, { added: 0, duplicates: 0, refused: 0 }]])
    const count = counts.get(stretch.edgeRun) ?? { added: 0, duplicates: 0, refused: 0 }
    await patience.persist(() => generations.refresh())
    const repeated = await patience.persist(() => {
      duplicates.begin(intent.root)
      return duplicates.find(hits)
    })
    const fresh = hits.filter((_, index) => !repeated.has(index))
    count.duplicates = repeated.size
    count.added = fresh.length
    const judged = await patience.persist(() => judgeAll(enricher, fresh))
    const generationOf = (hit: { siteId: number; day: string }) => generations.of(hit.siteId, hit.day)
    await patience.persist(() =>
      judgedDays.note(judged.map((hit) => ({ ...hit, generation: generationOf(hit) }))),
    )
    for (let tries = 1; ; tries++) {
      try {
        await careful.insertMissing(fresh, judged, intent.root, generationOf)
        break
      } catch (error) {
        if (this.#shouldHalve(error, tries, fresh.length)) {
          if (fresh.length > 1) return this.#sendHalves(intent, String(error))
          setAside.keep(intent, String(error), JSON.stringify(fresh[0] ?? null))
          count.added--
          count.refused++
          break
        }
        await patience.backOff(error, tries)
      }
    }
    duplicates.commit()
    const clicked = fresh.filter(
      (hit) => hit.kind === 'click' && hit.outcome === 'redirected' && hit.linkId > 0,
    )
    const touched = new TouchedVisitors()
    for (const hit of judged) touched.add(hit)
    await this.#done(intent, counts, new Set(clicked.map((hit) => hit.linkId)), touched)
  }

  async #sendHalves(intent: Intent, reason: string): Promise<void> {
    const { checkpoint, log, source } = this.#options
    const records = source.reread(intent)?.records ?? []
    const middle = records[Math.floor(records.length / 2)]
    log.warn({ hits: records.length, reason }, 'the warehouse refuses a batch; trying its halves')
    const halves: Intent[] =
      middle && middle.start > intent.start
        ? [
            { ...intent, half: true, end: middle.start },
            { ...intent, half: true, start: middle.start },
          ]
        : [{ ...intent, half: true }]
    checkpoint.halve(intent, halves)
    for (const half of halves) await this.#sendCarefully(half)
  }

  #shouldHalve(error: unknown, tries: number, hits: number): boolean {
    if (!(error instanceof WarehouseError)) return false
    if (error.kind === 'refused') return true
    return error.kind === 'limit' && tries >= TRIES_BEFORE_HALVING && hits > 1
  }

  /** The rest of what a batch brings about, all of which may be done twice; then it is checked off. */
  async #done(
    range: Range,
    counts: Map<string, RunCounts>,
    clickedLinks: Set<number>,
    touched: TouchedVisitors,
  ): Promise<void> {
    const { afterInsert, checkpoint, generations, patience, sessions } = this.#options
    await afterInsert?.()
    await patience.persist(() => sessions.update(touched, (siteId, day) => generations.of(siteId, day)))
    const fresh = [...clickedLinks].filter((id) => !this.#clickedLinks.has(id))
    if (fresh.length > 0) await patience.persist(() => this.#options.markClicked(fresh))
    for (const id of fresh) this.#clickedLinks.add(id)
    checkpoint.done(range, counts)
    this.batches++
    patience.failing = null
  }
}

function sameGenerations(a: Record<string, number>, b: Record<string, number>): boolean {
  return Object.keys({ ...a, ...b }).every((key) => a[key] === b[key])
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}
