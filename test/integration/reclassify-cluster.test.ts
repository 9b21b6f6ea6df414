import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJudge } from '../../server/domain/judge.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createJudging } from '../../server/loader/judging.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { SITE } from '../support/hits.ts'
import { openShards, type Shards } from '../support/shards.ts'

let shards: Shards
let warehouse: Warehouse

beforeAll(async () => {
  shards = await openShards()
  warehouse = shards.warehouse
})
afterAll(() => shards.close())

test('what reclassify asks is accepted on a cluster', async () => {
  const judging = createJudging({
    warehouse,
    enricher: createEnricher(createJudge(loadFacts()), {
      sites: { list: async () => [SITE] },
      rules: { all: async () => [] },
      links: { byIds: async () => [] },
      keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
    }),
    loader: { judgeAgain: () => Promise.reject(new Error('only trials are tried here')) },
    sites: { byId: async () => SITE },
    rules: { of: async () => ({ revision: 0 }) },
    judgedZone: () => null,
  })
  expect((await judging.days(SITE.id, '2026-01-01', '2026-12-31')).days).toEqual([])
  expect(await judging.tryDay({ siteId: SITE.id, day: '2026-01-01' })).toEqual({
    hits: 0,
    unchanged: 0,
    moves: [],
  })
})
