import cliProgress from 'cli-progress'
import type { DemoNote } from './note.ts'

export interface DemoProgress {
  update(note: Pick<DemoNote, 'hits' | 'made' | 'loaded'>): void
  stop(): void
}

/** A bar on a terminal: half of it for hits made, half for hits loaded. Nothing where `stream` is no terminal. */
export function demoProgress(stream: NodeJS.WritableStream & { isTTY?: boolean }): DemoProgress {
  if (stream.isTTY !== true) return { update() {}, stop() {} }
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: 'Making the demo {bar} {percentage} % | {made} hits made, {loaded} loaded',
      clearOnComplete: true,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  )
  const count = (hits: number) => hits.toLocaleString('en')
  let begun = false
  return {
    update({ hits, made, loaded }) {
      const total = 2 * Math.max(hits, made)
      const payload = { made: count(made), loaded: count(loaded) }
      if (!begun) bar.start(total, 0, payload)
      begun = true
      bar.setTotal(total)
      bar.update(made + loaded, payload)
    },
    stop: () => bar.stop(),
  }
}
