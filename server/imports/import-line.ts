import type { RawHit } from '../domain/hit.ts'

/** What an imported file can be; also `RawHit.origin` of its hits. */
export const IMPORT_FORMATS = ['bitly', 'access-log'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** Why a sound line makes no hit. */
export type SkipReason = 'blank' | 'heartbeat' | 'not_get' | 'status' | 'asset' | 'feed' | 'other_host'

/** Why a line is broken, in words for the person who reads the summary. */
export const REJECT_REASONS = {
  too_long: 'longer than 32 KB',
  nul_byte: 'holds NUL bytes, as a crash of the writing machine leaves them',
  not_utf8: 'not UTF-8',
  not_json: 'not JSON',
  not_an_object: 'JSON, but not an object',
  bad_slug: '`h` is not a short link’s hash',
  bad_host: '`hh` is not a host name',
  bad_destination: '`u` is not an http or https address',
  bad_time: 'its time is missing or cannot be',
  time_out_of_range: 'its time is not between 1995 and tomorrow',
  not_a_log_line: 'neither combined nor common log format',
} as const
export type RejectReason = keyof typeof REJECT_REASONS

export type ParsedLine =
  /** All facts that the line and the site give; identity, edge run and sequence are added later. */
  | { kind: 'hit'; hit: RawHit }
  | { kind: 'skipped'; reason: SkipReason }
  | { kind: 'rejected'; reason: RejectReason }

/** Reads one line, given without its line end, never empty, without NUL bytes. Keeps nothing of it. */
export type LineParser = (line: Buffer) => ParsedLine

/** @returns a skipped line for `reason`. */
export function skipped(reason: SkipReason): ParsedLine {
  return { kind: 'skipped', reason }
}

/** @returns a broken line for `reason`. */
export function rejected(reason: RejectReason): ParsedLine {
  return { kind: 'rejected', reason }
}

const EARLIEST = Date.UTC(1995, 0, 1)
const DAY_MS = 24 * 60 * 60 * 1000

/** Whether an imported time (Unix milliseconds) lies between 1995 and 24 hours from `now`: rules for imports. */
export function isTimeInRange(time: number, now: number): boolean {
  return time >= EARLIEST && time <= now + DAY_MS
}
