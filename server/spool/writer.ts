import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { takeLock } from './lock.ts'
import { MAX_PAYLOAD_BYTES, RECORD_HEADER_BYTES, segmentHeader, writeRecord } from './record.ts'
import { LOCK_FILE, SEGMENT_ENDING } from './segments.ts'
import type { LossReason, SpoolStats, SpoolWriter } from './spool.ts'

export interface SpoolWriterOptions {
  /** The writer's own directory; no other process may write there. */
  directory: string
  /** `write`: a hit is safe from a dying process; `fsync`: from a dying machine too. */
  durability: 'write' | 'fsync'
  /** Most bytes that may wait in the directory. */
  maxBytes: number
  /** Bytes of the disk left to the stores (default 512 MB). */
  reserveBytes?: number
  /** A segment ends at this size (default 32 MB, or an eighth of `maxBytes` where that is less) … */
  segmentBytes?: number
  /** … or this age in milliseconds (default one minute), so that what is loaded can be deleted. */
  segmentAge?: number
  /** Milliseconds to wait for the process before (default 5,000). */
  patience?: number
  onLoss?: (reason: LossReason, hits: number) => void
}

const INITIAL_BUFFER_BYTES = 256 * 1024
const SPACE_CHECK_MS = 1_000
const SEGMENT_BYTES = 32 * 1024 * 1024
/**
 * A segment that is written to cannot be deleted, loaded or not. Were it alone as large as the spool may be, the spool
 * would be full for ever.
 */
const MAX_SEGMENT_SHARE = 1 / 8

/** Opens a spool directory for writing. Nothing is created in it before the first hit.
 *
 * @throws {LockTaken} while another process writes there.
 */
export async function openSpoolWriter(options: SpoolWriterOptions): Promise<SpoolWriter> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const lock = await takeLock(join(options.directory, LOCK_FILE), options.patience ?? 5_000, 'spool')
  const writer = new SegmentWriter(options)
  return {
    edgeRun: writer.edgeRun,
    append: (payload, done) => writer.append(payload, done),
    stats: () => writer.stats(),
    async close() {
      await writer.close()
      lock.release()
    },
  }
}

type Done = (lost?: LossReason) => void

class SegmentWriter {
  readonly edgeRun = randomBytes(8).toString('hex')
  readonly #options: SpoolWriterOptions
  readonly #maxSegmentBytes: number
  readonly #spaceTimer: NodeJS.Timeout

  #buffer = Buffer.allocUnsafe(INITIAL_BUFFER_BYTES)
  #filled = 0
  /** Where each pending record ends in the buffer, beside whom to tell. */
  #ends: number[] = []
  #pending: Done[] = []
  #scheduled = false

  #fd = -1
  #segmentBytes = 0
  #segmentOpenedAt = 0
  #lastStamp: number
  /** Written to the open segment, waiting for its next `fdatasync`. */
  #unsynced: Done[] = []
  /** The file whose `fdatasync` is under way, -1 for none; its segment may have ended meanwhile. */
  #syncing = -1
  #closed = false

  #directoryBytes = 0
  #noSpace: LossReason | null = null
  #failing: LossReason | null = null
  #written = 0
  readonly #lost: Record<LossReason, number> = { disk_full: 0, spool_full: 0, write_error: 0, too_large: 0 }

  constructor(options: SpoolWriterOptions) {
    this.#options = options
    this.#maxSegmentBytes =
      options.segmentBytes ?? Math.min(SEGMENT_BYTES, options.maxBytes * MAX_SEGMENT_SHARE)
    this.#lastStamp = lastStamp(options.directory)
    this.#checkSpace()
    this.#spaceTimer = setInterval(() => this.#checkSpace(), SPACE_CHECK_MS).unref()
  }

