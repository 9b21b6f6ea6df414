import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Range } from './checkpoint.ts'
import type { LoaderLog } from './loader.ts'

/** Keeps what could not be loaded, each with the reason, in `set-aside.ndjson`. */
export class SetAside {
  readonly #path: string
  readonly #log: LoaderLog
  count = 0

  constructor(directory: string, log: LoaderLog) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#path = join(directory, 'set-aside.ndjson')
    this.#log = log
  }

  /** On disk when it returns, so that the checkpoint may pass over the range. */
  keep({ segment, start, end }: Range, reason: string, payload: string): void {
    this.count++
    this.#log.error({ segment, start, end, reason }, 'a hit was set aside')
    const fd = openSync(this.#path, 'a', 0o600)
    try {
      writeSync(fd, `${JSON.stringify({ segment, start, end, reason, payload })}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}
