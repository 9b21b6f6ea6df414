import { closeSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { RawHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { decodeHit } from '../spool/record.ts'
import type { Range, RunCounts } from './checkpoint.ts'
import { judgedRow, rawRow } from './columns.ts'
import type { DuplicateFinder } from './duplicates.ts'
import type { Enricher } from './enrich.ts'
import { type JudgedDay, siteDayKey } from './generations.ts'
import type { Stretch } from './source.ts'

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
    let raw = ''
    let judged = ''
    for (const [index, hit] of hits.entries()) {
      if (duplicates.has(index)) {
        tally.duplicate(hit)
        continue
      }
      const judgement = deps.enricher.judge(hit)
      const generation = generationOf(judgement.siteId, judgement.day)
      raw += rawRow(hit, root, payloads[index] ?? '')
      judged += judgedRow(judgement, generation)
      tally.add(hit, judgement, generation)
    }
    files.write(raw, judged)
    taken += hits.length
  }
}

function withinPartitions(months: Set<number>, time: number): boolean {
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
  readonly #paths: [raw: string, judged: string]
  readonly #fds: [raw: number, judged: number]

  constructor(directory: string, name: string) {
    this.#paths = [join(directory, `${name}.raw.tsv`), join(directory, `${name}.judged.tsv`)]
    this.#fds = [openSync(this.#paths[0], 'w', 0o600), openSync(this.#paths[1], 'w', 0o600)]
  }

  write(raw: string, judged: string): void {
    writeAll(this.#fds[0], raw)
    writeAll(this.#fds[1], judged)
  }

  close() {
    const bytes = fstatSync(this.#fds[0]).size + fstatSync(this.#fds[1]).size
    for (const fd of this.#fds) closeSync(fd)
    const [rawFile, judgedFile] = this.#paths
    return {
      rawFile,
      judgedFile,
      bytes,
      discard: () => {
        for (const path of this.#paths) rmSync(path, { force: true })
      },
    }
  }

  discard(): void {
    this.close().discard()
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
}

/** Counts a batch while it is written. */
class Tally {
  readonly #counts = new Map<string, RunCounts>()
  readonly #days = new Map<string, JudgedDay>()
  readonly #clickedLinks = new Set<number>()
  #lastDay: JudgedDay | null = null
  #hits = 0
  #receivedUntil = 0

  add(hit: RawHit, { day, rulesVersion }: JudgedHit, generation: number): void {
    this.#hits++
    this.#runOf(hit.edgeRun).added++
    this.#receivedUntil = hit.receivedAt
    const clicked = hit.kind === 'click' && hit.outcome === 'redirected' && hit.linkId > 0
    if (clicked) this.#clickedLinks.add(hit.linkId)
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
      receivedUntil: this.#receivedUntil,
    }
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
