import type { LoaderLog } from './loader.ts'

/** Work was given up because the loader is to stop. What was under way is finished by the next start. */
export class Stopped extends Error {
  constructor() {
    super('the loader is stopping')
    this.name = 'Stopped'
  }
}

const BACKOFF_FIRST_MS = 200
const BACKOFF_LAST_MS = 10_000

/** Waiting: for something to do, and for stores that do not answer, for ever if need be, until the loader is stopped. */
export class Patience {
  readonly #log: LoaderLog
  #stopBy: number | null = null
  #wake: (() => void) | null = null
  retries = 0
  /** Why loading does not go on just now, null while it does. */
  failing: string | null = null

  constructor(log: LoaderLog) {
    this.#log = log
  }

  /** Ends every wait that reaches beyond `milliseconds` from now with `Stopped`. */
  stopWithin(milliseconds: number): void {
    this.#stopBy = Date.now() + milliseconds
    this.wake()
  }

  get stopping(): boolean {
    return this.#stopBy !== null
  }

  get timeIsUp(): boolean {
    return this.#stopBy !== null && Date.now() >= this.#stopBy
  }

  wake(): void {
    this.#wake?.()
  }

  /** Repeats work until it succeeds. Rejects only with `Stopped`. */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const outcome = await work()
        if (tries > 1) this.failing = null
        return outcome
      } catch (error) {
        if (error instanceof Stopped) throw error
        await this.backOff(error, tries)
      }
    }
  }

  /** Waits before try number `tries + 1`: 0.2 s, doubling, at most 10 s. */
  async backOff(error: unknown, tries: number): Promise<void> {
    this.retries++
    this.failing = error instanceof Error ? error.message : String(error)
    const wait = Math.min(BACKOFF_FIRST_MS * 2 ** (tries - 1), BACKOFF_LAST_MS)
    // A store that is away needs no stack; a fault of ours cannot be found without one.
    const fault = error instanceof TypeError || error instanceof RangeError ? { stack: error.stack } : {}
    this.#log.warn({ error: this.failing, tries, wait, ...fault }, 'loading waits')
    if (this.#stopBy !== null && Date.now() + wait > this.#stopBy) throw new Stopped()
    await this.pause(wait)
    if (this.timeIsUp) throw new Stopped()
  }

  async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        done()
      }
    })
    this.#wake = null
  }
}
