import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTrafficDetector } from '../../server/domain/bots/traffic.ts'
import type { GoalMatch } from '../../server/domain/goals/goal.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { findBursts } from '../../server/loader/bursts.ts'
import { openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createDuplicateFinder } from '../../server/loader/duplicates.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { Generations, JudgedDaysLog } from '../../server/loader/generations.ts'
import { createCarefulInserter } from '../../server/loader/missing.ts'
import { Sessions } from '../../server/loader/sessions.ts'
import { Settler } from '../../server/loader/settler.ts'
import { TouchedVisitors } from '../../server/loader/touched.ts'
import { beginTurn, sweep } from '../../server/loader/turn.ts'
import { linkClicks } from '../../server/reports/link-clicks.ts'
import { METRICS } from '../../server/reports/registry/metrics.ts'
import type { InsertFile, Warehouse } from '../../server/warehouse/warehouse.ts'
import { click, judgedAs, pageview, SITE } from '../support/hits.ts'
import { openShards, type Shards } from '../support/shards.ts'
import { askableSite, event, hit } from './reports-support.ts'

const quiet = { info() {}, warn() {}, error() {} }
const EDGE_RUN = '00112233445566778899aabb'
const trafficOf = createTrafficDetector(loadFacts())

let shards: Shards
let warehouse: Warehouse

// Every row is seen twice on `main`: these tests ask what is accepted, and tokens are tried on a cluster of one.
beforeAll(async () => {
  shards = await openShards()
  warehouse = shards.warehouse
})
afterAll(() => shards.close())

function enricherOf() {
  return createEnricher(
    { trafficOf, judge: (hit, { days }) => judgedAs(hit, days.dayOf(hit.time)) },
    {
      sites: { list: async () => [SITE] },
      rules: { all: async () => [] },
      links: { byIds: async () => [] },
      keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
    },
  )
}

test('a batch sent twice through a distributed table is kept once', async () => {
  await shards.makeTables(
    [
      '-- jejak:table shard = cityHash64(a)',
      'CREATE TABLE t (a UInt64)',
      'ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100;',
    ].join('\n'),
    'one',
  )
  const path = join(shards.directory, 'batch.tsv')
  writeFileSync(path, '1\n2\n3\n')
  const file: InsertFile = { table: 't', columns: [['a', 'UInt64']], path, token: 'batch' }
  await warehouse.insert(file)
  await shards.standIn.inject({ kind: 'cutAfterInsert', times: 1 })
  await expect(warehouse.insert({ ...file, token: 'lost' })).rejects.toMatchObject({ kind: 'unreachable' })
  await warehouse.insert({ ...file, token: 'lost' })
  await warehouse.insert(file)
  expect(await warehouse.query('SELECT a, count() AS n FROM t_local GROUP BY a ORDER BY a')).toEqual([
    { a: 1, n: 2 },
    { a: 2, n: 2 },
    { a: 3, n: 2 },
  ])
})

test('what the loader asks and writes is accepted', async () => {
  const judgedDays = new JudgedDaysLog(warehouse)
  const careful = createCarefulInserter(warehouse, shards.directory)
  const finder = createDuplicateFinder(warehouse)
  finder.begin('batch')
  await finder.find([pageview(EDGE_RUN, 1)])
  await judgedDays.note([{ siteId: SITE.id, day: '2026-01-01', generation: 1, rulesVersion: 1 }])
  await new Generations(warehouse).refresh()
  await careful.insertMissing([pageview(EDGE_RUN, 2)], [], 'root', () => 0)
})

test('a day is judged again, and what that leaves is swept', async () => {
  const turn = await beginTurn(
    { siteId: 99, from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2), days: ['2026-01-01'] },
    {
      warehouse,
      enricher: enricherOf(),
      careful: createCarefulInserter(warehouse, shards.directory),
      generations: new Generations(warehouse),
      judgedDays: new JudgedDaysLog(warehouse),
      sessions: new Sessions(warehouse, quiet),
    },
  )
  while ((await turn.step()) === null) {
    // An empty site takes a few steps.
  }
  expect(
    await warehouse.query(
      "SELECT count() AS n FROM turned_days_local WHERE site = 99 AND day = '2026-01-01'",
    ),
  ).toEqual([{ n: 1 }])
  await expect(sweep(warehouse)).resolves.toBeTypeOf('number')
})

