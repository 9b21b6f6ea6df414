import { Temporal } from 'temporal-polyfill'
import type { Config } from '../config.ts'
import type { Site } from '../domain/site.ts'
import { type Move, MoveCounts } from '../loader/moves.ts'
import type { Logger } from '../ops/log.ts'
import { type FoundLoader, findLoader } from '../processes/find-loader.ts'
import { openConfiguredControl } from '../processes/stores.ts'
import { counted, inWords } from './reclassify-words.ts'

export interface ReclassifyArgs {
  /** First and last day, `YYYY-MM-DD`, of each site's zone. */
  from?: string
  to?: string
  /** A site's name or id; all sites where it is left out. */
  site?: string
  /** Writes nothing. */
  dryRun?: boolean
  /** Judges days too that stand under today's rules already. */
  again?: boolean
  /** The report as one JSON object on `stdout`. */
  json?: boolean
}

export interface ReclassifyDeps {
  sites(): Promise<readonly Site[]>
  /** Called once all arguments are found good. */
  openLoader(): Promise<Pick<FoundLoader, 'judgedDays' | 'tryDay' | 'judgeAgain'>>
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream
}

/** What moved, or with `dryRun` what would. */
export interface ReclassifyReport {
  from: string
  to: string
  dryRun: boolean
  sites: {
    id: number
    site: string
    /** Of today's rules. */
    rulesVersion: number
    /** Days that hold hits. `skipped` stood under today's rules already. */
    days: { judged: number; skipped: number }
  }[]
  hits: { judged: number; moved: number; unchanged: number }
  /** Largest first. */
  moves: Move[]
  /** Why the run ended before its last day; null where it did not. */
  error: string | null
}

/**
 * `jejak reclassify`: judges stored hits by today's rules, a day of a site at a time, by the loader of the running
 * service or, where there is none, by one that lives as long as the command.
 *
 * @returns the exit code: 0 where every day was judged, 1 where the run ended before, 2 for arguments that cannot be.
 */
export async function reclassifyCommand(config: Config, args: ReclassifyArgs, log: Logger): Promise<number> {
  const control = await openConfiguredControl(config)
  let loader: FoundLoader | null = null
  try {
    return await runReclassify(args, {
      sites: () => control.sites.list(),
      async openLoader() {
        loader = await findLoader(config, control, log, { idle: args.dryRun === true })
        return loader
      },
      stdout: process.stdout,
      stderr: process.stderr,
    })
  } finally {
    await (loader as FoundLoader | null)?.close()
    await control.close()
  }
}

/** `reclassifyCommand` without its processes. */
export async function runReclassify(args: ReclassifyArgs, deps: ReclassifyDeps): Promise<number> {
  const say = (text: string) => void deps.stderr.write(`${text}\n`)
  let report: ReclassifyReport
  try {
    const range = rangeOf(args)
    const sites = sitesOf(await deps.sites(), args.site)
    report = await reclassify({ ...range, sites, args }, await deps.openLoader(), say)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    say(`jejak reclassify: ${error.message}`)
    return 2
  }
  deps.stdout.write(args.json === true ? `${JSON.stringify(report)}\n` : inWords(report))
  if (report.error === null) return 0
  say(`jejak reclassify: ${report.error}`)
  say('Days that are done are done: run it again, and it goes on where it stopped.')
  return 1
}

interface Work {
  from: string
  to: string
  sites: readonly Site[]
  args: ReclassifyArgs
}

