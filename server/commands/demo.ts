import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, environmentOf } from '../config.ts'
import { DEMO_DEFAULTS, type DemoDeps, DemoError, makeDemo, removeDemo } from '../demo/make.ts'
import { type DemoNote, DemoNotes } from '../demo/note.ts'
import { demoProgress } from '../demo/progress.ts'
import { createDemoSite } from '../demo/site-server.ts'
import type { Logger } from '../ops/log.ts'
import { type FoundLoader, findLoader } from '../processes/find-loader.ts'
import { closeServer, listen, portOf } from '../processes/http.ts'
import { askApp } from '../processes/local-socket.ts'
import { dataPaths, openConfiguredControl } from '../processes/stores.ts'
import { isLocked } from '../spool/lock.ts'
import { LOCK_FILE } from '../spool/segments.ts'

/** As the command line gives them: texts. */
export interface DemoArgs {
  hits?: string
  days?: string
  seed?: string
  /** A day, which is included, or an instant. */
  until?: string
  sitePort?: string
  /** False: makes the history and ends. */
  serve?: boolean
  remove?: boolean
  json?: boolean
}

const SERVICE_PATIENCE_MS = 60_000
const LOOK_MS = 100
const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/

/**
 * `jejak demo`: makes the demo where there is none, serves its pages until it is stopped, and starts the service for as
 * long where none runs. `--no-serve` makes it and ends; `--remove` takes it away.
 *
 * @returns the exit code: 0, or 1 where it could not be done, which has been said.
 */
export async function demoCommand(config: Config, args: DemoArgs, log: Logger): Promise<number> {
  try {
    if (args.remove) await remove(config, args, log)
    else await show(config, args, log)
    return 0
  } catch (error) {
    if (!(error instanceof DemoError)) throw error
    process.stderr.write(`jejak demo: ${error.message}\n`)
    return 1
  }
}

async function remove(config: Config, { json }: DemoArgs, log: Logger): Promise<void> {
  const hits = await withDemo(config, log, (deps) => removeDemo(deps))
  if (json) process.stdout.write(`${JSON.stringify({ removed: hits !== null, hits: hits ?? 0 })}\n`)
  else if (hits === null) process.stdout.write('There is no demo here.\n')
  else process.stdout.write(`The demo is gone, with its ${hits.toLocaleString('en')} hits.\n`)
}

async function show(config: Config, args: DemoArgs, log: Logger): Promise<void> {
  const known = new DemoNotes(config.dataDir).read()
  const wish = {
    hits: whole('--hits', args.hits, 1_000, 1_000_000_000),
    days: whole('--days', args.days, 1, 1_000),
    seed: whole('--seed', args.seed, 0, 2 ** 31 - 1),
    until: instant(args.until),
  }
  const origin = originOf(args.sitePort, known)
  if (args.serve === false) {
    const note = await withDemo(config, log, (deps) => make(deps, { ...wish, origin }, args))
    process.stdout.write(args.json ? `${JSON.stringify(note)}\n` : inWords(note))
    return
  }
  const site = createDemoSite({ jejak: config.publicUrl.origin, clickIdParameter: config.clickIdParameter })
  await listen(site, { host: '127.0.0.1', port: Number(new URL(origin).port) })
  const service = await serviceOf(config)
  const stopped = new AbortController()
  const stop = () => stopped.abort(new DemoError('Stopped; jejak demo goes on from here.'))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const ended = new Promise<void>((done) => stopped.signal.addEventListener('abort', () => done()))
  try {
    const served = `http://localhost:${portOf(site)}`
    const note = await withDemo(config, log, (deps) =>
      make(deps, { ...wish, origin: served }, args, stopped.signal),
    )
    process.stdout.write(`${inWords(note)}${addresses(config, served)}`)
    await Promise.race([ended, service.ended])
    if (!stopped.signal.aborted) throw new DemoError('The service has ended; its log says why.')
  } finally {
    await Promise.all([closeServer(site), service.stop()])
  }
}

async function make(
  deps: DemoDeps,
  wish: Parameters<typeof makeDemo>[1],
  { json }: DemoArgs,
  signal?: AbortSignal,
): Promise<DemoNote> {
  const progress = json ? null : demoProgress(process.stderr)
  try {
    return await makeDemo(deps, wish, {
      ...(signal && { signal }),
      onProgress: (note) => progress?.update(note),
    })
  } finally {
    progress?.stop()
  }
}

async function withDemo<Outcome>(
  config: Config,
  log: Logger,
  work: (deps: DemoDeps) => Promise<Outcome>,
): Promise<Outcome> {
  const control = await openConfiguredControl(config)
  let loader: FoundLoader | null = null
  try {
    loader = await findLoader(config, control, log)
    return await work({ control, loader, dataDir: config.dataDir, spoolMaxBytes: config.spoolMaxBytes })
  } finally {
    await loader?.close()
    await control.close()
  }
}

/** The service that runs on the data directory, or one that lives as long as this command. */
async function serviceOf(config: Config): Promise<{ ended: Promise<void>; stop(): Promise<void> }> {
  if (isLocked(join(dataPaths(config.dataDir).edgeSpool, LOCK_FILE))) {
    return { ended: new Promise(() => {}), stop: async () => {} }
  }
  const level = config.logLevel === 'info' ? 'warn' : config.logLevel
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'start'], {
    env: { ...process.env, ...environmentOf({ ...config, logLevel: level }) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let running = true
  const ended = once(child, 'exit').then(() => {
    running = false
  })
  const stop = async () => {
    if (running) child.kill('SIGTERM')
    await ended
  }
  const deadline = Date.now() + SERVICE_PATIENCE_MS
  while (running) {
    try {
      await askApp(config.dataDir, 'GET', '/_/status', undefined, 5_000)
      return { ended, stop }
    } catch {
      if (Date.now() > deadline) {
        await stop()
        throw new DemoError('The service did not come up within a minute; its log says why.')
      }
      await sleep(LOOK_MS)
    }
  }
  throw new DemoError('The service could not be started; its log says why.')
}

function originOf(port: string | undefined, known: DemoNote | null): string {
  const asked = whole('--site-port', port, 0, 65_535)
  if (asked !== undefined) return `http://localhost:${asked}`
  return known?.origin ?? DEMO_DEFAULTS.origin
}

function whole(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new DemoError(`${flag} ${text} cannot be: it is a whole number from ${least} to ${most}.`)
}

function instant(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  const until = DAY.test(text) ? time + DAY_MS : time
  if (Number.isNaN(until) || until < Date.UTC(1995, 3, 1) || until > Date.now() + DAY_MS) {
    throw new DemoError(
      `--until ${text} cannot be: write a day as 2026-03-31, not before 1995 and not after today.`,
    )
  }
  return until
}

function inWords({ loaded, days, until, seed }: DemoNote): string {
  const end = new Date(until - 1).toISOString().slice(0, 10)
  return `The demo stands: ${loaded.toLocaleString('en')} made-up hits over ${days} days until ${end} (seed ${seed}).\n`
}

function addresses({ publicUrl }: Config, served: string): string {
  return [
    `  Dashboard  ${publicUrl.origin}/app/?site=demo`,
    `  Its site   ${served}/`,
    `  A link     ${publicUrl.origin}/demo/bio-instagram`,
    'Ctrl-C ends it; jejak demo --remove takes the demo away.',
    '',
  ].join('\n')
}
