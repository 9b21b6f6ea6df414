import { afterAll, beforeAll, expect, test } from 'vitest'
import { listConversions } from '../../server/api/conversion-list.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { openShards, type Shards } from '../support/shards.ts'
import { event, hit, insertHits, insertSessions, testSite } from './reports-support.ts'

let shards: Shards
let warehouse: Warehouse

beforeAll(async () => {
  shards = await openShards()
  warehouse = shards.warehouse
})
afterAll(() => shards.close())

test('the list of conversions is answered by a cluster, ties and reasons included', async () => {
  const site = testSite({ id: 77 })
  const goal: Goal = {
    id: 1,
    name: 'Car sold',
    template: null,
    match: { type: 'external' },
    value: { type: 'event' },
    count: 'every',
  }
  const clickedAt = Date.parse('2026-11-01T10:00:00Z')
  const sold = (key: string, version: number, fields: Parameters<typeof event>[3]) =>
    event(
      site,
      '2026-11-10T10:00:00Z',
      { type: 'external', name: goal.name, key, version },
      { visitor: '', ...fields },
    )
  const hits = [
    hit(site, '2026-11-01T10:00:00Z', { clickKey: '5', clickedAt }),
    sold('by click', 1, { clickKey: '5', clickedAt }),
    sold('by session', 1, { clickKey: '6', clickedAt }),
    sold('by visitor', 1, { visitor: '00000000000000bb' }),
    sold('no visitor', 1, { visitor: '00000000000000cc' }),
    sold('no id', 2, {}),
    sold('no id', 1, { clickKey: '5', clickedAt }),
    sold('early', 1, { clickKey: '5', clickedAt: Date.parse('2026-11-20T10:00:00Z') }),
  ]
  // One by one: the rows of one token that go to the second shard meet those of the first, and are dropped.
  for (const one of hits) await insertHits(warehouse, [one])
  await insertSessions(warehouse, site, [
    { start: '2026-11-01T10:00:10Z', clickKey: '6' },
    { start: '2026-11-02T10:00:10Z', visitors: ['00000000000000bb'] },
  ])
  const { data, nextCursor } = await listConversions(warehouse, site, [goal], { status: 'all', limit: 50 })
  expect(nextCursor).toBeNull()
  expect(Object.fromEntries(data.map(({ key, matched, reason }) => [key, reason ?? matched]))).toEqual({
    'by click': true,
    'by session': true,
    'by visitor': true,
    'no visitor': 'no_visitor',
    'no id': 'no_id',
    early: 'before_click',
  })
  expect(data).toHaveLength(6)
})