  append(payload: string, done: Done): void {
    if (payload.length > MAX_PAYLOAD_BYTES / 3 || this.#closed) {
      this.#lose(this.#closed ? 'write_error' : 'too_large', [done])
      return
    }
    const room = this.#filled + RECORD_HEADER_BYTES + payload.length * 3
    if (room > this.#buffer.length) this.#grow(room)
    this.#filled = writeRecord(this.#buffer, this.#filled, payload)
    this.#ends.push(this.#filled)
    this.#pending.push(done)
    if (!this.#scheduled) {
      // Runs after all requests that this turn of the event loop has read: one write for all of them.
      this.#scheduled = true
      setImmediate(() => this.#flush())
    }
  }

  stats(): SpoolStats {
    return {
      bytes: this.#directoryBytes,
      written: this.#written,
      lost: { ...this.#lost },
      failing: this.#failing,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#spaceTimer)
    if (this.#pending.length > 0) this.#flush()
    while (this.#syncing >= 0) await new Promise((done) => setImmediate(done))
    this.#endSegment()
  }

  #flush(): void {
    this.#scheduled = false
    const pending = this.#pending
    const ends = this.#ends
    const length = this.#filled
    if (pending.length === 0) return
    this.#pending = []
    this.#ends = []
    this.#filled = 0

    if (this.#noSpace) {
      this.#lose(this.#noSpace, pending)
      return
    }
    let written = 0
    let failure: LossReason | null = null
    try {
      this.#ensureSegment()
      while (written < length) written += writeSync(this.#fd, this.#buffer, written, length - written)
    } catch (error) {
      failure = lossReason(error)
    }
    const whole = failure === null ? pending.length : ends.findLastIndex((end) => end <= written) + 1
    const wholeBytes = whole > 0 ? (ends[whole - 1] ?? 0) : 0
    const kept = whole === pending.length ? pending : pending.slice(0, whole)
    this.#segmentBytes += wholeBytes
    this.#directoryBytes += wholeBytes
    this.#written += whole
    const durable = this.#options.durability === 'fsync'
    if (durable) this.#unsynced.push(...kept)
    if (failure === null) {
      this.#failing = null
    } else {
      this.#truncate()
      this.#lose(failure, pending.slice(whole))
    }
    if (durable) this.#sync()
    else for (const done of kept) done()
  }

  /** One `fdatasync` at a time; what is written meanwhile waits for the next. */
  #sync(): void {
    if (this.#syncing >= 0 || this.#unsynced.length === 0) return
    const fd = this.#fd
    const dones = this.#unsynced
    this.#syncing = fd
    this.#unsynced = []
    fdatasync(fd, (error) => {
      this.#syncing = -1
      const ended = fd !== this.#fd
      if (ended) closeSync(fd)
      if (error) {
        // What a failed sync left on disk is unknown, of what was written since too, and a second one would not tell.
        // The file is not written to again.
        if (!ended) {
          dones.push(...this.#unsynced)
          this.#unsynced = []
          this.#endSegment()
        }
        this.#lose(lossReason(error), dones)
      } else {
        for (const done of dones) done()
      }
      this.#sync()
    })
  }

  #ensureSegment(): void {
    if (this.#fd >= 0) {
      const full = this.#segmentBytes >= this.#maxSegmentBytes
      const old = Date.now() - this.#segmentOpenedAt >= (this.#options.segmentAge ?? 60_000)
      if (!full && !old) return
      this.#endSegment()
    }
    const id = randomBytes(16).toString('hex')
    const opened = Date.now()
    // Names sort in the order of writing even when the clock stands still or goes back: a reader takes every segment
    // but the last for ended.
    this.#lastStamp = Math.max(opened, this.#lastStamp + 1)
    const name = `${String(this.#lastStamp).padStart(14, '0')}-${id}${SEGMENT_ENDING}`
    const path = join(this.#options.directory, name)
    const fd = openSync(path, 'wx', 0o600)
    const header = segmentHeader({ id, edgeRun: this.edgeRun })
    try {
      let written = 0
      while (written < header.length) written += writeSync(fd, header, written)
      if (this.#options.durability === 'fsync') syncDirectory(this.#options.directory)
    } catch (error) {
      closeSync(fd)
      unlinkSync(path)
      throw error
    }
    this.#fd = fd
    this.#segmentBytes = header.length
    this.#segmentOpenedAt = opened
  }

  /** After a failed write: cuts the segment to its whole records and ends it. */
  #truncate(): void {
    if (this.#fd < 0) return
    try {
      ftruncateSync(this.#fd, this.#segmentBytes)
    } catch {
      // The reader sees where the whole records end.
    }
    this.#endSegment()
  }

  #endSegment(): void {
    if (this.#fd < 0) return
    this.#syncLeftovers()
    const fd = this.#fd
    this.#fd = -1
    this.#segmentBytes = 0
    // A file is not taken from under its sync, whose end closes it.
    if (fd !== this.#syncing) closeSync(fd)
  }

  /** A segment that ends takes along whoever still waits for its next `fdatasync`. */
  #syncLeftovers(): void {
    const dones = this.#unsynced
    if (dones.length === 0) return
    this.#unsynced = []
    try {
      fdatasyncSync(this.#fd)
    } catch (error) {
      this.#lose(lossReason(error), dones)
      return
    }
    for (const done of dones) done()
  }

  #lose(reason: LossReason, dones: Done[]): void {
    if (dones.length === 0) return
    this.#lost[reason] += dones.length
    if (reason !== 'too_large') this.#failing = reason
    this.#options.onLoss?.(reason, dones.length)
    for (const done of dones) done(reason)
  }

  #grow(room: number): void {
    const grown = Buffer.allocUnsafe(Math.max(room, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#filled)
    this.#buffer = grown
  }

  #checkSpace(): void {
    try {
      let bytes = 0
      for (const name of readdirSync(this.#options.directory)) {
        if (name.endsWith(SEGMENT_ENDING)) bytes += sizeOf(join(this.#options.directory, name))
      }
      this.#directoryBytes = bytes
      const disk = statfsSync(this.#options.directory)
      const free = disk.bavail * disk.bsize
      if (free < (this.#options.reserveBytes ?? 512 * 1024 * 1024)) this.#noSpace = 'disk_full'
      else if (bytes >= this.#options.maxBytes) this.#noSpace = 'spool_full'
      else this.#noSpace = null
      if (this.#noSpace === null && this.#pending.length === 0) this.#failing = null
    } catch {
      // The next write says what is wrong with the directory.
    }
  }
}

function lastStamp(directory: string): number {
  let last = 0
  for (const name of readdirSync(directory)) {
    if (name.endsWith(SEGMENT_ENDING)) last = Math.max(last, Number.parseInt(name, 10) || 0)
  }
  return last
}

/** A new file is found after a power cut only once its directory is on the disk. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0 // loaded and deleted meanwhile
  }
}

function lossReason(error: unknown): LossReason {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'write_error'
}
