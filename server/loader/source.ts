import { readdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { basename } from 'node:path'
import {
  IMPORT_DIRECTORY,
  isFinished,
  listSegments,
  openSegment,
  type RecordPlace,
  SEGMENT_ENDING,
  type SegmentFile,
  type SegmentReader,
} from '../spool/segments.ts'
import type { Checkpoint, Range } from './checkpoint.ts'
import type { LoaderLog } from './loader.ts'
import type { SetAside } from './set-aside.ts'

/** Consecutive whole records of one segment. */
export interface Stretch {
  segment: string
  edgeRun: string
  records: readonly RecordPlace[]
  payload(place: RecordPlace): string
}

/**
 * What a look at a segment found: records; `moved`, something was passed over or cleared away and a second look may
 * find more; `empty`, nothing for now; `blocked`, nothing until an operator helps.
 */
export type Look = Stretch | 'moved' | 'empty' | 'blocked'

export interface SourceOptions {
  spoolRoot: string
  checkpoint: Checkpoint
  setAside: SetAside
  log: LoaderLog
  /** Bytes read of a segment at a time. */
  batchBytes: number
}

/** A live writer's lock is looked at this often at most: each look opens a file. */
const FINISHED_CHECK_MS = 1_000
const REMEMBER_DELETED_MS = 30 * 24 * 3_600_000

interface OpenSegment {
  file: SegmentFile
  reader: SegmentReader
  finishedCheckedAt: number
}

/** The loader's side of the spool: takes batches from segments and deletes the segments that are done with. */
export class SpoolSource {
  readonly #options: SourceOptions
  readonly #open = new Map<string, OpenSegment>()
  readonly blocked = new Set<string>()

  constructor(options: SourceOptions) {
    this.#options = options
  }

  /** The waiting segments of each writer, oldest first. */
  byWriter(): SegmentFile[][] {
    const writers = new Map<string, SegmentFile[]>()
    const listed = listSegments(this.#options.spoolRoot)
    this.#forget(new Set(listed.map(({ path }) => path)))
    for (const file of listed) {
      const files = writers.get(file.directory)
      if (files) files.push(file)
      else writers.set(file.directory, [file])
    }
    return [...writers.values()]
  }

  /** What comes next in a segment. */
  look(file: SegmentFile): Look {
    if (this.blocked.has(file.path)) return 'blocked'
    const open = this.#openFile(file)
    if (open === null) return this.blocked.has(file.path) ? 'blocked' : 'empty'
    const { id: segment, edgeRun } = open.reader.header
    const chunk = open.reader.read(this.#options.checkpoint.doneTo(segment), this.#options.batchBytes)
    const [damaged] = chunk.damaged
    const records = damaged ? chunk.records.filter((record) => record.end <= damaged.start) : chunk.records
    if (records.length > 0) return { segment, edgeRun, records, payload: chunk.payload }
    if (damaged) {
      // At the very end it may be a record that is still being written: some file systems show the length first.
      const isTail = damaged.end === chunk.end && chunk.stop !== 'limit'
      if (isTail && !this.#isFinished(open)) return 'empty'
      this.passOver({ segment, ...damaged }, 'damaged bytes (base64)', base64(open.reader, damaged))
      return 'moved'
    }
    if (chunk.stop === 'newer') {
      this.#block(file, 'newer')
      return 'blocked'
    }
    return this.#finish(open, chunk.end) ? 'moved' : 'empty'
  }

  /** The records of a range that was read before; null where its segment is gone. */
  reread(range: Range): Stretch | null {
    const reader = this.#readerOf(range.segment)
    if (!reader) return null
    const { records, payload } = reader.read(range.start, range.end - range.start)
    return { segment: range.segment, edgeRun: reader.header.edgeRun, records, payload }
  }

  /** Leaves out a range that holds nothing to load, keeping what is there beside the reason. */
  passOver(range: Range, reason: string, payload: string): void {
    this.#options.setAside.keep(range, reason, payload)
    this.#options.checkpoint.skip(range)
  }

  /** Bytes of these segments that are not loaded yet. */
  pendingBytes(writers: readonly SegmentFile[][]): number {
    let pending = 0
    for (const file of writers.flat()) {
      const open = this.#open.get(file.path)
      try {
        const size = open ? open.reader.size() : statSync(file.path).size
        pending += open ? Math.max(0, size - this.#options.checkpoint.doneTo(open.reader.header.id)) : size
      } catch {
        // deleted meanwhile
      }
    }
    return pending
  }

  close(): void {
    for (const { reader } of this.#open.values()) reader.close()
    this.#open.clear()
  }

  #readerOf(segment: string): SegmentReader | null {
    for (const { reader } of this.#open.values()) if (reader.header.id === segment) return reader
    for (const file of listSegments(this.#options.spoolRoot)) {
      if (!file.name.includes(segment)) continue
      const open = this.#openFile(file)
      if (open?.reader.header.id === segment) return open.reader
    }
    return null
  }

  #openFile(file: SegmentFile): OpenSegment | null {
    const known = this.#open.get(file.path)
    if (known) {
      known.file = file
      return known
    }
    const reader = openSegment(file.path)
    if (typeof reader !== 'string') {
      const open = { file, reader, finishedCheckedAt: 0 }
      this.#open.set(file.path, open)
      return open
    }
    if (reader !== 'incomplete') this.#block(file, reader)
    // A header cut short and never to be completed: its writer died before it took a hit.
    else if (isFinished(file) && openSegment(file.path) === 'incomplete') unlinkSync(file.path)
    return null
  }

  /** Deletes a segment that is all loaded and will not grow. */
  #finish(open: OpenSegment, end: number): boolean {
    const { checkpoint } = this.#options
    if (!this.#isFinished(open)) return false
    // It may have grown between the last read and its writer's end.
    const rest = open.reader.read(end, this.#options.batchBytes)
    if (rest.records.length > 0 || rest.damaged.length > 0 || rest.stop === 'newer') return true
    const segment = open.reader.header.id
    const size = open.reader.size()
    if (size > rest.end) {
      const tail = { start: rest.end, end: size }
      this.passOver({ segment, ...tail }, 'record cut short by a crash (base64)', base64(open.reader, tail))
    }
    open.reader.close()
    this.#open.delete(open.file.path)
    unlinkSync(open.file.path)
    checkpoint.markDeleted(segment)
    checkpoint.prune(REMEMBER_DELETED_MS)
    if (!open.file.superseded) removeImportDirectory(open.file.directory)
    return true
  }

  #isFinished(open: OpenSegment): boolean {
    const now = Date.now()
    if (!open.file.superseded && now - open.finishedCheckedAt < FINISHED_CHECK_MS) return false
    open.finishedCheckedAt = now
    return isFinished(open.file)
  }

  /** What an operator has moved away or deleted. */
  #forget(present: ReadonlySet<string>): void {
    for (const path of this.blocked) if (!present.has(path)) this.blocked.delete(path)
    for (const [path, { reader }] of this.#open) {
      if (present.has(path)) continue
      reader.close()
      this.#open.delete(path)
    }
  }

  #block(file: SegmentFile, why: 'newer' | 'foreign'): void {
    this.blocked.add(file.path)
    this.#options.log.error(
      { segment: file.name },
      why === 'newer'
        ? 'a segment was written by a newer version of Jejak; run that one to load it'
        : 'a file in the spool is no segment; move it away',
    )
  }
}

function base64(reader: SegmentReader, place: RecordPlace): string {
  return reader.bytes(place).toString('base64')
}

/** Its writer is gone for good; whoever else comes has a directory of its own. */
function removeImportDirectory(directory: string): void {
  if (!basename(directory).startsWith(IMPORT_DIRECTORY)) return
  if (readdirSync(directory).some((name) => name.endsWith(SEGMENT_ENDING))) return
  rmSync(directory, { recursive: true, force: true })
}
