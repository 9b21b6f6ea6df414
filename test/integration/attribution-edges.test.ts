import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODELS } from '../../server/domain/attribution/contract.ts'
import {
  ANN,
  attributedSite,
  BEN,
  BOOKED,
  countedPaths,
  DIRECT,
  given,
  SEARCH,
  SOCIAL,
  sums,
} from './attribution-support.ts'
import {
  event,
  hit,
  insertHits,
  insertSessions,
  openTestWarehouse,
  type TestWarehouse,
  turnDay,
} from './reports-support.ts'

let engine: TestWarehouse
beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())

const site = (options?: Parameters<typeof attributedSite>[1]) => attributedSite(engine.warehouse, options)

describe('a journey without conversion', () => {
  test('stays one where the person converts only after the window after the range', async () => {
    const { visits, books, attribute } = site()
    await visits(ANN, { start: '2026-11-30T10:00:00Z', ...SOCIAL })
    await visits(BEN, { start: '2026-11-30T10:00:00Z', ...SEARCH })
    await visits('00000000000000c1', { start: '2026-11-10T10:00:00Z', ...SEARCH })
    await books(ANN, '2026-12-02T00:00:00Z')
    await books(BEN, '2026-12-01T23:59:59.999Z')
    await books('00000000000000c1', '2026-11-10T10:01:00Z')
    const answer = await attribute({ window: 1 })
    expect(answer.nulls.paths).toBe(1)
    expect(answer.topPaths.find(({ nulls }) => nulls === 1)?.path).toEqual(['Organic Social'])
  })
})

describe('conversions of one instant', () => {
  const TWICE = [BOOKED, { ...BOOKED, name: 'Booked too', value: { type: 'fixed' as const, amount: 2.0415 } }]

  test('each have the path: one hit may reach two goals, and none of them came before the other', async () => {
    const { visits, books, attribute, ask } = site({ goals: TWICE })
    await visits(ANN, { start: '2026-11-02T10:00:00Z', ...SOCIAL })
    await books(ANN, '2026-11-02T10:05:00Z', '1.0001')
    for (const reuse of [true, false]) {
      const answer = await attribute({ options: { reuse } })
      expect(countedPaths(answer)).toEqual({ 'Organic Social': 2 })
      expect(answer.totals).toEqual({ conversions: 2, value: 3.0416 })
    }
    const counted = await ask({ metrics: ['conversions', 'value'], date_range: ['2026-11-01', '2026-11-30'] })
    expect(counted.results[0]?.metrics).toEqual([2, 3.0416])
  })

  test('end the path of those that follow', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...SEARCH },
    )
    await books(ANN, '2026-11-02T10:05:00Z', '1')
    await books(ANN, '2026-11-02T10:05:00Z', '1')
    await books(ANN, '2026-11-03T10:05:00Z', '2')
    expect(countedPaths(await attribute({ options: { reuse: false } }))).toEqual({
      'Organic Social': 2,
      'Organic Search': 1,
    })
  })
})

test('a window shorter than a millisecond still holds the conversion’s own instant', async () => {
  const { visits, books, attribute } = site()
  await visits(
    ANN,
    { start: '2026-11-02T10:00:00Z', ...SOCIAL },
    { start: '2026-11-02T10:00:00.001Z', ...SEARCH },
  )
  await books(ANN, '2026-11-02T10:00:00.001Z')
  expect(countedPaths(await attribute({ window: 1e-9 }))).toEqual({ 'Organic Search': 1 })
})

