import type { Site } from '../domain/site.ts'
import type { Geo } from '../edge/geo.ts'
import type { SpoolWriter } from '../spool/spool.ts'
import { ImportError } from './import-error.ts'
import { finish, type ImportSummary, importFile, type LoadedCounts } from './import-file.ts'
import type { ImportFormat } from './import-line.ts'
import { progressBar } from './progress.ts'
import { type ImportSource, openImportSource } from './source.ts'

export interface ImportArgs {
  format: ImportFormat
  file: string
  /** `--host`: needed for access logs. */
  host?: string
  /** `--site`: the site's name (default `default`). */
  site?: string
  /** `--json`: the summary as one JSON object on `stdout`. */
  json?: boolean
}

export interface ImportDeps {
  sites(): Promise<readonly Site[]>
  /** Opens a spool directory of its own, with a loader at work on it. Called once all arguments are found good. */
  openWriter(): Promise<SpoolWriter>
  /** Resolves once all hits of a closed writer's edge run are in the warehouse, with what became of them. */
  waitLoaded(edgeRun: string, hits: number): Promise<LoadedCounts>
  /** Where addresses of access logs are. */
  geo?: Geo
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
}

/** Rejected lines shown to a person; `--json` lists up to a thousand. */
const REJECTED_SHOWN = 10

/**
 * `jejak import bitly FILE` and `jejak import access-log FILE --host NAME`.
 *
 * @returns the exit code: 0 where the file was read to its end, 1 where the import could not begin or stopped, or
 *   where every line was broken, which means another format than was said.
 */
export async function runImport(args: ImportArgs, deps: ImportDeps): Promise<number> {
  try {
    const summary = await importToEnd(args, deps)
    deps.stdout.write(args.json === true ? `${JSON.stringify(summary)}\n` : inWords(summary))
    if (summary.rejectedTotal === 0 || summary.rejectedTotal < summary.read - (summary.skipped.blank ?? 0))
      return 0
    deps.stderr.write(
      `jejak import: no line of ${args.file} could be read as ${args.format}; is it another format?\n`,
    )
    return 1
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    deps.stderr.write(`jejak import: ${error.message}\n`)
    return 1
  }
}

async function importToEnd(args: ImportArgs, deps: ImportDeps): Promise<ImportSummary> {
  const { format, file } = args
  const host = hostOption(args)
  const site = namedSite(await deps.sites(), args.site ?? 'default')
  if (host !== undefined && !isHostOf(site, host)) {
    const known = site.hostnames.join(', ')
    deps.stderr.write(`jejak import: note: ${host} is none of the hosts of site ${site.name} (${known})\n`)
  }
  const source = await openImportSource(file)
  const writer = await closingOnFailure(source, deps.openWriter())
  const progress = progressBar(deps.stderr, source.size)
  const { geo } = deps
  const queued = await importFile({
    format,
    source,
    site,
    writer,
    onProgress: progress.update,
    ...(host !== undefined && { host }),
    ...(geo && { geo }),
  }).finally(async () => {
    progress.stop()
    await writer.close()
  })
  const loaded =
    queued.queued === 0 ? { added: 0, duplicates: 0 } : await deps.waitLoaded(writer.edgeRun, queued.queued)
  return finish(queued, loaded)
}

async function closingOnFailure<T>(source: ImportSource, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    await source.close()
    throw error
  }
}

function hostOption({ format, host }: ImportArgs): string | undefined {
  if (format === 'bitly') {
    if (host === undefined) return undefined
    throw new ImportError('usage', '--host is for access logs: each line of a bitly feed names its own host')
  }
  if (host === undefined) {
    throw new ImportError(
      'usage',
      'an access log does not say whose it is: give --host NAME, such as www.example.com',
    )
  }
  return importHost(host)
}

/**
 * A host as hits keep it: lower case, ASCII, with a port only where it is not the scheme's own.
 *
 * @throws {ImportError} `usage` for anything but a host name with or without a port
 */
export function importHost(name: string): string {
  const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : null
  if (url === null || /[\s/?#@\\]/.test(name)) {
    throw new ImportError(
      'usage',
      `--host ${name} is not a host name: give it without scheme and path, as example.com`,
    )
  }
  return url.host.replace(/:80$/, '')
}

function namedSite(sites: readonly Site[], name: string): Site {
  const site = sites.find((each) => each.name === name)
  if (site !== undefined) return site
  const names = sites.map((each) => each.name).join(', ')
  throw new ImportError('usage', `there is no site ${name}; there are: ${names}`)
}

/** A site that names no hosts yet takes any; a history may also be of a host that is gone, so this is only said. */
function isHostOf(site: Site, host: string): boolean {
  return site.hostnames.length === 0 || site.hostnames.includes(host.replace(/^www\./, ''))
}

function inWords({ read, imported, skipped, rejected, rejectedTotal }: ImportSummary): string {
  const count = (n: number): string => n.toLocaleString('en')
  const reasons = Object.entries(skipped).map(([reason, n]) => `${reason.replaceAll('_', ' ')} ${count(n)}`)
  const left = Object.values(skipped).reduce((sum, n) => sum + n, 0)
  const lines = [
    `${count(read)} lines read: ${count(imported)} imported, ` +
      `${count(left)} skipped${left > 0 ? ` (${reasons.join(', ')})` : ''}, ${count(rejectedTotal)} rejected`,
    ...rejected.slice(0, REJECTED_SHOWN).map(({ line, message }) => `  line ${line}: ${message}`),
  ]
  if (rejectedTotal > REJECTED_SHOWN)
    lines.push(`  and ${count(rejectedTotal - REJECTED_SHOWN)} more (--json lists them)`)
  return `${lines.join('\n')}\n`
}
