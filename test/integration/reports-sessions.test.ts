import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Goal } from '../../server/domain/goals/goal.ts'
import type { QueryAnswer } from '../../server/reports/contract.ts'
import {
  askableSite,
  event,
  hit,
  insertSessions,
  openTestWarehouse,
  type TestWarehouse,
  turnDay,
} from './reports-support.ts'

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

type TestGoal = Omit<Goal, 'id' | 'template'>

const BOOKED: TestGoal = {
  name: 'Booked',
  match: { type: 'event', name: 'booked' },
  value: { type: 'event' },
  count: 'every',
}
const FOUND: TestGoal = {
  name: 'Found',
  match: { type: 'page', page: '/dealers/**' },
  value: { type: 'fixed', amount: 2.5 },
  count: 'session',
}
const SOLD: TestGoal = { name: 'Sold', match: { type: 'external' }, value: { type: 'event' }, count: 'every' }

const A = '000000000000000a'
const B = '000000000000000b'
const C = '000000000000000c'

function rows({ results }: QueryAnswer) {
  return results.map(({ dimensions, metrics }) => [...dimensions, ...metrics])
}

/** Two visits on 10 November: one from social that finds and books twice, one from search that does nothing. */
async function twoVisits(goals: TestGoal[] = [BOOKED, FOUND]) {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals })
  await site.addSessions(
    {
      start: '2026-11-10T10:00:00Z',
      visitors: [A],
      pageviews: 3,
      engagedMs: 60_000,
      entryPage: 'example.com/',
      exitPage: 'example.com/dealers/7',
      inApp: 'Instagram',
    },
    {
      start: '2026-11-10T11:00:00Z',
      visitors: [B],
      bounce: true,
      engagedMs: 5_000,
      channel: 'Organic Search',
      side: 'Search',
    },
  )
  const page = { kind: 'pageview', visitor: A } as const
  await site.add(
    hit(site.site, '2026-11-10T10:00:00Z', { ...page, landingPage: 'example.com/' }),
    hit(site.site, '2026-11-10T10:05:00Z', { ...page, landingPage: 'example.com/dealers' }),
    hit(site.site, '2026-11-10T10:06:00Z', { ...page, landingPage: 'example.com/dealers/7' }),
    event(
      site.site,
      '2026-11-10T10:07:00Z',
      { type: 'custom', name: 'booked', value: '10.5' },
      { visitor: A },
    ),
    event(site.site, '2026-11-10T10:08:00Z', { type: 'custom', name: 'booked', value: '1' }, { visitor: A }),
    hit(site.site, '2026-11-10T11:00:00Z', { kind: 'pageview', visitor: B }),
  )
  return site
}

test('sessions are counted with their bounce, attention and pages', async () => {
  const { ask } = await twoVisits()
  const metrics = ['sessions', 'bounce_rate', 'engaged_time', 'pages_per_session']
  expect(rows(await ask({ metrics }))).toEqual([[2, 0.5, 32.5, 2]])
  expect(rows(await ask({ metrics, dimensions: ['channel'] }))).toEqual([
    ['Organic Search', 1, 1, 5, 1],
    ['Organic Social', 1, 0, 60, 3],
  ])
  expect(rows(await ask({ metrics, date_range: ['2026-11-01', '2026-11-02'] }))).toEqual([
    [0, null, null, null],
  ])
  expect(
    rows(await ask({ metrics: ['sessions'], dimensions: ['entry_page', 'exit_page', 'in_app'] })),
  ).toEqual([
    ['example.com/', 'example.com/dealers/7', 'Instagram', 1],
    ['example.com/models', 'example.com/models', '(none)', 1],
  ])
})

test('a session that was written again counts as it is now, and one that is gone does not', async () => {
  const site = askableSite(store.warehouse)
  const visit = { sessionId: randomUUID(), start: '2026-11-10T10:00:00Z', visitors: [A] }
  await insertSessions(store.warehouse, site.site, [{ ...visit, pageviews: 1 }])
  await insertSessions(store.warehouse, site.site, [{ ...visit, pageviews: 4 }], { version: 2 })
  await insertSessions(store.warehouse, site.site, [visit], { generation: 7 })
  await site.add(hit(site.site, '2026-11-10T10:00:00Z', { kind: 'pageview' }))
  expect(rows(await site.ask({ metrics: ['sessions', 'pages_per_session'] }))).toEqual([[1, 4]])
  await store.warehouse.command(
    `INSERT INTO sessions (site, day, generation, identity, ordinal, session_id, version, is_deleted)
     SELECT {site:UInt32}, '2026-11-10', 0, {identity:String}, {ordinal:UInt64}, {id:UUID}, 3, 1`,
    { site: site.site.id, identity: A, ordinal: Date.parse(visit.start), id: visit.sessionId },
  )
  expect(rows(await site.ask({ metrics: ['sessions'] }))).toEqual([[0]])
  await turnDay(store.warehouse, site.site.id, '2026-11-10', 7)
  expect(rows(await site.ask({ metrics: ['sessions'] }))).toEqual([[1]])
})

