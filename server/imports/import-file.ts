import { encodeHit } from '../spool/record.ts'
import type { SpoolWriter } from '../spool/spool.ts'
import { type ImportFormat, REJECT_REASONS, type RejectReason, type SkipReason } from './import-line.ts'
import { type ReadOptions, readHits } from './read-hits.ts'
import type { ImportSource } from './source.ts'
import { spoolAppender } from './spool-appender.ts'

export interface ImportOptions extends ReadOptions {
  format: ImportFormat
  source: ImportSource
  /** Opened for this import alone: its edge run tells the import's hits from all others. */
  writer: SpoolWriter
  /** Called about every 64 KB with the bytes of the file read so far. */
  onProgress?: (bytes: number) => void
  /** Bytes that may wait in the writer's directory before the import waits for the loader (default 256 MB). */
  maxWaitingBytes?: number
}

/** What an import put into the spool. How much of it was new is known once the loader has seen it: `finish`. */
export interface QueuedImport {
  /** Lines read: those queued, skipped and rejected. */
  read: number
  queued: number
  skipped: Partial<Record<SkipReason, number>>
  /** The first `MAX_REJECTED_LISTED` of them. */
  rejected: RejectedLine[]
  rejectedTotal: number
}

export interface RejectedLine {
  /** From 1. */
  line: number
  reason: RejectReason
  /** `reason` in words. */
  message: string
}

/** What the loader did with the hits of one edge run. */
export interface LoadedCounts {
  added: number
  /** Hits whose id was known already. */
  duplicates: number
}

export interface ImportSummary extends Omit<QueuedImport, 'queued' | 'skipped'> {
  /** Hits that were not there before. */
  imported: number
  /** Lines by reason; `duplicate` those known already, `set_aside` those the warehouse refused for good. */
  skipped: Partial<Record<SkipReason | 'duplicate' | 'set_aside', number>>
}

export const MAX_REJECTED_LISTED = 1000

/**
 * Reads a file into the spool. Memory does not grow with the file, but for 16 to 32 bytes a hit that tell identical
 * lines apart. Leaves the writer open and closes the source.
 *
 * @throws {ImportError} `lost` where the spool could not keep a hit, `damaged` or `unreadable` where the file broke
 *   off. What was queued until then is imported all the same; running the import again adds what is missing.
 */
export async function importFile(options: ImportOptions): Promise<QueuedImport> {
  const { format, source, writer, onProgress, now = Date.now } = options
  const spool = spoolAppender(writer, options.maxWaitingBytes)
  const result: QueuedImport = { read: 0, queued: 0, skipped: {}, rejected: [], rejectedTotal: 0 }
  let receivedAt = 0
  try {
    for await (const lines of readHits(format, source.chunks(), options)) {
      receivedAt = Math.max(receivedAt, now())
      for (const line of lines) {
        result.read++
        if (line.kind === 'hit') {
          line.hit.edgeRun = writer.edgeRun
          line.hit.sequence = ++result.queued
          line.hit.receivedAt = receivedAt
          if (!spool.put(encodeHit(line.hit))) await spool.room()
        } else if (line.kind === 'skipped') {
          result.skipped[line.reason] = (result.skipped[line.reason] ?? 0) + 1
        } else {
          result.rejectedTotal++
          const { line: number, reason } = line
          if (result.rejected.length < MAX_REJECTED_LISTED) {
            result.rejected.push({ line: number, reason, message: REJECT_REASONS[reason] })
          }
        }
      }
      onProgress?.(source.position())
      await spool.loaderKeepsUp()
    }
    await spool.drained()
  } finally {
    await source.close()
  }
  return result
}

/**
 * The summary of an import, once the loader has taken in all hits of its edge run.
 *
 * @throws {RangeError} for counts of more hits than were queued: they are another run's
 */
export function finish(
  { queued, ...read }: QueuedImport,
  { added, duplicates }: LoadedCounts,
): ImportSummary {
  const setAside = queued - added - duplicates
  if (setAside < 0) throw new RangeError(`loaded ${added} + ${duplicates} hits of ${queued} queued`)
  const skipped: ImportSummary['skipped'] = { ...read.skipped }
  if (duplicates > 0) skipped.duplicate = duplicates
  if (setAside > 0) skipped.set_aside = setAside
  return { ...read, imported: added, skipped }
}
