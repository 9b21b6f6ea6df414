import cliProgress from 'cli-progress'

export interface Progress {
  update(bytes: number): void
  stop(): void
}

/** A bar by bytes of the file on a terminal; nothing where `stream` is none, or where the size is not known. */
export function progressBar(stream: NodeJS.WritableStream & { isTTY?: boolean }, size: number): Progress {
  if (stream.isTTY !== true || size === 0) return { update() {}, stop() {} }
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: 'Reading {bar} {percentage} % | {megabytes} of {totalMegabytes} MB | {eta_formatted} left',
      clearOnComplete: true,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  )
  const payload = (bytes: number) => ({
    megabytes: (bytes / 1e6).toFixed(1),
    totalMegabytes: (size / 1e6).toFixed(1),
  })
  bar.start(size, 0, payload(0))
  return {
    // A file that grows while it is read does not run past the end of its bar.
    update: (bytes) => bar.update(Math.min(bytes, size), payload(bytes)),
    stop: () => bar.stop(),
  }
}