async function reclassify(
  { from, to, sites, args }: Work,
  loader: Awaited<ReturnType<ReclassifyDeps['openLoader']>>,
  say: (text: string) => void,
): Promise<ReclassifyReport> {
  const { again = false, dryRun = false } = args
  const report: ReclassifyReport = {
    from,
    to,
    dryRun,
    sites: [],
    hits: { judged: 0, moved: 0, unchanged: 0 },
    moves: [],
    error: null,
  }
  const moves = new MoveCounts()
  let at = 'the list of days'
  try {
    for (const { id, name } of sites) {
      const { rulesVersion, days } = await loader.judgedDays(id, from, to)
      const due = again ? days : days.filter(({ isCurrent }) => !isCurrent)
      const counts = { judged: 0, skipped: days.length - due.length }
      report.sites.push({ id, site: name, rulesVersion, days: counts })
      say(opening(name, days.length, counts.skipped, rulesVersion))
      for (const [place, { day }] of due.entries()) {
        at = `${day} of ${name}`
        const began = performance.now()
        const request = { siteId: id, day, unlessCurrent: !again }
        // The trial comes first in earnest too: an app that dies after the turn could not say any more what moved.
        const trial = await loader.tryDay(request)
        if (trial && !dryRun) await loader.judgeAgain(request)
        if (trial) {
          counts.judged++
          report.hits.judged += trial.hits
          report.hits.unchanged += trial.unchanged
          report.hits.moved += trial.hits - trial.unchanged
          for (const move of trial.moves) moves.add(move.from, move.to, move.hits)
        } else counts.skipped++
        const what = trial
          ? `${counted(trial.hits, 'hit')}, ${trial.hits - trial.unchanged} ${dryRun ? 'would move' : 'moved'}`
          : 'stands under today’s rules by now'
        const seconds = ((performance.now() - began) / 1000).toFixed(1)
        say(`${name} ${day}: ${what}, ${seconds} s (${place + 1} of ${due.length})`)
      }
      if (dryRun || counts.judged === 0) continue
      at = `the list of days of ${name}`
      const left = (await loader.judgedDays(id, from, to)).days.filter(({ isCurrent }) => !isCurrent).length
      if (left > 0)
        say(
          `${name}: the rules have changed meanwhile, ${counted(left, 'day')} hold hits judged by others; run it again`,
        )
    }
  } catch (error) {
    report.error = `${at}: ${error instanceof Error ? error.message : String(error)}`
  }
  return { ...report, moves: moves.largestFirst() }
}

function opening(name: string, days: number, skipped: number, rulesVersion: number): string {
  if (days === 0) return `${name}: no hits on these days`
  if (skipped === 0) return `${name}: ${counted(days, 'day')} with hits`
  const stand = `${skipped} ${skipped === 1 ? 'stands' : 'stand'} under today’s rules (version ${rulesVersion}) and ${skipped === 1 ? 'is' : 'are'} skipped`
  return `${name}: ${counted(days, 'day')} with hits, of which ${stand}; --again judges them too`
}

/** What was asked for cannot be; `message` says what to do. */
class UsageError extends Error {}

function rangeOf({ from, to }: ReclassifyArgs): { from: string; to: string } {
  const range = { from: dayOf('--from', from), to: dayOf('--to', to) }
  if (range.from > range.to) {
    throw new UsageError(`--from ${range.from} is after --to ${range.to}; give the earlier day as --from`)
  }
  return range
}

function dayOf(option: string, text: string | undefined): string {
  if (text === undefined) throw new UsageError(`${option} is missing: give a day, as ${option} 2026-01-31`)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    try {
      return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString()
    } catch {
      throw new UsageError(`${option} ${text}: there is no such day`)
    }
  }
  throw new UsageError(`${option} ${text} is no day: write it as 2026-01-31`)
}

/** A site's name may be made of digits; it goes before the id. */
function sitesOf(sites: readonly Site[], wanted: string | undefined): readonly Site[] {
  if (wanted === undefined) return sites
  const site = sites.find(({ name }) => name === wanted) ?? sites.find(({ id }) => String(id) === wanted)
  if (site) return [site]
  const known = sites.map(({ id, name }) => `${name} (${id})`).join(', ')
  throw new UsageError(`there is no site ${wanted}; there are: ${known}`)
}