test('sessions are worked out over all shards, anew as well, and what is no more is marked', async () => {
  const time = Date.UTC(2026, 2, 5, 23, 50)
  const pages = [0, 20].map((minutes, index) => ({
    ...judgedAs(
      pageview('00112233445566bb', index + 1, {
        siteId: 97,
        visitor: `00000000000000${index}0`,
        time: time + minutes * 60_000,
      }),
      index === 0 ? '2026-03-05' : '2026-03-06',
    ),
    previousVisitor: index === 0 ? '' : '0000000000000000',
  }))
  const touched = new TouchedVisitors()
  for (const page of pages) touched.add(page)
  const sessions = new Sessions(warehouse, quiet)
  await createCarefulInserter(warehouse, shards.directory).insertJudged(pages.slice(1), 0, 'pages')
  await sessions.update(touched, () => 0)
  await createCarefulInserter(warehouse, shards.directory).insertJudged(pages.slice(0, 1), 0, 'late')
  await sessions.update(touched, () => 0)
  const rows = 'SELECT DISTINCT toString(day) AS day, visitors FROM sessions FINAL WHERE site = 97'
  const one = [{ day: '2026-03-05', visitors: ['0000000000000000', '0000000000000010'] }]
  expect(await warehouse.query(rows)).toEqual(one)
  for await (const _ of sessions.rebuild({ siteId: 97, from: '2026-03-01', to: '2026-03-31' }, () => 0)) {
    // A step at a time.
  }
  expect(await warehouse.query(rows)).toEqual(one)
})

test('bursts are found over all shards, and days to judge again with them', async () => {
  const time = Date.UTC(2026, 2, 3, 12)
  const visitor = 'abcdefabcdefabcd'
  const hits = ['GET', 'HEAD', 'HEAD'].map((method, index) =>
    click('00112233445566aa', index + 1, { time: time + index, method, visitor, siteId: 98 }),
  )
  const day = '2026-03-03'
  const careful = createCarefulInserter(warehouse, shards.directory)
  const alone = hits.map((hit) => judgedAs(hit, day))
  await careful.insertMissing(hits, alone, 'burst', () => 0)
  const stretch = { siteId: 98, from: time, to: time + 1 }
  expect([...(await findBursts(warehouse, trafficOf, stretch))]).toEqual([[hits[0]?.hitId, 'burst_head']])

  const checkpoint = openCheckpoint(join(shards.directory, 'loader.db'))
  checkpoint.unsettle(stretch)
  const asked = new Promise((turn) => {
    const settler = new Settler(
      {
        warehouse,
        checkpoint,
        enricher: enricherOf(),
        judgeAgain: async (request) => {
          turn(request.days)
          return settler.stop().then(() => Promise.reject(new Error('seen')))
        },
        isTurning: () => false,
        log: { info() {}, warn() {}, error() {} },
      },
      { quiet: 0 },
    )
    settler.look()
  })
  expect(await asked).toEqual([day])
  checkpoint.close()
})

test('what reports ask is accepted', async () => {
  const { ask } = askableSite(warehouse)
  await ask({ metrics: ['arrivals', 'clicks', 'unique_clicks', 'visitors', 'pageviews', 'bot_hits'] })
  await ask({ metrics: ['arrivals'], dimensions: ['landing_page', 'side'], compare: 'previous' })
  await ask({ metrics: ['visitors'], dimensions: ['time:day'] })
  await expect(linkClicks(warehouse, SITE, [7])).resolves.toBeInstanceOf(Map)
})

test('what reports ask of sessions, conversions and landings is accepted', async () => {
  const booked: GoalMatch = { type: 'event', name: 'booked' }
  const goal = (name: string, match: GoalMatch) =>
    ({ name, match, value: { type: 'event' }, count: 'session' }) as const
  const { site, add, ask } = askableSite(warehouse, 'Europe/Berlin', {
    goals: [goal('Booked', booked), goal('Sold', { type: 'external' })],
    pageKinds: [{ pattern: '/dealers', label: 'Locator', kind: 'dealer_locator' }],
  })
  const at = '2026-11-10T10:00:00Z'
  const clickKey = '77'
  await add(
    hit(site, at, { clickKey, clickedAt: Date.parse(at), traffic: 'prefetch' }),
    hit(site, at, { kind: 'pageview', clickKey, landing: 'verified' }),
    event(site, at, { type: 'custom', name: 'booked', key: '1', value: '5', currency: 'USD' }),
    event(site, at, { type: 'identify', externalId: 'abc' }),
    event(site, at, { type: 'external', name: 'Sold', key: '2', externalId: 'abc' }, { clickKey }),
  )
  await ask({ metrics: [...METRICS.keys()] })
  await ask({
    metrics: ['clicks', 'landed_clicks', 'sessions'],
    dimensions: ['page_label'],
    compare: 'previous',
  })
  await ask({ metrics: ['conversion_rate'], dimensions: ['goal', 'entry_page'] })
})
