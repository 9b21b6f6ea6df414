import { setTimeout as sleep } from 'node:timers/promises'
import type { LossReason, SpoolWriter } from '../spool/spool.ts'
import { ImportError } from './import-error.ts'

/** Hits handed to the spool and not answered for: with about 1 kB each, a few megabytes. */
const MAX_IN_FLIGHT = 4096
/**
 * A file can be larger than what a spool may hold, and what an import filled would be lost to live hits. Eight
 * segments of 32 MB: the loader frees a segment only once the next has begun, so this must be several of them.
 */
const MAX_WAITING_BYTES = 256 * 1024 * 1024
const POLL_MS = 100

export interface SpoolAppender {
  /** @returns false when `room` must be awaited before the next. */
  put(payload: string): boolean
  room(): Promise<void>
  /** Resolves once the spool's directory is no fuller than it may be. */
  loaderKeepsUp(): Promise<void>
  /** Resolves once every hit was answered for. */
  drained(): Promise<void>
}

/** Appends to a spool with a bounded number of hits under way; all waits throw an `ImportError` once a hit was lost. */
export function spoolAppender(
  writer: SpoolWriter,
  maxWaitingBytes: number = MAX_WAITING_BYTES,
): SpoolAppender {
  let inFlight = 0
  let lost: LossReason | undefined
  let wakeAt = 0
  let wake: (() => void) | undefined

  const done = (reason?: LossReason): void => {
    inFlight--
    lost ??= reason
    if (inFlight <= wakeAt) wake?.()
  }

  const until = async (atMost: number): Promise<void> => {
    wakeAt = atMost
    if (inFlight > atMost) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = undefined
    }
    if (lost !== undefined) throw new ImportError('lost', WHAT_TO_DO[lost])
  }

  return {
    put(payload) {
      inFlight++
      writer.append(payload, done)
      return inFlight < MAX_IN_FLIGHT && lost === undefined
    },
    room: () => until(MAX_IN_FLIGHT / 2),
    async loaderKeepsUp() {
      while (writer.stats().bytes > maxWaitingBytes) await sleep(POLL_MS)
    },
    drained: () => until(0),
  }
}

const WHAT_TO_DO: Record<LossReason, string> = {
  disk_full:
    'The disk is full. Make room (512 MB stay reserved), then run the import again: it adds only what is missing.',
  spool_full:
    'The spool is full. Raise JEJAK_SPOOL_MAX_BYTES or wait for the loader, then run the import again: it adds only what is missing.',
  write_error:
    'The spool could not be written. See that its directory is writable, then run the import again: it adds only what is missing.',
  too_large: 'A hit did not fit into a spool record. This is a fault of the program: please report it.',
}
