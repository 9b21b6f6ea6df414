import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dataPaths } from '../../server/processes/stores.ts'
import { bitlyLine } from '../support/import-files.ts'
import { createService, type Service, until } from '../support/service.ts'
import { embeddedWarehouse, expectAnsweredOnce } from './ledger.ts'
import { type Load, startLoad } from './load.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/jejak', import.meta.url))
const CLICKS = 4_000
const HEARTBEATS = 20
const BROKEN = 3

let folder: string
let file: string
let service: Service
let load: Load | null
let children: ChildProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-import-service-'))
  file = join(folder, 'clicks.ndjson')
  writeFileSync(file, lines().join(''))
  load = null
  children = []
  service = await createService()
})

afterEach(async () => {
  await load?.stop()
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
  for (const child of running) child.kill('SIGKILL')
  await service.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('beside the running service an import killed half-way and run again adds each line once, whatever befalls the app', async () => {
  await service.start()
  const link = { destination: 'https://www.example.com/', slug: 'live' }
  const { domain } = (await service.ask('/api/v1/links', { body: link })).json()
  load = startLoad({ port: service.port, slug: 'live', name: 'live', rate: 200 })

  const cut = await halfAnImport()
  await until('the first hits of the file are there', async () => (await importedSoFar()) > 0)
  await cut.kill()

  const rest = await halfAnImport()
  service.signal('SIGKILL', service.appPid())
  const again = await rest.finish()
  expect(again).toMatchObject({
    code: 0,
    summary: { read: CLICKS + HEARTBEATS + BROKEN, rejectedTotal: BROKEN },
  })
  const { imported, skipped } = again.summary
  expect(imported + skipped.duplicate).toBe(CLICKS)
  expect(skipped).toMatchObject({ heartbeat: HEARTBEATS, duplicate: expect.any(Number) })
  expect((await runImport()).summary).toMatchObject({ imported: 0, skipped: { duplicate: CLICKS } })

  await load.stop()
  expect([load.unanswered.size, ...load.refused]).toEqual([0])
  await expectAnsweredOnce(service, 'live', [load])
  // The import was not told the service's port: it must not give the service another name.
  const made = await service.ask('/api/v1/links', { body: { ...link, slug: 'after' } })
  expect(made.json().domain).toBe(domain)
  await service.stop()
  await expectFileOnce()
})

test('with the service down imports load by themselves, one killed half-way and two at once, and add each line once', async () => {
  const cut = await halfAnImport()
  await until('the first hits of the file are in its spool', async () => spooledBytes() > 10_000)
  await cut.kill()
  for (const { code, summary } of await Promise.all([runImport(), runImport()])) {
    expect(code).toBe(0)
    expect(summary.imported + (summary.skipped.duplicate ?? 0)).toBe(CLICKS)
  }
  await expectFileOnce()

  await service.start()
  expect(await importedSoFar()).toBe(CLICKS)
  expect((await runImport()).summary).toMatchObject({ imported: 0, skipped: { duplicate: CLICKS } })
  await until('what is loaded is deleted', async () => spooledBytes() === 0)
})

/** Clicks that differ, heartbeats, broken lines, and the last click a second time, which is another hit. */
function lines(): string[] {
  const all = Array.from({ length: CLICKS - 1 }, (_, place) =>
    bitlyLine({ t: 1_331_923_247 + place, h: `s${place % 50}` }),
  )
  all.push(all.at(-1) ?? '')
  for (let place = 0; place < HEARTBEATS; place++)
    all.splice(place * 90, 0, JSON.stringify({ _heartbeat_: 1_331_923_247 + place }))
  for (let place = 0; place < BROKEN; place++) all.splice(place * 777, 0, '{"a": "cut sho')
  return all.map((line) => `${line}\n`)
}

interface Summary {
  read: number
  imported: number
  rejectedTotal: number
  skipped: Record<string, number> & { duplicate: number }
}

interface ImportEnd {
  code: number | null
  summary: Summary
}

function startImport(from: string) {
  const child = spawn(process.execPath, [PROGRAM, 'import', 'bitly', from, '--json'], {
    env: { ...process.env, PORT: '', JEJAK_DATA_DIR: service.dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const said = text(child.stdout)
  const ended = once(child, 'exit')
  return {
    child,
    async end(): Promise<ImportEnd> {
      const [code] = await ended
      return { code, summary: JSON.parse((await said) || '{}') }
    },
  }
}

function runImport(): Promise<ImportEnd> {
  return startImport(file).end()
}

/** An import that has been given the first half of the file and waits for the rest. */
async function halfAnImport() {
  const pipe = join(folder, `pipe-${children.length}`)
  execFileSync('mkfifo', [pipe])
  const { child, end } = startImport(pipe)
  const handle: FileHandle = await open(pipe, 'w')
  const all = lines()
  const half = all.length >> 1
  await handle.writeFile(all.slice(0, half).join(''))
  return {
    async kill() {
      child.kill('SIGKILL')
      await end().catch(() => {})
      await handle.close()
    },
    async finish() {
      await handle.writeFile(all.slice(half).join(''))
      await handle.close()
      return end()
    },
  }
}

/** Imported hits by what the service says of the years in which they happened. */
async function importedSoFar(): Promise<number> {
  const answer = await service.ask('/api/v1/query', {
    body: { metrics: ['clicks', 'bot_hits'], date_range: ['2012-01-01', '2012-12-31'] },
  })
  if (answer.status !== 200) return 0
  const [row] = answer.json().results
  return row.metrics[0] + row.metrics[1]
}

function spooledBytes(): number {
  const root = dataPaths(service.dataDir).spool
  mkdirSync(root, { recursive: true })
  let bytes = 0
  for (const writer of readdirSync(root)) {
    for (const name of readdirSync(join(root, writer))) {
      if (writer.startsWith('import-') && name.endsWith('.seg'))
        bytes += statSync(join(root, writer, name)).size
    }
  }
  return bytes
}

async function expectFileOnce(): Promise<void> {
  const count = (table: string) =>
    `SELECT count() AS hits, uniqExact(hit_id) AS ids FROM ${table} WHERE toYear(time) = 2012`
  const [raw, judged] = await embeddedWarehouse(service.dataDir)([count('raw_hits'), count('hits')])
  const once = [{ hits: CLICKS, ids: CLICKS }]
  expect({ raw, judged }).toEqual({ raw: once, judged: once })
}
