import type { Logger } from '../ops/log.ts'

/**
 * For a process that lives by its parent, called before anything else: until `onStop` it ends at once when the parent's
 * channel closes, which is told only once; an orphan would keep the engine's lock. An interrupt from the terminal goes
 * to both: this one leaves it to the parent, which stops it in its turn.
 */
export function endWithParent(): void {
  process.on('SIGINT', () => {})
  process.once('disconnect', () => {
    if (process.listenerCount('disconnect') === 0) process.exit(0)
  })
  // It has gone while this process was loading its code.
  if (!process.connected) process.exit(0)
}

/**
 * Runs `work` once when the process is asked to end (by a signal, or by the parent's channel closing) and then ends
 * it: 0 when all went well. A service manager may ask again, or ask parent and child at once, and nothing changes; a
 * person who presses Ctrl-C while it stops ends it at once.
 */
export function onStop(
  log: Logger,
  work: () => Promise<void>,
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): void {
  let stopping = false
  const stop = (why: string) => {
    if (stopping) {
      if (why === 'SIGINT') process.exit(1)
      return
    }
    stopping = true
    log.info({ why }, 'stopping')
    work().then(
      () => process.exit(0),
      (error) => {
        log.error({ error: String(error) }, 'could not stop cleanly')
        process.exit(1)
      },
    )
  }
  for (const signal of signals) process.on(signal, () => stop(signal))
  process.on('disconnect', () => stop('disconnect'))
}
