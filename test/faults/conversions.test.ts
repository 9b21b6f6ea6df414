import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createService, type Service, until } from '../support/service.ts'
import { type CrmLoad, startCrms } from './conversions-load.ts'
import { addSalesGoal, expectAsTold, expectToldOnce } from './conversions-told.ts'
import { embeddedWarehouse } from './ledger.ts'

const ROUNDS = Number(process.env.JEJAK_FAULT_ROUNDS ?? 2)
const ROUND_MS = 60_000

let service: Service
let loads: CrmLoad[]

beforeEach(async () => {
  service = await createService()
  loads = []
  await service.start()
  await addSalesGoal(service)
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  await service.dispose()
})

test(
  'a killed app loses no acknowledged conversion and counts none twice, however often they are told again',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await crmsOn(`app-${round}`)
      const app = service.appPid()
      service.signal('SIGKILL', app)
      await until('another app has been started', async () => ![0, app].includes(service.appPid()))
      await load.moreAnswers(50)
      await load.stop()
      await expectToldOnce(service, loads)
    }
    expect(loads.some((load) => load.repeated() > 0)).toBe(true)
    await service.stop()
    await expectStoredOnce()
  },
  ROUNDS * ROUND_MS,
)

test(
  'front process and app killed together lose no acknowledged conversion and count none twice',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await crmsOn(`both-${round}`)
      service.signal('SIGKILL', service.appPid())
      service.signal('SIGKILL')
      await service.ended()
      await service.start()
      await load.moreAnswers(50)
      await load.stop()
      await expectToldOnce(service, loads)
    }
    await service.stop()
    await expectStoredOnce()
  },
  ROUNDS * ROUND_MS,
)

/** CRMs at work, for long enough that a few batches were loaded, and ending at any moment of one. */
async function crmsOn(name: string): Promise<CrmLoad> {
  const load = startCrms({ service, name })
  loads.push(load)
  await load.moreAnswers(30)
  await sleep(200 + Math.random() * 600)
  return load
}

/** What the warehouse holds, raw and judged. */
async function expectStoredOnce(): Promise<void> {
  const [raw = [], judged = []] = await embeddedWarehouse(service.dataDir)([
    `SELECT JSONExtractString(event, 'key') AS key, count() AS times FROM raw_hits WHERE kind = 'conversion' GROUP BY key`,
    `SELECT event_key AS key, count() AS times FROM hits WHERE kind = 'conversion' GROUP BY key`,
  ])
  for (const rows of [raw, judged]) {
    expectAsTold(loads, new Map(rows.map(({ key, times }) => [String(key), Number(times)])))
  }
}
