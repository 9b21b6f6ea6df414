import type { Logger } from '../ops/log.ts'

/**
 * Runs `work` once when the process is asked to end (SIGTERM, SIGINT, or the parent's channel closing) and then ends
 * it: 0 when all went well. A service manager may ask again, or ask parent and child at once, and nothing changes; a
 * person who presses Ctrl-C while it stops ends it at once.
 */
export function onStop(log: Logger, work: () => Promise<void>): void {
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
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('disconnect'))
}