describe('keys', () => {
  test('may hold any characters', async () => {
    const { visits, books, attribute } = site()
    const campaigns = [
      "it's",
      'say "hi"',
      'back\\slash',
      "\\'",
      '\\',
      'a\tb',
      'a\nb',
      '\\N',
      'NULL',
      '',
      'Тест-драйв 🚗',
      '{p0:String}',
      '%27%5C',
      '[1,2]',
      '(none)',
      "','",
      'a\u0000b',
      ' a ',
    ]
    for (const [index, campaign] of campaigns.entries()) {
      const visitor = index.toString(16).padStart(16, '0')
      await visits(visitor, { start: '2026-11-02T10:00:00Z', ...SOCIAL, campaign })
      await books(visitor, '2026-11-02T10:00:01Z', '1')
    }
    const answer = await attribute({ grain: 'campaign', models: [...MODELS], paths: 100 })
    const expected = new Map<string, number>()
    for (const campaign of campaigns)
      expected.set(campaign || '(none)', (expected.get(campaign || '(none)') ?? 0) + 1)
    // Without journeys that did not convert shapleyRate tells no key from another.
    for (const model of MODELS.filter((model) => model !== 'shapleyRate'))
      expect(given(answer, model)).toEqual(Object.fromEntries(expected))
    expect(countedPaths(answer)).toEqual(Object.fromEntries(expected))
  })

  test('beyond 500 are counted together, once, whatever a campaign calls itself', async () => {
    const { visits, books, attribute, site: at } = site()
    await engine.warehouse.command(
      `INSERT INTO sessions (site, day, identity, ordinal, version, session_id, start, visitors, campaign, channel)
       SELECT {site:UInt32}, '2026-11-02', leftPad(toString(number), 16, '0'), 1, 1, generateUUIDv4(),
         '2026-11-02 10:00:00', [leftPad(toString(number), 16, '0')], concat('c', leftPad(toString(number), 3, '0')), 'Email' FROM numbers(503)`,
      { site: at.id },
    )
    // One of those that are told apart, and one of those that are not.
    await books('0000000000000007', '2026-11-02T20:00:00Z')
    await books('0000000000000502', '2026-11-02T20:00:00Z')
    await visits(
      ANN,
      ...['(other)', '(other)', '(no touch)', '(no touch)'].map((campaign, index) => ({
        start: `2026-11-02T1${index}:00:00Z`,
        campaign,
      })),
    )
    await visits(
      BEN,
      { start: '2026-11-02T10:00:00Z', campaign: 'x' },
      { start: '2026-11-02T11:00:00Z', campaign: 'x' },
    )
    await books(ANN, '2026-11-02T20:00:00Z')
    await books(BEN, '2026-11-02T20:00:00Z')
    await books('ffffffffffffffff', '2026-11-02T20:00:00Z')
    const answer = await attribute({ grain: 'campaign', models: ['linear'] })
    const names = answer.results.map(({ key }) => key)
    expect(new Set(names).size).toBe(names.length)
    expect(given(answer, 'linear')).toEqual({ '(other)': 2, c007: 1, x: 1, '(no touch)': 1 })
    expect(answer.meta.warnings).toContainEqual(expect.stringContaining('4 more keys'))
  })
})

describe('a site in a zone with summer time', () => {
  test.each([
    ['America/New_York', ['2026-11-01', '2026-11-01'], '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Asia/Kathmandu', ['2026-11-01', '2026-11-01'], '2026-10-31T18:15:00Z', '2026-11-01T18:15:00Z'],
    [
      'America/New_York',
      ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'],
      '2026-11-01T05:30:00Z',
      '2026-11-01T06:30:00Z',
    ],
  ] as [string, [string, string], string, string][])(
    'counts the conversions of %s %j as the query does',
    async (timezone, range, from, until) => {
      const { visits, books, attribute, ask } = site({ timezone })
      const moments = [Date.parse(from) - 1, Date.parse(from), Date.parse(until) - 1, Date.parse(until)]
      for (const [index, moment] of moments.entries()) {
        const visitor = `00000000000000e${index}`
        // Seven days of 24 hours back, whatever the clocks did: not the first instant.
        await visits(visitor, { start: new Date(moment - 7 * 86_400_000).toISOString(), ...SEARCH })
        await visits(visitor, { start: new Date(moment - 7 * 86_400_000 + 1).toISOString(), ...SOCIAL })
        await books(visitor, new Date(moment).toISOString(), '0.1')
      }
      const answer = await attribute({ date_range: range, window: 7 })
      expect(countedPaths(answer)).toEqual({ 'Organic Social': 2 })
      const counted = await ask({ metrics: ['conversions', 'value'], date_range: range })
      expect(counted.results[0]?.metrics).toEqual([2, 0.2])
      expect(answer.totals).toEqual({ conversions: 2, value: 0.2 })
    },
  )
})

