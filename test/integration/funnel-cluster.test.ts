import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FunnelRequest } from '../../server/reports/funnel/contract.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { openShards, type Shards } from '../support/shards.ts'
import { askFunnel } from './funnel-support.ts'
import { event, hit, insertHits, insertSessions, testSite } from './reports-support.ts'

let shards: Shards
let warehouse: Warehouse

beforeAll(async () => {
  shards = await openShards()
  warehouse = shards.warehouse
})
afterAll(() => shards.close())

test('what a way asks of a cluster is accepted, and finds who went it', { timeout: 120_000 }, async () => {
  const site = testSite({ id: 77 })
  const clickKey = '77'
  const at = '2026-11-10T10:00:00Z'
  const clickedAt = Date.parse(at)
  const hits = [
    hit(site, at, { clickKey, clickedAt, visitor: 'x', traffic: 'prefetch' }),
    hit(site, '2026-11-10T10:00:01Z', {
      kind: 'pageview',
      clickKey,
      clickedAt,
      landing: 'verified',
      visitor: 'y',
    }),
    event(site, '2026-11-10T10:01:00Z', { type: 'custom', name: 'booked', key: 'k' }, { visitor: 'y' }),
    event(site, '2026-11-10T10:01:30Z', { type: 'identify', externalId: 'e' }, { visitor: 'y' }),
    event(site, '2026-11-10T10:02:00Z', { type: 'external', name: 'Sold', externalId: 'e' }, { visitor: '' }),
  ]
  // One by one: a token's rows of the second shard would be taken for those of the first.
  for (const one of hits) await insertHits(warehouse, [one])
  await insertSessions(warehouse, site, [
    { start: '2026-11-10T10:00:01Z', visitors: ['y'], channel: 'Email' },
  ])
  for (const table of ['hits', 'sessions', 'judged_days'])
    await warehouse.command(`SYSTEM FLUSH DISTRIBUTED ${table}`)
  const steps = [{ click: {} }, { page: '/models' }, { goal: 'Booked' }, { goal: 'Sold' }]
  const asked: Partial<FunnelRequest>[] = [
    {},
    { order: 'strict', window: 'session' },
    { split: 'channel', filters: [['is', 'country', ['DE']]] },
    { split: 'entry_page', window: 'session' },
  ]
  for (const more of asked) {
    const answer = await askFunnel(warehouse, site, { steps, ...more })
    expect(answer.steps.map(({ visitors }) => visitors)).toEqual([1, 1, 1, 1])
  }
})
