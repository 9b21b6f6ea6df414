import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isLocked, type Lock, takeLock } from '../spool/lock.ts'

/** What a data directory knows of its demo: enough to go on after a crash, and to take it away again. */
export interface DemoNote {
  /** 0 until the site has been made. */
  siteId: number
  hits: number
  days: number
  seed: number
  /** Unix milliseconds; the first instant after the history. */
  until: number
  /** Where its pages are served: `http://localhost:4747`. */
  origin: string
  /** All of it is in the warehouse. */
  ready: boolean
  /** Hits made and hits loaded by now; what was there already counts too. */
  made: number
  loaded: number
  /** Why it could not be finished, empty where nothing went wrong. */
  error: string
}

/** `unfinished`: whoever made it has gone; it can be gone on with. */
export type DemoState = 'absent' | 'making' | 'unfinished' | 'ready' | 'removing'

/** The demo's files in a data directory. One process at a time works on the demo, whoever holds its lock. */
export class DemoNotes {
  readonly #note: string
  readonly #lock: string
  readonly #removing: string

  constructor(dataDir: string) {
    this.#note = join(dataDir, 'demo.json')
    this.#lock = join(dataDir, 'demo.lock')
    this.#removing = join(dataDir, 'demo.removing')
  }

  read(): DemoNote | null {
    try {
      return JSON.parse(readFileSync(this.#note, 'utf8'))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }

  /** Whole or not at all, whatever happens meanwhile. */
  write(note: DemoNote): void {
    mkdirSync(dirname(this.#note), { recursive: true })
    writeFileSync(`${this.#note}.new`, `${JSON.stringify(note, null, 2)}\n`)
    renameSync(`${this.#note}.new`, this.#note)
  }

  /** @throws {LockTaken} while somebody else is at work on the demo. */
  lock(patience: number): Promise<Lock> {
    return takeLock(this.#lock, patience, 'demo')
  }

  state(): DemoState {
    const note = this.read()
    if (note === null) return 'absent'
    if (this.removalAsked()) return 'removing'
    if (note.ready) return 'ready'
    return isLocked(this.#lock) ? 'making' : 'unfinished'
  }

  /** Tells whoever is making the demo to leave it. */
  askRemoval(): void {
    writeFileSync(this.#removing, '')
  }

  removalAsked(): boolean {
    return existsSync(this.#removing)
  }

  forget(): void {
    rmSync(this.#note, { force: true })
    rmSync(this.#removing, { force: true })
  }
}
