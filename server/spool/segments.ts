import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isLocked } from './lock.ts'
import {
  RECORD_HEADER_BYTES,
  readRecord,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from './record.ts'

export const SEGMENT_ENDING = '.seg'
export const LOCK_FILE = 'lock.db'
/** Directories whose name begins so are written by one import and never again: the loader removes them when done. */
export const IMPORT_DIRECTORY = 'import-'

/** A segment file that waits in a spool. */
export interface SegmentFile {
  path: string
  /** The writer's directory it stands in. */
  directory: string
  name: string
  /** Another segment of the same writer began later, so nothing is written here any more. */
  superseded: boolean
}

/** The segments below a spool's root (one directory for each writer), oldest first. */
export function listSegments(root: string): SegmentFile[] {
  const found: SegmentFile[] = []
  for (const entry of readDirectory(root)) {
    if (!entry.isDirectory()) continue
    const directory = join(root, entry.name)
    const names = readDirectory(directory)
      .map(({ name }) => name)
      .filter((name) => name.endsWith(SEGMENT_ENDING))
      .sort()
    names.forEach((name, index) => {
      found.push({ path: join(directory, name), directory, name, superseded: index < names.length - 1 })
    })
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether nothing more will be written to the segment: a newer one exists, or its writer is gone. */
export function isFinished(segment: SegmentFile): boolean {
  return segment.superseded || !isLocked(join(segment.directory, LOCK_FILE))
}

/** Where a record stands in its segment, in bytes from the file's beginning. */
export interface RecordPlace {
  start: number
  end: number
}

export interface SegmentChunk {
  records: RecordPlace[]
  /** The payload of one of these records. */
  payload(place: RecordPlace): string
  /** Stretches that are not what was written, to be set aside; as long as they go on without a good record between. */
  damaged: RecordPlace[]
  /** Behind the last record or damaged stretch read. */
  end: number
  /** Why reading stopped: all there is, the chunk's limits, a record cut short, or a format of a newer version. */
  stop: 'end' | 'limit' | 'incomplete' | 'newer'
}

/** Reads one segment. Ranges are byte offsets in the file. */
export interface SegmentReader {
  readonly header: SegmentHeader
  read(from: number, maxBytes: number): SegmentChunk
  /** What stands there as it is, fewer bytes where the file ends before. */
  bytes(place: RecordPlace): Buffer
  size(): number
  close(): void
}

/** `incomplete`, `newer` or `foreign` where its header cannot be used (yet). */
export function openSegment(path: string): SegmentReader | 'incomplete' | 'newer' | 'foreign' {
  const fd = openSync(path, 'r')
  const head = Buffer.alloc(SEGMENT_HEADER_BYTES)
  const header = readSegmentHeader(head.subarray(0, readSync(fd, head, 0, head.length, 0)))
  if (typeof header === 'string') {
    closeSync(fd)
    return header
  }
  return {
    header,
    read: (from, maxBytes) => readChunk(fd, Math.max(from, SEGMENT_HEADER_BYTES), maxBytes),
    bytes(place) {
      const bytes = Buffer.alloc(place.end - place.start)
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, place.start))
    },
    size: () => fstatSync(fd).size,
    close: () => closeSync(fd),
  }
}

function readChunk(fd: number, from: number, maxBytes: number): SegmentChunk {
  const available = Math.max(0, fstatSync(fd).size - from)
  const bytes = Buffer.allocUnsafe(Math.min(available, maxBytes))
  const length = readSync(fd, bytes, 0, bytes.length, from)
  const window = bytes.subarray(0, length)
  const chunk: SegmentChunk = {
    records: [],
    payload: (place) => window.toString('utf8', place.start - from + RECORD_HEADER_BYTES, place.end - from),
    damaged: [],
    end: from,
    stop: length < available ? 'limit' : 'end',
  }
  let offset = 0
  while (offset < length) {
    const at = readRecord(window, offset)
    if (at.kind === 'incomplete') {
      if (chunk.stop === 'end') chunk.stop = 'incomplete'
      break
    }
    if (at.kind === 'newer') {
      chunk.stop = 'newer'
      break
    }
    const place = { start: from + offset, end: from + at.end }
    const damage = chunk.damaged.at(-1)
    if (at.kind === 'record') chunk.records.push(place)
    // What a power cut leaves of a growing file is zeros, as many as its records would have been.
    else if (damage?.end === place.start) damage.end = place.end
    else chunk.damaged.push(place)
    offset = at.end
  }
  chunk.end = from + offset
  return chunk
}

function readDirectory(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
