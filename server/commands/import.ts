import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { geoFiles, openGeo } from '../edge/geo.ts'
import { type ImportArgs, runImport } from '../imports/command.ts'
import type { Logger } from '../ops/log.ts'
import { type FoundLoader, findLoader } from '../processes/find-loader.ts'
import { dataPaths, openConfiguredControl } from '../processes/stores.ts'
import { IMPORT_DIRECTORY } from '../spool/segments.ts'
import { openSpoolWriter } from '../spool/writer.ts'

const LOOK_AGAIN_MS = 100

/**
 * `jejak import …`: writes the file's hits into a spool directory of their own and waits until they are loaded, by the
 * running service or, where there is none, by a loader that lives as long as the command.
 *
 * @returns the exit code.
 */
export async function importCommand(config: Config, args: ImportArgs, log: Logger): Promise<number> {
  const control = await openConfiguredControl(config)
  const directory = join(
    dataPaths(config.dataDir).spool,
    `${IMPORT_DIRECTORY}${randomBytes(8).toString('hex')}`,
  )
  let loader: FoundLoader | null = null
  try {
    return await runImport(args, {
      sites: () => control.sites.list(),
      async openWriter() {
        loader = await findLoader(config, control, log)
        return openSpoolWriter({ directory, durability: 'fsync', maxBytes: config.spoolMaxBytes })
      },
      async waitLoaded(edgeRun, hits) {
        if (!loader) throw new Error('no hits can wait before a writer was opened')
        for (;;) {
          const counts = await loader.counts(edgeRun)
          if (counts.added + counts.duplicates + counts.refused >= hits) return counts
          await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS))
        }
      },
      geo: await openGeo(geoFiles(config), log),
      stdout: process.stdout,
      stderr: process.stderr,
    })
  } finally {
    await (loader as FoundLoader | null)?.close()
    await removeEmpty(directory)
    await control.close()
  }
}

/** The loader removes the directory with its last segment; where there was none, nobody else would. */
async function removeEmpty(directory: string): Promise<void> {
  const left = await readdir(directory).catch(() => [])
  if (!left.some((name) => name.endsWith('.seg'))) await rm(directory, { recursive: true, force: true })
}