test('metrics of several tables stand in one row by what they have in common', async () => {
  const { ask } = await twoVisits()
  const metrics = ['pageviews', 'sessions', 'conversions', 'value', 'clicks']
  expect(rows(await ask({ metrics }))).toEqual([[4, 2, 3, 14, 0]])
  expect(
    rows(await ask({ metrics, dimensions: ['time:day'], date_range: ['2026-11-09', '2026-11-10'] })),
  ).toEqual([
    ['2026-11-09', 0, 0, 0, 0, 0],
    ['2026-11-10', 4, 2, 3, 14, 0],
  ])
  const byChannel = await ask({ metrics: ['sessions', 'conversions'], dimensions: ['channel', 'time:day'] })
  expect(rows(byChannel)).toEqual([
    ['Organic Search', '2026-11-10', 1, 0],
    ['Organic Social', '2026-11-10', 1, 3],
  ])
  expect(byChannel.meta.totalRows).toBe(2)
})

test('goals count every time or once a session, with a fixed value or the event’s', async () => {
  const { ask } = await twoVisits()
  expect(rows(await ask({ metrics: ['conversions', 'value'], dimensions: ['goal'] }))).toEqual([
    ['Booked', 2, 11.5],
    ['Found', 1, 2.5],
  ])
  expect(rows(await ask({ metrics: ['conversions'], dimensions: ['event', 'entry_page'] }))).toEqual([
    ['booked', 'example.com/', 2],
    ['(none)', 'example.com/', 1],
  ])
})

test('a rate is of all sessions, whatever goal is named', async () => {
  const { ask } = await twoVisits()
  const metrics = ['conversion_rate', 'converting_sessions']
  expect(rows(await ask({ metrics: [...metrics, 'sessions'] }))).toEqual([[0.5, 1, 2]])
  expect(rows(await ask({ metrics, dimensions: ['goal'] }))).toEqual([
    ['Booked', 0.5, 1],
    ['Found', 0.5, 1],
  ])
  expect(rows(await ask({ metrics, filters: [['is', 'goal', ['Found']]] }))).toEqual([[0.5, 1]])
  expect(rows(await ask({ metrics, filters: [['is', 'goal', ['No such']]] }))).toEqual([[0, 0]])
  expect(rows(await ask({ metrics, dimensions: ['channel'] }))).toEqual([
    ['Organic Social', 1, 1],
    ['Organic Search', 0, 0],
  ])
  expect(
    rows(await ask({ metrics, dimensions: ['channel', 'goal'], filters: [['is_not', 'goal', ['Found']]] })),
  ).toEqual([['Organic Social', 'Booked', 1, 1]])
  expect(rows(await ask({ metrics, filters: [['is', 'channel', ['Email']]] }))).toEqual([[null, 0]])
})

test('a goal that is added knows the past, and one that is gone takes its conversions along', async () => {
  const { ask } = await twoVisits([])
  const { meta, results } = await ask({ metrics: ['conversions', 'value', 'conversion_rate'] })
  expect(results[0]?.metrics).toEqual([0, 0, 0])
  expect(meta.warnings).toEqual(['The site has no goals yet, so nothing counts as a conversion.'])
})

test('once a session is once over midnight too, on the day that it came first', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [FOUND] })
  await site.addSessions({ start: '2026-11-09T22:50:00Z', end: '2026-11-09T23:20:00Z', visitors: [A] })
  const page = { kind: 'pageview', visitor: A, landingPage: 'example.com/dealers' } as const
  await site.add(hit(site.site, '2026-11-09T22:55:00Z', page), hit(site.site, '2026-11-09T23:10:00Z', page))
  const metrics = ['conversions', 'converting_sessions', 'conversion_rate']
  const on = async (day: string) => rows(await site.ask({ metrics, date_range: [day, day] }))
  expect(await on('2026-11-09')).toEqual([[1, 1, 1]])
  expect(await on('2026-11-10')).toEqual([[0, 0, null]])
})

