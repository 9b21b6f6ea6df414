import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { childrenOf, isAlive } from './processes.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/jejak', import.meta.url))
/** Longest wait for anything to come true; a loaded machine takes seconds, a defect for ever. */
const PATIENCE_MS = 60_000

export interface ServiceOptions {
  /** `start` (default), `edge` or `app`. */
  command?: string
  /** Settings over the test's own environment. */
  env?: Record<string, string>
}

export interface LogLine {
  level: string
  msg: string
  role: string
  pid: number
  [fact: string]: unknown
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json(): any
}

export interface AskOptions {
  method?: string
  headers?: Record<string, string>
  /** Sent as it is where it is text, else as JSON. */
  body?: unknown
}

/** The built product as a service manager would run it: one data directory, one port, started again and again. */
export interface Service {
  readonly port: number
  readonly dataDir: string
  /** Process id of the front process now, 0 while none runs. */
  pid(): number
  /** Process id of the app process behind it, 0 while none runs. */
  appPid(): number
  /** Which of the processes that this service was seen to run are alive. */
  left(): number[]
  /** What all its processes have logged. */
  log(): readonly LogLine[]
  /** Starts it and waits until redirects are answered (`edge`), or until the API is too. */
  start(options?: ServiceOptions): Promise<void>
  /** Waits until the API answers. */
  apiUp(): Promise<void>
  /** Resolves with how the front process has ended. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** As `kill` would: to the front process, or to `pid`. */
  signal(signal: NodeJS.Signals, pid?: number): void
  /** SIGTERM, and waits for the end of front process and app. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  ask(path: string, options?: AskOptions): Promise<HttpAnswer>
  /** The port's metrics, by name and labels as they stand there. */
  metrics(): Promise<Map<string, number>>
  /** Ends whatever still runs and deletes the data. */
  dispose(): Promise<void>
}

/** A data directory and a port of its own; nothing runs yet. */
export async function createService(standard: ServiceOptions = {}): Promise<Service> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jejak-service-'))
  const port = await freePort()
  const log: LogLine[] = []
  /** Those seen dead are forgotten: the system gives their numbers to others. */
  const seen = new Set<number>()
  let child: ChildProcess | null = null
  let end: Promise<{ code: number | null; signal: NodeJS.Signals | null }> = Promise.resolve({
    code: null,
    signal: null,
  })
  let spoken = ''

  const service: Service = {
    port,
    dataDir,
    pid: () => child?.pid ?? 0,
    appPid() {
      const pid = child?.pid === undefined ? undefined : childrenOf(child.pid).find(isAlive)
      if (pid !== undefined) seen.add(pid)
      return pid ?? 0
    },
    left() {
      service.appPid()
      for (const pid of seen) if (!isAlive(pid)) seen.delete(pid)
      return [...seen]
    },
    log: () => log,

    async start(options = {}) {
      const { command = 'start', env } = { ...standard, ...options, env: { ...standard.env, ...options.env } }
      const running = spawn(process.execPath, [PROGRAM, command], {
        env: { ...process.env, PORT: String(port), JEJAK_DATA_DIR: dataDir, JEJAK_LOG_LEVEL: 'info', ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
        // A group of its own, so that a signal can go to all of it.
        detached: true,
      })
      child = running
      service.left()
      seen.add(running.pid ?? 0)
      end = once(running, 'exit').then(([code, signal]) => {
        if (child === running) child = null
        return { code, signal }
      })
      createInterface({ input: running.stderr }).on('line', (line) => {
        const entry = logLine(line)
        if (entry) log.push(entry)
        else spoken += `${line}\n`
      })
      await until('the service answers', async () => {
        if (child !== running) throw new Gone(`the service ended at its start: ${spoken}`)
        return (await service.ask('/readyz')).status === 200
      })
      if (command !== 'edge') await service.apiUp()
      service.appPid()
    },

    async apiUp() {
      await until('the API answers', async () => (await service.ask('/api/v1/registry')).status === 200)
    },

    ended: () => end,
    signal(signal, pid = service.pid()) {
      if (pid === 0) throw new Error('there is no such process')
      service.appPid()
      process.kill(pid, signal)
    },

    async stop() {
      const app = service.appPid()
      service.signal('SIGTERM')
      const how = await end
      await until('the app ends with the service', async () => app === 0 || !isAlive(app))
      return how
    },

    ask: (path, options = {}) => ask(port, path, options),

    async metrics() {
      const { text } = await service.ask('/metrics')
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      return new Map(
        lines.map((line) => {
          const space = line.lastIndexOf(' ')
          return [line.slice(0, space), Number(line.slice(space + 1))]
        }),
      )
    },

    async dispose() {
      for (const pid of service.left()) process.kill(pid, 'SIGKILL')
      await end
      await until('nothing is left', async () => service.left().length === 0)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return service
}

/** Waits until something is so. A `Gone` from `look` ends the wait; what else it throws counts as not yet. */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  patience = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patience
  let last: unknown
  for (;;) {
    try {
      if (await look()) return
    } catch (error) {
      if (error instanceof Gone) throw error
      last = error
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${patience / 1000} s in vain until ${what}${last ? ` (last: ${last})` : ''}`)
    }
    await sleep(25)
  }
}

/** Waiting longer is of no use. */
export class Gone extends Error {}

/** One request on a connection of its own. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<HttpAnswer> {
  const { method, headers = {}, body } = options
  const isText = typeof body === 'string'
  const content = body === undefined || isText ? body : JSON.stringify(body)
  return new Promise((done, fail) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        agent: false,
        headers: {
          ...(content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }),
          ...(content === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', fail)
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          const { statusCode = 0 } = answer
          done({ status: statusCode, headers: answer.headers, text, json: () => JSON.parse(text) })
        })
      },
    )
    asking.setTimeout(PATIENCE_MS, () => asking.destroy(new Error(`no answer to ${path}`)))
    asking.on('error', fail)
    asking.end(content)
  })
}

/**
 * Below the range from which the system takes ports for outgoing connections: while the service is down, nobody else
 * is given its port.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false))
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
    })
    if (isFree) return port
  }
}

function logLine(line: string): LogLine | null {
  try {
    const entry = JSON.parse(line)
    return typeof entry.pid === 'number' ? entry : null
  } catch {
    return null
  }
}
