import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClickHouseChild, spawnClickHouseStandIn } from '../support/clickhouse-child.ts'
import { createService, type Service } from '../support/service.ts'
import { type CrmLoad, startCrms } from './conversions-load.ts'
import { addSalesGoal, expectToldOnce } from './conversions-told.ts'

const ROUNDS = Number(process.env.JEJAK_FAULT_ROUNDS ?? 2)

let folder: string
let clickhouse: ClickHouseChild
let service: Service
let loads: CrmLoad[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-app-alone-'))
  clickhouse = await spawnClickHouseStandIn(join(folder, 'engine'))
  service = await createService({ command: 'app', env: { JEJAK_CLICKHOUSE_URL: clickhouse.url } })
  loads = []
  await service.start()
  await addSalesGoal(service)
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  await service.dispose()
  await clickhouse.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(
  'an app beside a ClickHouse server loads what it is told by itself, each once, killed and with the server away',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = crms(`killed-${round}`)
      await load.moreAnswers(30)
      service.signal('SIGKILL')
      await service.ended()
      await service.start()
      await load.moreAnswers(30)
      await load.stop()
      await expectToldOnce(service, loads)
    }
    await clickhouse.inject({ kind: 'refuse' })
    const away = crms('away')
    await away.moreAnswers(50)
    await away.stop()
    await clickhouse.clear()
    await expectToldOnce(service, loads)
    expect(await service.stop()).toEqual({ code: 0, signal: null })
  },
  ROUNDS * 90_000,
)

function crms(name: string): CrmLoad {
  const load = startCrms({ service, name })
  loads.push(load)
  return load
}
