/** The edge's side of the spool: hits are appended, and answered for once they are written. */
export interface SpoolWriter {
  /** 16 hex digits, random for each writer; `RawHit.edgeRun` of everything it writes. */
  readonly edgeRun: string
  /**
   * Takes one encoded hit (`encodeHit`). All hits of an event-loop turn are written by one `write`; `done` is called
   * after it has returned (after `fdatasync` where durability asks for it). When the hit could not be kept, `done`
   * gets the reason, and the loss has been counted: the redirect goes on all the same.
   */
  append(payload: string, done: (lost?: LossReason) => void): void
  stats(): SpoolStats
  /** Writes what is pending, ends the segment and gives the directory back. */
  close(): Promise<void>
}

export type LossReason = 'disk_full' | 'spool_full' | 'write_error' | 'too_large'

export interface SpoolStats {
  /** Bytes of segments now on disk in this writer's directory. */
  bytes: number
  written: number
  lost: Record<LossReason, number>
  /** Why hits are being lost just now, null while they are not. */
  failing: LossReason | null
}
