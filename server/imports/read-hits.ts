import type { RawHit } from '../domain/hit.ts'
import type { Site } from '../domain/site.ts'
import type { Geo } from '../edge/geo.ts'
import { accessLogParser } from './access-log.ts'
import { bitlyParser } from './bitly.ts'
import type { ImportFormat, LineParser, RejectReason, SkipReason } from './import-line.ts'
import { lineIds } from './line-ids.ts'
import { readLines } from './lines.ts'

export interface ReadOptions {
  site: Site
  /** Needed for access logs: the host whose log it is, as `importHost` makes it. */
  host?: string
  geo?: Geo
  /** Unix milliseconds, for tests. */
  now?: () => number
}

/** One line of the file, by its number from 1. */
export type ReadLine =
  /** Without edge run, sequence and `receivedAt`, which the writer of the spool gives. */
  | { kind: 'hit'; line: number; hit: RawHit }
  | { kind: 'skipped'; line: number; reason: SkipReason }
  | { kind: 'rejected'; line: number; reason: RejectReason }

/**
 * Reads a file's lines as hits, several at a time, only as fast as they are taken.
 *
 * @example for await (const lines of readHits('bitly', source.chunks(), { site })) { … }
 */
export async function* readHits(
  format: ImportFormat,
  chunks: AsyncIterable<Buffer>,
  options: ReadOptions,
): AsyncGenerator<ReadLine[]> {
  const parse = parserOf(format, options)
  const idOf = lineIds(format, format === 'access-log' ? (options.host ?? '') : '')
  let number = 0

  const read = (line: Buffer | null): ReadLine => {
    number++
    if (line === null) return { kind: 'rejected', line: number, reason: 'too_long' }
    if (isBlank(line)) return { kind: 'skipped', line: number, reason: 'blank' }
    if (line.includes(0)) return { kind: 'rejected', line: number, reason: 'nul_byte' }
    const parsed = parse(line)
    if (parsed.kind !== 'hit') return { kind: parsed.kind, line: number, reason: parsed.reason } as ReadLine
    parsed.hit.hitId = idOf(line)
    return { kind: 'hit', line: number, hit: parsed.hit }
  }

  for await (const lines of readLines(chunks)) yield lines.map(read)
}

function parserOf(format: ImportFormat, { site, host, geo, now = Date.now }: ReadOptions): LineParser {
  if (format === 'bitly') return bitlyParser(site, now)
  if (host === undefined) throw new TypeError('an access log needs the host whose log it is')
  return accessLogParser({ host, site, now, ...(geo && { geo }) })
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09)
}