test('a click is its visit even where that begins beyond the range', async () => {
  const { visits, clicks, add, books, site: at, attribute } = site()
  const clickedAt = Date.parse('2026-11-30T23:59:58Z')
  const link = { linkId: 7, link: 'go.example.com/a', clickKey: '71', clickedAt }
  await clicks(ANN, '2026-11-30T23:59:58Z', link)
  await add(hit(at, '2026-12-01T00:00:02Z', { kind: 'pageview', visitor: ANN, ...link, landing: 'verified' }))
  await visits(ANN, { start: '2026-12-01T00:00:02Z', ...link, ...SOCIAL })
  await books(ANN, '2026-11-30T23:59:59Z')
  const { coverage } = await attribute({ options: { nulls: false } })
  expect(coverage).toMatchObject({ withTouch: 0, withoutTouch: 1 })
})

test('whoever stands before the last touch has assisted, once a conversion, even where they end it too', async () => {
  const { visits, books, attribute } = site()
  await visits(
    ANN,
    { start: '2026-11-02T10:00:00Z', ...SOCIAL },
    { start: '2026-11-03T10:00:00Z', ...SOCIAL },
    { start: '2026-11-04T10:00:00Z', ...SEARCH },
    { start: '2026-11-05T10:00:00Z', ...SOCIAL },
  )
  await books(ANN, '2026-11-05T10:05:00Z', '12')
  const { results } = await attribute()
  expect(Object.fromEntries(results.map(({ key, assisted }) => [key, assisted]))).toEqual({
    'Organic Social': { conversions: 1, value: 12, lastConversions: 1, ratio: 1 },
    'Organic Search': { conversions: 1, value: 12, lastConversions: 0, ratio: null },
  })
})

test('of a day that was judged again only what counts now is seen', async () => {
  const { visits, books, attribute, site: at } = site()
  await visits(ANN, { start: '2026-11-02T10:00:00Z', ...SOCIAL })
  await books(ANN, '2026-11-02T10:05:00Z', '9')
  await insertSessions(
    engine.warehouse,
    at,
    [{ start: '2026-11-02T10:00:00Z', visitors: [ANN], ...SEARCH }],
    { generation: 1 },
  )
  await insertHits(
    engine.warehouse,
    [event(at, '2026-11-02T10:05:00Z', { type: 'custom', name: 'booked', value: '8' }, { visitor: ANN })],
    1,
  )
  expect(countedPaths(await attribute())).toEqual({ 'Organic Social': 1 })
  await turnDay(engine.warehouse, at.id, '2026-11-02', 1)
  const turned = await attribute()
  expect(countedPaths(turned)).toEqual({ 'Organic Search': 1 })
  expect(turned.totals.value).toBe(8)
})

test('sides may be the analyst’s own', async () => {
  const { visits, clicks, books, attribute } = site()
  await clicks(ANN, '2026-11-01T10:00:00Z', { channel: 'Display', side: 'Other', linkId: 4 })
  await visits(
    ANN,
    { start: '2026-11-02T10:00:00Z', channel: 'Email', side: 'Other' },
    { start: '2026-11-03T10:00:00Z', ...SEARCH },
  )
  await books(ANN, '2026-11-03T10:05:00Z')
  const sides = { search: ['Email'], social: ['Display', 'Referral'] }
  expect(countedPaths(await attribute({ grain: 'side', sides }))).toEqual({ 'Social > Search > Other': 1 })
})

test('a prefetched click is a touch only as the visit that it led to; a forwarded one is whoever’s visit it brought', async () => {
  const { visits, clicks, add, books, site: at, attribute } = site()
  const clickedAt = Date.parse('2026-11-02T10:00:00Z')
  const link = { linkId: 7, link: 'go.example.com/a', clickKey: '71', clickedAt }
  await clicks(ANN, '2026-11-02T10:00:00Z', { ...link, traffic: 'prefetch' })
  await add(
    hit(at, '2026-11-02T10:10:00Z', { kind: 'pageview', visitor: ANN, ...link, landing: 'verified' }),
    hit(at, '2026-11-02T15:00:00Z', { kind: 'pageview', visitor: BEN, ...link, landing: 'verified' }),
  )
  await visits(ANN, { start: '2026-11-02T10:10:00Z', ...link, ...SOCIAL })
  await visits(BEN, { start: '2026-11-02T15:00:00Z', ...link, ...SOCIAL })
  await books(ANN, '2026-11-02T16:00:00Z')
  await books(BEN, '2026-11-02T16:00:00Z')
  expect(countedPaths(await attribute())).toEqual({ 'Organic Social': 2 })
})

