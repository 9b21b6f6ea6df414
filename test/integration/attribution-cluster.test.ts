import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { openShards, type Shards } from '../support/shards.ts'
import { ANN, attributedSite, BEN, BOOKED, SEARCH, SOCIAL } from './attribution-support.ts'
import { event, hit, insertHits } from './reports-support.ts'

let shards: Shards
let warehouse: Warehouse

beforeAll(async () => {
  shards = await openShards()
  warehouse = shards.warehouse
})
afterAll(() => shards.close())

test('what credit and paths ask of a cluster is accepted, and finds whose they are', {
  timeout: 120_000,
}, async () => {
  const goals = [
    { ...BOOKED, count: 'session' as const },
    { ...BOOKED, name: 'Sold', match: { type: 'external' as const } },
  ]
  const { site, attribute, paths, visits } = attributedSite(warehouse, { goals })
  const sides = { search: ['Organic Search'], social: ['Organic Social'] }
  const DAY_KEY = '00000000000000d1'
  const clickedAt = Date.parse('2026-11-10T10:00:00Z')
  const clicked = { clickKey: '77', clickedAt, linkId: 7, link: 'go.example.com/a' }
  const sold = (key: string, fields: Parameters<typeof event>[3], externalId = '') =>
    event(
      site,
      '2026-11-12T10:00:00Z',
      { type: 'external', name: 'Sold', key, version: 1, externalId },
      { visitor: '', ...fields },
    )
  const hits = [
    hit(site, '2026-11-10T10:00:00Z', { ...clicked, visitor: DAY_KEY }),
    hit(site, '2026-11-10T10:00:01Z', {
      ...clicked,
      kind: 'pageview',
      landing: 'verified',
      visitor: ANN,
      previousVisitor: DAY_KEY,
      consent: 'granted',
    }),
    hit(site, '2026-11-09T10:00:00Z', { clickKey: '78', clickedAt, linkId: 8, visitor: BEN }),
    event(site, '2026-11-10T10:01:00Z', { type: 'custom', name: 'booked', key: 'k' }, { visitor: ANN }),
    event(site, '2026-11-10T10:01:30Z', { type: 'identify', externalId: 'e' }, { visitor: ANN }),
    sold('by click', { clickKey: '77', clickedAt }),
    sold('by a click alone', { clickKey: '78', clickedAt }),
    sold('by visitor', { visitor: ANN }),
    sold('by id', {}, 'e'),
  ]
  // One by one: a token's rows of the second shard would be taken for those of the first.
  for (const one of hits) await insertHits(warehouse, [one])
  await visits(ANN, { start: '2026-11-10T10:00:01Z', ...clicked, ...SOCIAL })
  await visits(ANN, { start: '2026-11-11T10:00:00Z', ...SEARCH })
  for (const table of ['hits', 'sessions', 'judged_days'])
    await warehouse.command(`SYSTEM FLUSH DISTRIBUTED ${table}`)
  for (const asked of [{}, { grain: 'side', sides, options: { nulls: false, reuse: false } }] as const) {
    const { totals, topPaths } = await attribute(asked)
    expect(totals.conversions).toBe(5)
    expect(topPaths.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(5)
  }
  const { results, coverage } = await paths()
  expect(coverage).toMatchObject({ withTouch: 5, externallyTold: 4 })
  // Each row comes from both shards.
  const once = (path: string[]) => path.filter((key, index) => key !== path[index + 1])
  expect(results.map(({ path, conversions }) => [once(path), conversions])).toEqual(
    expect.arrayContaining([[['Organic Social', 'Organic Search'], 3]]),
  )
})