test('a conversion belongs to the session of its time, under whatever key', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [{ ...BOOKED, count: 'session' }] })
  await site.addSessions(
    { start: '2026-11-10T08:00:00Z', visitors: [A], channel: 'Email' },
    { start: '2026-11-10T10:00:00Z', visitors: [A, B], channel: 'Referral' },
  )
  const booked = { type: 'custom', name: 'booked' } as const
  await site.add(
    event(site.site, '2026-11-10T08:20:00Z', booked, { visitor: A, channel: 'Direct' }),
    event(site.site, '2026-11-10T10:01:00Z', booked, { visitor: A, channel: 'Direct' }),
    event(site.site, '2026-11-10T10:02:00Z', booked, { visitor: B, channel: 'Direct' }),
    event(site.site, '2026-11-10T10:03:00Z', booked, { visitor: C, channel: 'Direct' }),
    event(site.site, '2026-11-10T10:04:00Z', booked, { visitor: A, traffic: 'bot' }),
  )
  expect(rows(await site.ask({ metrics: ['conversions'], dimensions: ['channel'] }))).toEqual([
    ['(none)', 1],
    ['Email', 1],
    ['Referral', 1],
  ])
})

test('what carries an order’s number counts once, however often its page is loaded', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [BOOKED] })
  const booked = (time: string, key: string) =>
    event(site.site, time, { type: 'custom', name: 'booked', key, value: '5' }, { visitor: A })
  await site.add(
    booked('2026-10-01T10:00:00Z', 'order 1'),
    booked('2026-11-10T10:00:00Z', 'order 1'),
    booked('2026-11-10T10:01:00Z', 'order 2'),
    booked('2026-11-10T10:02:00Z', 'order 2'),
    booked('2026-11-10T10:03:00Z', ''),
    booked('2026-11-10T10:04:00Z', ''),
  )
  expect(rows(await site.ask({ metrics: ['conversions', 'value'] }))).toEqual([[3, 15]])
  const october: [string, string] = ['2026-10-01', '2026-10-01']
  expect(rows(await site.ask({ metrics: ['conversions'], date_range: october }))).toEqual([[1]])
})

test('a value in another currency is counted as a conversion and left out of the sum', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [BOOKED] })
  const booked = (currency: string, value: string) =>
    event(
      site.site,
      '2026-11-10T10:00:00Z',
      { type: 'custom', name: 'booked', value, currency },
      { visitor: A },
    )
  await site.add(booked('EUR', '5'), booked('', '0.0001'), booked('USD', '7'), booked('GBP', ''))
  const { results, meta } = await site.ask({ metrics: ['conversions', 'value'] })
  expect(results[0]?.metrics).toEqual([4, 5.0001])
  expect(meta.warnings).toEqual([
    'The value of conversions in another currency than the site’s (EUR) is left out: 1 in USD.',
  ])
})

test('conversions from elsewhere are tied to their visit, and kept where there is none', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [SOLD] })
  await site.addSessions(
    { start: '2026-10-01T10:00:00Z', visitors: [A], clickKey: '77', channel: 'By click' },
    { start: '2026-10-02T10:00:00Z', visitors: [B], channel: 'By visitor' },
    { start: '2026-10-03T10:00:00Z', visitors: [C], channel: 'By external id', entryPage: 'example.com/c' },
    { start: '2026-11-10T12:00:00Z', visitors: [B], channel: 'Too late' },
  )
  const clickedAt = Date.parse('2026-10-01T09:59:00Z')
  await site.add(
    hit(site.site, '2026-10-01T09:59:00Z', { clickKey: '77', clickedAt, channel: 'Not asked' }),
    hit(site.site, '2026-10-01T09:59:00Z', { clickKey: '78', clickedAt, channel: 'Click alone' }),
    event(site.site, '2026-10-03T10:01:00Z', { type: 'identify', externalId: 'abc' }, { visitor: C }),
  )
  const sold = (facts: object, fields: object = {}) =>
    event(
      site.site,
      '2026-11-10T10:00:00Z',
      { type: 'external', name: 'Sold', value: '100', ...facts },
      { visitor: '', channel: 'Direct', ...fields },
    )
  await site.add(
    sold({ key: '1' }, { clickKey: '77', clickedAt, visitor: B }),
    sold({ key: '2' }, { clickKey: '78', clickedAt }),
    sold({ key: '3' }, { visitor: B }),
    sold({ key: '4', externalId: 'abc' }),
    sold({ key: '5', externalId: 'nobody' }),
    sold({ key: '6' }, { clickKey: '77', clickedAt: Date.parse('2026-11-10T10:00:01Z'), visitor: B }),
    sold({ key: '7', name: 'Another goal' }),
  )
  expect(rows(await site.ask({ metrics: ['conversions', 'value'], dimensions: ['channel'] }))).toEqual([
    ['(none)', 2, 200],
    ['By click', 1, 100],
    ['By external id', 1, 100],
    ['By visitor', 1, 100],
    ['Click alone', 1, 100],
  ])
  const question = { metrics: ['conversion_rate', 'converting_sessions'], dimensions: ['landing_page'] }
  expect(rows(await site.ask({ ...question, date_range: ['2026-10-01', '2026-10-03'] }))).toEqual([
    ['example.com/c', 1, 1],
    ['example.com/models', 1, 2],
  ])
  expect(rows(await site.ask({ ...question, dimensions: [] }))).toEqual([[0, 0]])
})

