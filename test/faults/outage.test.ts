import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { type ClickHouseChild, spawnClickHouseStandIn } from '../support/clickhouse-child.ts'
import { createService, type Service, until } from '../support/service.ts'
import { expectAnsweredOnce, expectExactlyOnce, type ReadWarehouse } from './ledger.ts'
import { type Load, p99, startLoad } from './load.ts'

const SECONDS = Number(process.env.JEJAK_FAULT_SECONDS ?? 2)
const SLUG = 'outage'

let folder: string
let clickhouse: ClickHouseChild
let warehouse: Warehouse
let service: Service
let loads: Load[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-outage-'))
  clickhouse = await spawnClickHouseStandIn(join(folder, 'engine'))
  warehouse = openServerWarehouse({ url: clickhouse.url })
  service = await createService({ env: { JEJAK_CLICKHOUSE_URL: clickhouse.url } })
  loads = []
  await service.start()
  const link = { destination: 'https://www.example.com/', slug: SLUG }
  expect((await service.ask('/api/v1/links', { body: link })).status).toBe(201)
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  await service.dispose()
  await warehouse.close()
  await clickhouse.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(
  'a warehouse that refuses, hangs, fails, loses answers and dies costs no redirect, no hit and no hit twice',
  async () => {
    const well = await under('well')
    await clickhouse.inject({ kind: 'refuse' })
    const away = await under('away')
    await until('it says that the loader waits', async () => {
      const { status, reasons } = (await service.ask('/readyz')).json()
      return status === 'degraded' && reasons.some((reason: string) => reason.startsWith('loader:'))
    })
    await clickhouse.clear()

    await clickhouse.inject({ kind: 'cutAfterInsert', times: 3 })
    await under('unanswered', 1)
    await clickhouse.inject({ kind: 'error500' })
    await under('failing')
    service.signal('SIGKILL', service.appPid())
    await under('failing-and-killed', 1)
    await clickhouse.clear()

    await clickhouse.inject({ kind: 'hang', matching: '^\\s*INSERT', times: 1 })
    await under('hanging')
    service.signal('SIGKILL', service.appPid())
    await clickhouse.inject({ kind: 'cutAfterInsert', times: 2 })
    await under('killed-and-unanswered', 1)
    await clickhouse.clear()

    await clickhouse.kill()
    await under('gone', 1)
    clickhouse = await spawnClickHouseStandIn(join(folder, 'engine'), clickhouse.port)
    await under('back', 1)

    await service.apiUp()
    for (const load of loads) {
      expect([load.unanswered.size, ...load.refused]).toEqual([0])
    }
    await expectAnsweredOnce(service, SLUG, loads)
    await expectExactlyOnce(inWarehouse(), loads)
    const ratio = p99(away.latencies) / p99(well.latencies)
    process.stdout.write(
      `redirect p99 with the warehouse away ${ms(p99(away.latencies))}, with it up ${ms(p99(well.latencies))}: ${ratio.toFixed(2)} times\n`,
    )
  },
  120_000 + 6_000 * SECONDS,
)

/** So many seconds of load. */
async function under(name: string, seconds = SECONDS): Promise<Load> {
  const load = startLoad({ port: service.port, slug: SLUG, name })
  loads.push(load)
  await sleep(seconds * 1000)
  await load.stop()
  return load
}

function inWarehouse(): ReadWarehouse {
  return (queries) => Promise.all(queries.map((sql) => warehouse.query<Record<string, unknown>>(sql)))
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`
}
