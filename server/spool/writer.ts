import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
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
  /** A segment ends at this size (default 32 MB) … */
  segmentBytes?: number
  /** … or this age in milliseconds (default one minute), so that what is loaded can be deleted. */
  segmentAge?: number
  /** Milliseconds to wait for the process before (default 5,000). */
  patience?: number
  onLoss?: (reason: LossReason, hits: number) => void
}

const INITIAL_BUFFER_BYTES = 256 * 1024
const SPACE_CHECK_MS = 1_000

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
  /** Written, waiting for the `fdatasync` that is under way or the next one. */
  #unsynced: Done[] = []
  #syncing = false

  #directoryBytes = 0
  #noSpace: LossReason | null = null
  #failing: LossReason | null = null
  #written = 0
  readonly #lost: Record<LossReason, number> = { disk_full: 0, spool_full: 0, write_error: 0, too_large: 0 }

  constructor(options: SpoolWriterOptions) {
    this.#options = options
    this.#lastStamp = lastStamp(options.directory)
    this.#checkSpace()
    this.#spaceTimer = setInterval(() => this.#checkSpace(), SPACE_CHECK_MS).unref()
  }

  append(payload: string, done: Done): void {
    if (payload.length > MAX_PAYLOAD_BYTES / 3) {
      this.#lose('too_large', [done])
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
    clearInterval(this.#spaceTimer)
    if (this.#pending.length > 0) this.#flush()
    while (this.#syncing) await new Promise((done) => setImmediate(done))
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
    if (failure !== null) {
      this.#truncateTo(this.#segmentBytes + (whole > 0 ? (ends[whole - 1] ?? 0) : 0))
      this.#lose(failure, pending.slice(whole))
    } else {
      this.#segmentBytes += length
      this.#failing = null
    }
    this.#directoryBytes += whole > 0 ? (ends[whole - 1] ?? 0) : 0
    this.#written += whole
    this.#confirm(whole === pending.length ? pending : pending.slice(0, whole))
  }

  #confirm(dones: Done[]): void {
    if (this.#options.durability === 'write') {
      for (const done of dones) done()
      return
    }
    this.#unsynced.push(...dones)
    this.#sync()
  }

  /** One `fdatasync` at a time; what is written meanwhile waits for the next. */
  #sync(): void {
    if (this.#syncing || this.#unsynced.length === 0 || this.#fd < 0) return
    this.#syncing = true
    const dones = this.#unsynced
    this.#unsynced = []
    fdatasync(this.#fd, (error) => {
      this.#syncing = false
      if (error) {
        // What a failed sync left on disk is unknown; the file is not written to again.
        this.#endSegment()
        this.#lose(lossReason(error), dones)
      } else {
        for (const done of dones) done()
      }
      this.#sync()
    })
  }

  #ensureSegment(): void {
    if (this.#fd >= 0) {
      const full = this.#segmentBytes >= (this.#options.segmentBytes ?? 32 * 1024 * 1024)
      const old = Date.now() - this.#segmentOpenedAt >= (this.#options.segmentAge ?? 60_000)
      // A segment with an fdatasync under way is left open: closing it would take the file from under the sync.
      if ((!full && !old) || this.#syncing || this.#unsynced.length > 0) return
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
    } catch (error) {
      closeSync(fd)
      unlinkSync(path)
      throw error
    }
    this.#fd = fd
    this.#segmentBytes = header.length
    this.#segmentOpenedAt = opened
  }

  #truncateTo(bytes: number): void {
    if (this.#fd < 0) return
    try {
      ftruncateSync(this.#fd, bytes)
      this.#segmentBytes = bytes
      // The file was opened for writing at its position, which a truncation does not move back.
      this.#endSegment()
    } catch {
      this.#endSegment()
    }
  }

  #endSegment(): void {
    if (this.#fd < 0) return
    this.#syncLeftovers()
    try {
      closeSync(this.#fd)
    } finally {
      this.#fd = -1
      this.#segmentBytes = 0
    }
  }

  /** A segment that ends early (a failed write) takes along whoever still waits for its next `fdatasync`. */
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
  const stamps = readdirSync(directory).map((name) =>
    name.endsWith(SEGMENT_ENDING) ? Number.parseInt(name, 10) : 0,
  )
  return Math.max(0, ...stamps.filter(Number.isFinite))
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
