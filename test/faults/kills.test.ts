import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dataPaths } from '../../server/processes/stores.ts'
import { isAlive } from '../support/processes.ts'
import { createService, type Service, until } from '../support/service.ts'
import { embeddedWarehouse, expectAnsweredOnce, expectExactlyOnce } from './ledger.ts'
import { type Load, startLoad } from './load.ts'

const ROUNDS = Number(process.env.JEJAK_FAULT_ROUNDS ?? 2)
const ROUND_MS = 60_000
const RATE = 300
const VICTIM = fileURLToPath(new URL('./loader-victim.ts', import.meta.url))

let service: Service
let loads: Load[]

beforeEach(async () => {
  service = await createService()
  loads = []
  await service.start()
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  await service.dispose()
})

test(
  'a killed front process loses no answered redirect, repeats none, and takes its app with it',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await loadOn(`front-${round}`)
      await someBatches()
      const app = service.appPid()
      service.signal('SIGKILL')
      await service.ended()
      // As a service manager would: at once, while the old app may still hold the engine.
      await service.start()
      expect(isAlive(app)).toBe(false)
      await load.moreAnswers(100)
      await load.stop()
      await expectAnsweredOnce(service, `front-${round}`, [load])
    }
    service.signal('SIGKILL')
    await service.ended()
    await until('the app has ended by itself', async () => service.left().length === 0)
    await expectExactlyOnce(embeddedWarehouse(service.dataDir), loads)
  },
  ROUNDS * ROUND_MS,
)

test(
  'a killed app fails no redirect, loses none and repeats none',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await loadOn(`app-${round}`)
      await someBatches()
      const app = service.appPid()
      service.signal('SIGKILL', app)
      await until('another app has been started', async () => ![0, app].includes(service.appPid()))
      await load.moreAnswers(100)
      if (round % 2 === 0) {
        // Killed again while it starts, or while it brings in what the first one left behind.
        await sleep(Math.random() * 1_000)
        service.signal('SIGKILL', service.appPid())
      }
      await service.apiUp()
      await load.moreAnswers(100)
      await load.stop()
      expect({ unanswered: load.unanswered.size, refused: [...load.refused] }).toEqual({
        unanswered: 0,
        refused: [],
      })
      await expectAnsweredOnce(service, `app-${round}`, [load])
    }
    expectLongerWaits()
    await service.stop()
    await expectExactlyOnce(embeddedWarehouse(service.dataDir), loads)
  },
  ROUNDS * ROUND_MS,
)

test(
  'front process and app killed together lose no answered redirect and repeat none',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await loadOn(`both-${round}`)
      await someBatches()
      const app = service.appPid()
      service.signal('SIGKILL', app)
      service.signal('SIGKILL')
      await service.ended()
      await service.start()
      await load.moreAnswers(100)
      await load.stop()
      await expectAnsweredOnce(service, `both-${round}`, [load])
    }
    await service.stop()
    await expectExactlyOnce(embeddedWarehouse(service.dataDir), loads)
  },
  ROUNDS * ROUND_MS,
)

test(
  'a loader killed between the engine’s answer and its checkpoint loses nothing and repeats nothing',
  async () => {
    await makeLink('loader')
    await service.stop()
    await service.start({ command: 'edge' })
    const load = startLoad({ port: service.port, slug: 'loader', name: 'loader', rate: RATE })
    loads.push(load)
    for (let round = 1; round <= ROUNDS; round++) {
      await load.moreAnswers(100)
      const victim = spawn(
        process.execPath,
        ['--import', 'tsx', VICTIM, service.dataDir, String(1 + (round % 3))],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
      const [, signal] = await once(victim, 'exit')
      expect(signal).toBe('SIGKILL')
      expect(batchesUnderWay()).toBe(1)
    }
    await service.stop()
    await load.stop()
    await service.start()
    await expectAnsweredOnce(service, 'loader', [load])
    await service.stop()
    expect(batchesUnderWay()).toBe(0)
    await expectExactlyOnce(embeddedWarehouse(service.dataDir), loads)
  },
  ROUNDS * ROUND_MS,
)

async function makeLink(slug: string): Promise<void> {
  const made = await service.ask('/api/v1/links', { body: { destination: 'https://www.example.com/', slug } })
  expect(made.status, made.text).toBe(201)
}

async function loadOn(slug: string): Promise<Load> {
  await makeLink(slug)
  const load = startLoad({ port: service.port, slug, name: slug, rate: RATE })
  loads.push(load)
  await load.moreAnswers(50)
  return load
}

/** Long enough for a few batches, and ending at any moment of one. */
async function someBatches(): Promise<void> {
  await sleep(300 + Math.random() * 700)
}

function batchesUnderWay(): number {
  const database = new Database(join(dataPaths(service.dataDir).loader, 'checkpoint.db'), { readonly: true })
  try {
    return database.prepare<[], { n: number }>('SELECT count(*) AS n FROM intents').get()?.n ?? 0
  } finally {
    database.close()
  }
}

/** Each restart waits twice as long as the one before, 10 s at most, unless the app had been well for a while. */
function expectLongerWaits(): void {
  const waits = service
    .log()
    .filter(({ msg }) => msg.includes('starting it again'))
    .map(({ wait }) => Number(wait))
  const expected = waits.map((wait, place) =>
    wait === 200 ? 200 : Math.min(2 * (waits[place - 1] ?? 0), 10_000),
  )
  expect(waits).toEqual(expected)
  if (ROUNDS > 1) expect(waits).toContain(400)
}