describe('the warning of data that begin in the window', () => {
  test('is given where the window reaches before them, and not where it ends with them', async () => {
    const { visits, books, attribute } = site()
    await visits(ANN, { start: '2026-11-02T10:00:00Z', ...SOCIAL })
    await books(ANN, '2026-11-12T10:05:00Z')
    await books(ANN, '2026-11-02T10:05:00Z')
    const warned = async (window: number) =>
      (await attribute({ date_range: ['2026-11-12', '2026-11-12'], window })).meta.warnings.some((text) =>
        text.startsWith('Data begin'),
      )
    expect(await warned(10)).toBe(false)
    expect(await warned(10.1)).toBe(true)
  })
})

test('a goal that counts once a session ends one path a session', async () => {
  const { visits, books, attribute, ask } = site({ goals: [{ ...BOOKED, count: 'session' }] })
  await visits(
    ANN,
    { start: '2026-10-31T23:50:00Z', ...SOCIAL },
    { start: '2026-11-02T10:00:00Z', ...SEARCH },
  )
  for (const time of [
    '2026-10-31T23:55:00Z',
    '2026-11-01T00:05:00Z',
    '2026-11-02T10:05:00Z',
    '2026-11-02T10:06:00Z',
  ])
    await books(ANN, time, '5')
  const answer = await attribute()
  expect(countedPaths(answer)).toEqual({ 'Organic Social > Organic Search': 1 })
  expect(answer.totals.value).toBe(5)
  const counted = await ask({ metrics: ['conversions'], date_range: ['2026-11-01', '2026-11-30'] })
  expect(counted.results[0]?.metrics).toEqual([1])
})

test('the oldest and the longest question is answered', async () => {
  const { visits, books, attribute } = site()
  await visits(ANN, { start: '1970-01-03T10:00:00Z', ...SOCIAL })
  await books(ANN, '1970-01-03T10:05:00Z')
  const answer = await attribute({ date_range: ['1970-01-02', '2099-12-31'], window: 365 })
  expect(countedPaths(answer)).toEqual({ 'Organic Social': 1 })
})

test('large values keep their sum', async () => {
  const { visits, books, attribute } = site()
  await visits(
    ANN,
    { start: '2026-11-02T10:00:00Z', ...SOCIAL },
    { start: '2026-11-03T10:00:00Z', ...SEARCH },
    { start: '2026-11-04T10:00:00Z', ...DIRECT },
  )
  for (const value of ['99999999999999.9999', '0.0001', '0.3333'])
    await books(ANN, '2026-11-04T11:00:00Z', value)
  const answer = await attribute({ models: [...MODELS] })
  for (const model of MODELS)
    expect(Math.abs(sums(answer, model).value / answer.totals.value - 1)).toBeLessThan(1e-9)
})

test('a visitor with too many touches and conversions is not followed, and takes nobody else along', async () => {
  const { site: at, add, visits, books, attribute, ask } = site()
  const MONITOR = '00000000000000f1'
  const when = (minute: number) =>
    new Date(Date.parse('2026-11-02T00:00:00Z') + minute * 60_000).toISOString()
  // Clicks on a thousand links: as many touches.
  await add(
    ...Array.from({ length: 1_000 }, (_, index) =>
      hit(at, when(index), { visitor: MONITOR, linkId: index + 1, clickKey: String(index + 1) }),
    ),
    ...Array.from({ length: 501 }, (_, index) =>
      event(at, when(2_000 + index), { type: 'custom', name: 'booked', value: '2' }, { visitor: MONITOR }),
    ),
  )
  await visits(ANN, { start: '2026-11-03T10:00:00Z', ...SOCIAL })
  await books(ANN, '2026-11-03T10:05:00Z', '3')
  const answer = await attribute()
  expect(answer.totals).toEqual({ conversions: 502, value: 1005 })
  expect(answer.coverage).toMatchObject({ withTouch: 1, withoutTouch: 501, unfollowed: 501 })
  expect(countedPaths(answer)).toEqual({ 'Organic Social': 1 })
  expect(answer.meta.warnings).toContainEqual(expect.stringContaining('501 of these are by visitors'))
  const counted = await ask({ metrics: ['conversions'], date_range: ['2026-11-01', '2026-11-30'] })
  expect(counted.results[0]?.metrics).toEqual([502])
})
