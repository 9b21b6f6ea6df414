import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import { type ClickHouseChild, spawnClickHouseStandIn } from '../support/clickhouse-child.ts'
import { createService, type Service, until } from '../support/service.ts'
import { loadedUntilNow } from './ledger.ts'
import { type Load, startLoad } from './load.ts'

const LOST = 'jejak_spool_lost_total{reason="spool_full"}'

let folder: string
let clickhouse: ClickHouseChild
let service: Service
let load: Load | null

beforeEach(async () => {
  load = null
  folder = mkdtempSync(join(tmpdir(), 'jejak-full-'))
  clickhouse = await spawnClickHouseStandIn(join(folder, 'engine'))
  service = await createService({
    env: { JEJAK_CLICKHOUSE_URL: clickhouse.url, JEJAK_SPOOL_MAX_BYTES: '1MB' },
  })
  await service.start()
  const link = { destination: 'https://www.example.com/', slug: 'full' }
  expect((await service.ask('/api/v1/links', { body: link })).status).toBe(201)
})

afterEach(async () => {
  await load?.stop()
  await service.dispose()
  await clickhouse.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('with the spool full redirects go on, the loss is told, and what was kept is loaded once', async () => {
  await clickhouse.inject({ kind: 'refuse' })
  load = startLoad({ port: service.port, slug: 'full', name: 'full', rate: 1_000 })
  await until('hits are lost', async () => ((await service.metrics()).get(LOST) ?? 0) > 0)
  await load.moreAnswers(500)
  expect((await service.ask('/readyz')).json()).toMatchObject({
    status: 'degraded',
    reasons: expect.arrayContaining([expect.stringContaining('spool_full')]),
  })
  expect(service.log()).toContainEqual(
    expect.objectContaining({ level: 'error', reason: 'spool_full', hits: expect.any(Number) }),
  )

  // The loader makes room while visitors go on coming, and then nothing is lost any more.
  await clickhouse.clear()
  await until('the spool has room again', async () => {
    const before = (await service.metrics()).get(LOST)
    await load?.moreAnswers(500)
    return (await service.metrics()).get(LOST) === before
  })
  // The front process asks the app how it is every two seconds.
  await until('nothing ails any more', async () => {
    const { status } = (await service.ask('/readyz')).json() as { status: string }
    return status === 'ok'
  })
  await load.stop()
  expect([load.unanswered.size, ...load.refused]).toEqual([0])

  await loadedUntilNow(service)
  const metrics = await service.metrics()
  const lost = metrics.get(LOST) ?? 0
  const written = metrics.get('jejak_spool_written_total') ?? 0
  expect(lost).toBeGreaterThan(0)
  expect(written).toBe(load.answered.size - lost)
  const warehouse = openServerWarehouse({ url: clickhouse.url })
  const count = 'SELECT count() AS hits, uniqExact(hit_id) AS ids, uniqExact(mark) AS marks FROM'
  const rows = [
    await warehouse.query(`${count} (SELECT hit_id, utm_content AS mark FROM raw_hits)`),
    await warehouse.query(`${count} (SELECT hit_id, content AS mark FROM hits)`),
  ]
  await warehouse.close()
  expect(rows.flat()).toEqual(Array(2).fill({ hits: written, ids: written, marks: written }))
})