test('the last version of a conversion from elsewhere is the one that counts', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', { goals: [SOLD] })
  const told = (time: string, key: string, version: number, value: string, cancelled = false) =>
    event(
      site.site,
      time,
      { type: 'external', name: 'Sold', key, version, value, cancelled },
      { visitor: '' },
    )
  await site.add(
    told('2026-11-10T10:00:00Z', 'moved', 1, '5'),
    told('2026-10-10T10:00:00Z', 'moved', 2, '5'),
    told('2026-11-10T10:00:00Z', 'dearer', 9, '5'),
    told('2026-11-10T10:00:00Z', 'dearer', 10, '6'),
    told('2026-11-10T10:00:00Z', 'back', 1, '7'),
    told('2026-11-10T10:00:00Z', 'back', 2, '7', true),
    told('2026-11-10T10:00:00Z', '', 1, '1'),
    told('2026-11-10T10:00:00Z', '', 1, '1'),
  )
  const metrics = ['conversions', 'value']
  expect(rows(await site.ask({ metrics }))).toEqual([[3, 8]])
  expect(rows(await site.ask({ metrics, date_range: ['2026-10-10', '2026-10-10'] }))).toEqual([[1, 5]])
})

test('pages are grouped by what they are for, the first kind that matches', async () => {
  const site = askableSite(store.warehouse, 'Europe/Berlin', {
    goals: [FOUND],
    pageKinds: [
      { pattern: '/dealers/7', label: "Seven's", kind: 'campaign' },
      { pattern: '/dealers/**', label: 'Locator', kind: 'dealer_locator' },
    ],
  })
  await site.addSessions({ start: '2026-11-10T10:00:00Z', visitors: [A], entryPage: 'example.com/dealers/7' })
  const page = (landingPage: string) =>
    hit(site.site, '2026-11-10T10:00:00Z', { kind: 'pageview', visitor: A, landingPage })
  await site.add(page('example.com/dealers/7'), page('example.com/dealers/8'), page('example.com/'))
  expect(
    rows(
      await site.ask({
        metrics: ['pageviews', 'sessions', 'conversions'],
        dimensions: ['page_label', 'page_kind'],
      }),
    ),
  ).toEqual([
    ['(none)', '(none)', 1, 0, 0],
    ['Locator', 'dealer_locator', 1, 0, 0],
    ["Seven's", 'campaign', 1, 1, 1],
  ])
  const campaign = { metrics: ['pageviews'], filters: [['is', 'page_kind', ['campaign', '(none)']]] as never }
  expect(rows(await site.ask(campaign))).toEqual([[2]])
})

test('a comparison holds rates and figures of the period before, by row', async () => {
  const { ask } = await twoVisits()
  const { results } = await ask({
    metrics: ['sessions', 'conversion_rate', 'conversions', 'pageviews'],
    dimensions: ['channel'],
    date_range: ['2026-11-10', '2026-11-10'],
    compare: 'previous',
    order_by: [['conversion_rate', 'desc']],
  })
  expect(results).toEqual([
    { dimensions: ['Organic Social'], metrics: [1, 1, 3, 4], compare: { metrics: [0, null, 0, 0] } },
    { dimensions: ['Organic Search'], metrics: [1, 0, 0, 0], compare: { metrics: [0, null, 0, 0] } },
  ])
  const before = await ask({
    metrics: ['sessions', 'bounce_rate'],
    dimensions: ['time:day'],
    date_range: ['2026-11-11', '2026-11-11'],
    compare: ['2026-11-10', '2026-11-10'],
  })
  expect(before.results).toEqual([
    { dimensions: ['2026-11-11'], metrics: [0, null], compare: { metrics: [2, 0.5] } },
  ])
})
