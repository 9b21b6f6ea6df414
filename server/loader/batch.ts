import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { mayBurst } from '../domain/bots/burst.ts'
import type { RawHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { decodeHit } from '../spool/record.ts'
import type { SiteStretch } from './bursts.ts'
import type { Range, RunCounts } from './checkpoint.ts'
import { judgedRow, rawRow } from './columns.ts'
import type { DuplicateFinder } from './duplicates.ts'
import type { Enricher } from './enrich.ts'
import { type JudgedDay, siteDayKey } from './generations.ts'
import type { Stretch } from './source.ts'
import { TouchedVisitors } from './touched.ts'

/** A batch as two files, ready to go in. Nothing of it stays in memory but what is told here. */
export interface Batch {
  range: Range
  rawFile: string
  judgedFile: string
  /** Bytes in the files. */
  bytes: number
  /** Hits in it, duplicates left out. */
  hits: number
  days: JudgedDay[]
  /** Generation by `siteDayKey`, of days that were judged again. */
  generations: Record<string, number>
  counts: Map<string, RunCounts>
  /** Links of which it holds clicks. */
  clickedLinks: Set<number>
  /** For each site from where to where it holds clicks that may be in bursts. */
  clicks: SiteStretch[]
  /** Whose sessions it may change. */
  touched: TouchedVisitors
  /** When the edge received its last hit, Unix ms. */
  receivedUntil: number
  /** Deletes the files. */
  discard(): void
}

export interface BatchDeps {
  enricher: Enricher
  duplicates: DuplicateFinder
  /** Where batch files are written. */
  directory: string
  batchRows: number
}

/** The engine refuses inserts into more than 100 partitions; a month of one year is one. */
const MAX_PARTITIONS = 50
/**
 * Hits decoded, judged and written before other work of the process gets its turn, about 10 ms; they die young, which
 * halves what a batch held in memory cost in garbage collection.
 */
const STRETCH = 1_000

/**
 * Judges the longest beginning of a stretch of records that may go in one batch and writes it to files.
 *
 * @returns null where the first record is unreadable. Rejects while warehouse or control store do not answer.
 */
export async function buildBatch(
  stretch: Stretch,
  generationOf: (siteId: number, day: string) => number,
  deps: BatchDeps,
): Promise<Batch | null> {
  const { segment, edgeRun, records, payload } = stretch
  const [first] = records
  if (!first) return null
  const root = rootOf({ segment, start: first.start })
  const files = new BatchFiles(deps.directory, `${segment}-${first.start}`)
  deps.duplicates.begin(root)
  const tally = new Tally()
  const months = new Set<number>()
  let taken = 0
  try {
    reading: while (taken < records.length && taken < deps.batchRows) {
      const hits: RawHit[] = []
      const payloads: string[] = []
      for (const place of records.slice(taken, Math.min(taken + STRETCH, deps.batchRows))) {
        const text = payload(place)
        const hit = decode(text, edgeRun)
        if (hit === null || !withinPartitions(months, hit.time)) {
          await write(hits, payloads)
          break reading
        }
        hits.push(hit)
        payloads.push(text)
      }
      await write(hits, payloads)
      await yieldToOthers()
    }
  } catch (error) {
    files.discard()
    throw error
  }
  const last = records[taken - 1]
  if (!last) {
    files.discard()
    return null
  }
  return { range: { segment, start: first.start, end: last.end }, ...files.close(), ...tally.result() }

  async function write(hits: RawHit[], payloads: string[]): Promise<void> {
    const duplicates = await deps.duplicates.find(hits)
    await deps.enricher.prepare(hits)
    for (const [index, hit] of hits.entries()) {
      if (duplicates.has(index)) {
        tally.duplicate(hit)
        continue
      }
      const judgement = deps.enricher.judge(hit)
      const generation = generationOf(judgement.siteId, judgement.day)
      files.write(rawRow(hit, root, payloads[index] ?? ''), judgedRow(judgement, generation))
      tally.add(hit, judgement, generation)
    }
    taken += hits.length
  }
}

/** Takes a hit's month up among those of an insert; false where the insert would hold more than the engine takes. */
export function withinPartitions(months: Set<number>, time: number): boolean {
  const date = new Date(time)
  months.add(date.getUTCFullYear() * 12 + date.getUTCMonth())
  return months.size <= MAX_PARTITIONS
}

export function decode(payload: string, edgeRun: string): RawHit | null {
  try {
    return decodeHit(payload, edgeRun)
  } catch {
    return null
  }
}

class BatchFiles {
  readonly #raw: RowFile
  readonly #judged: RowFile

  constructor(directory: string, name: string) {
    this.#raw = new RowFile(join(directory, `${name}.raw.tsv`))
    this.#judged = new RowFile(join(directory, `${name}.judged.tsv`))
  }

  write(raw: string, judged: string): void {
    this.#raw.write(raw)
    this.#judged.write(judged)
  }

  close() {
    const files = [this.#raw, this.#judged]
    for (const file of files) file.close()
    return {
      rawFile: this.#raw.path,
      judgedFile: this.#judged.path,
      bytes: this.#raw.bytes + this.#judged.bytes,
      discard: () => {
        for (const { path } of files) rmSync(path, { force: true })
      },
    }
  }

  discard(): void {
    this.close().discard()
  }
}

const ROW_BUFFER_BYTES = 1024 * 1024

/**
 * A file written row by row through a buffer of its own: a row is encoded straight to where it is written from. Rows
 * joined to one long text first cost three times as much (3 µs a hit).
 */
class RowFile {
  readonly path: string
  readonly #fd: number
  #buffer = Buffer.allocUnsafe(ROW_BUFFER_BYTES)
  #filled = 0
  bytes = 0

  constructor(path: string) {
    this.path = path
    this.#fd = openSync(path, 'w', 0o600)
  }

  write(row: string): void {
    const most = row.length * 3
    if (this.#filled + most > this.#buffer.length) this.#flush(most)
    this.#filled += this.#buffer.write(row, this.#filled)
  }

  close(): void {
    this.#flush(0)
    closeSync(this.#fd)
  }

  #flush(room: number): void {
    for (let written = 0; written < this.#filled; ) {
      written += writeSync(this.#fd, this.#buffer, written, this.#filled - written)
    }
    this.bytes += this.#filled
    this.#filled = 0
    if (room > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(room)
  }
}

/** Counts a batch while it is written. */
class Tally {
  readonly #counts = new Map<string, RunCounts>()
  readonly #days = new Map<string, JudgedDay>()
  readonly #clickedLinks = new Set<number>()
  readonly #clicks = new Map<number, SiteStretch>()
  readonly #touched = new TouchedVisitors()
  #lastDay: JudgedDay | null = null
  #hits = 0
  #receivedUntil = 0

  add(hit: RawHit, judged: JudgedHit, generation: number): void {
    const { day, rulesVersion } = judged
    this.#touched.add(judged)
    this.#hits++
    this.#runOf(hit.edgeRun).added++
    this.#receivedUntil = hit.receivedAt
    const clicked = hit.kind === 'click' && hit.outcome === 'redirected' && hit.linkId > 0
    if (clicked) this.#clickedLinks.add(hit.linkId)
    if (mayBurst(hit)) this.#stretch(hit)
    const last = this.#lastDay
    if (last?.day === day && last.siteId === hit.siteId && last.rulesVersion === rulesVersion) return
    this.#lastDay = { siteId: hit.siteId, day, generation, rulesVersion }
    this.#days.set(`${hit.siteId}/${day}/${rulesVersion}`, this.#lastDay)
  }

  duplicate(hit: RawHit): void {
    this.#runOf(hit.edgeRun).duplicates++
    this.#receivedUntil = hit.receivedAt
  }

  result() {
    const days = [...this.#days.values()]
    return {
      hits: this.#hits,
      days,
      generations: Object.fromEntries(
        days.filter((d) => d.generation > 0).map((d) => [siteDayKey(d.siteId, d.day), d.generation]),
      ),
      counts: this.#counts,
      clickedLinks: this.#clickedLinks,
      clicks: [...this.#clicks.values()],
      touched: this.#touched,
      receivedUntil: this.#receivedUntil,
    }
  }

  #stretch({ siteId, time }: RawHit): void {
    const known = this.#clicks.get(siteId)
    if (!known) this.#clicks.set(siteId, { siteId, from: time, to: time + 1 })
    else if (time < known.from) known.from = time
    else if (time >= known.to) known.to = time + 1
  }

  #runOf(edgeRun: string): RunCounts {
    let counts = this.#counts.get(edgeRun)
    if (!counts) {
      counts = { added: 0, duplicates: 0, refused: 0 }
      this.#counts.set(edgeRun, counts)
    }
    return counts
  }
}

/** The name that a batch's rows carry, and its halves' too: no two batches begin at one place. */
export function rootOf({ segment, start }: Pick<Range, 'segment' | 'start'>): string {
  return `${segment}:${start}`
}
