import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryRequest } from '../../server/reports/contract.ts'
import { linkClicks } from '../../server/reports/link-clicks.ts'
import {
  askableSite,
  hit,
  insertHits,
  openTestWarehouse,
  type TestWarehouse,
  turnDay,
} from './reports-support.ts'

let store: TestWarehouse
const newSite = (timezone?: string) => askableSite(store.warehouse, timezone)

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

const DAY = '2026-11-10T10:00:00Z'

describe('what is counted', () => {
  test('people by default; machines and unanswered clicks are bot_hits, and all adds up', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, DAY),
      hit(site, DAY),
      hit(site, DAY, { outcome: 'expired' }),
      hit(site, DAY, { traffic: 'bot', visitor: '' }),
      hit(site, DAY, { traffic: 'head' }),
      hit(site, DAY, { kind: 'pageview' }),
      hit(site, DAY, { kind: 'pageview', entry: false }),
      hit(site, DAY, { kind: 'pageview', traffic: 'bot' }),
    )
    const { results } = await ask({
      metrics: ['arrivals', 'clicks', 'unique_clicks', 'visitors', 'pageviews', 'bot_hits'],
    })
    expect(results).toEqual([{ dimensions: [], metrics: [1, 2, 1, 1, 2, 4] }])
  })

  test('naming traffic or outcome, to split or to filter, counts what it names', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, DAY),
      hit(site, DAY, { traffic: 'bot' }),
      hit(site, DAY, { traffic: 'bot' }),
      hit(site, DAY, { traffic: 'bot', outcome: 'unknown' }),
      hit(site, DAY, { outcome: 'expired' }),
    )
    const byTraffic = await ask({ metrics: ['clicks'], dimensions: ['traffic'] })
    expect(byTraffic.results).toEqual([
      { dimensions: ['bot'], metrics: [2] },
      { dimensions: ['person'], metrics: [1] },
    ])
    const byOutcome = await ask({ metrics: ['clicks'], dimensions: ['outcome'] })
    expect(byOutcome.results).toEqual([
      { dimensions: ['expired'], metrics: [1] },
      { dimensions: ['redirected'], metrics: [1] },
    ])
    const bots = await ask({ metrics: ['clicks', 'bot_hits'], filters: [['is', 'traffic', ['bot']]] })
    expect(bots.results).toEqual([{ dimensions: [], metrics: [2, 3] }])
    const nested = await ask({ metrics: ['clicks'], filters: [['not', ['is', 'outcome', ['redirected']]]] })
    expect(nested.results).toEqual([{ dimensions: [], metrics: [1] }])
  })

  test('unique clicks are pairs of visitor and link by day, visitors are keys', async () => {
    const { site, ask, add } = newSite()
    const other = { linkId: 2, link: 'go.example.com/b' }
    await add(
      hit(site, '2026-11-09T10:00:00Z'),
      hit(site, '2026-11-09T11:00:00Z'),
      hit(site, '2026-11-09T12:00:00Z', other),
      hit(site, '2026-11-10T10:00:00Z'),
      hit(site, '2026-11-10T10:00:00Z', { visitor: '00000000000000bb' }),
      hit(site, '2026-11-10T10:00:00Z', { visitor: '' }),
    )
    const { results, meta } = await ask({ metrics: ['clicks', 'unique_clicks', 'visitors'] })
    expect(results[0]?.metrics).toEqual([6, 4, 2])
    expect(meta.warnings).toHaveLength(2)
    expect(meta.warnings[0]).toMatch(/once a day/)
    expect(meta.warnings[1]).toBe('1 hit has no visitor key and is left out of unique_clicks and visitors.')
    const oneDay = await ask({ metrics: ['visitors'], date_range: ['2026-11-09', '2026-11-09'] })
    expect(oneDay.meta.warnings).toEqual([])
  })

  test('what is absent shows as (none) or (unknown), and can be filtered by', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, DAY, { campaign: '', country: '' }),
      hit(site, DAY, { campaign: 'spring', country: 'FR' }),
    )
    const split = await ask({ metrics: ['clicks'], dimensions: ['campaign', 'country'] })
    expect(split.results.map(({ dimensions }) => dimensions)).toEqual([
      ['(none)', '(unknown)'],
      ['spring', 'FR'],
    ])
    const clicks = async (filters: QueryRequest['filters']) =>
      (await ask({ metrics: ['clicks'], ...(filters && { filters }) })).results[0]?.metrics[0]
    expect(await clicks([['is', 'campaign', ['(none)']]])).toBe(1)
    expect(await clicks([['is', 'country', ['(unknown)', 'FR']]])).toBe(2)
    expect(await clicks([['is_not', 'campaign', ['(none)']]])).toBe(1)
    expect(await clicks([['matches', 'campaign', ['.*']]])).toBe(1)
    expect(await clicks([['contains', 'campaign', ['PRI', 'nothing']]])).toBe(1)
    expect(
      await clicks([
        [
          'or',
          [
            ['matches', 'campaign', ['^sp.*g$']],
            ['is', 'campaign', ['(none)']],
          ],
        ],
      ]),
    ).toBe(2)
    expect(
      await clicks([
        [
          'not',
          [
            'and',
            [
              ['is', 'campaign', ['spring']],
              ['is', 'country', ['FR']],
            ],
          ],
        ],
      ]),
    ).toBe(1)
  })

  test('sides are judged, with paid, or put together from channels', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, DAY, { channel: 'Organic Social', side: 'Social', sideWithPaid: 'Social' }),
      hit(site, DAY, { channel: 'Paid Search', side: 'Other', sideWithPaid: 'Search' }),
      hit(site, DAY, { channel: 'Email', side: 'Other', sideWithPaid: 'Other' }),
    )
    const sides = async (sides: NonNullable<QueryRequest['sides']>) => {
      const { results } = await ask({ metrics: ['clicks'], dimensions: ['side', 'channel'], sides })
      return Object.fromEntries(results.map(({ dimensions: [side, channel] }) => [channel, side]))
    }
    expect(await sides('organic')).toEqual({
      'Organic Social': 'Social',
      'Paid Search': 'Other',
      Email: 'Other',
    })
    expect(await sides('with_paid')).toEqual({
      'Organic Social': 'Social',
      'Paid Search': 'Search',
      Email: 'Other',
    })
    expect(await sides({ search: ['Email'], social: ['Paid Search'] })).toEqual({
      'Organic Social': 'Other',
      'Paid Search': 'Social',
      Email: 'Search',
    })
  })

  test('on a page whose host sent no pageview, arrivals and pageviews are unknown and never 0', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, DAY, { landingPage: 'shop.elsewhere.com/x' }),
      hit(site, DAY, { landingPage: 'example.com/models' }),
      hit(site, DAY, { landingPage: 'example.com/models' }),
      hit(site, DAY, { landingPage: 'example.com/dealers', kind: 'pageview', side: 'Search' }),
      hit(site, '2026-11-03T10:00:00Z', { landingPage: 'example.com/models' }),
    )
    const metrics = ['arrivals', 'pageviews', 'clicks']
    const pages = await ask({ metrics, dimensions: ['landing_page'], compare: 'previous' })
    expect(pages.results).toEqual([
      { dimensions: ['example.com/dealers'], metrics: [1, 1, 0], compare: { metrics: [null, null, 0] } },
      { dimensions: ['example.com/models'], metrics: [0, 0, 2], compare: { metrics: [null, null, 1] } },
      {
        dimensions: ['shop.elsewhere.com/x'],
        metrics: [null, null, 1],
        compare: { metrics: [null, null, 0] },
      },
    ])
    const drill = (page: string) =>
      ask({ metrics, dimensions: ['side'], filters: [['is', 'landing_page', [page]]] })
    expect((await drill('shop.elsewhere.com/x')).results[0]?.metrics).toEqual([null, null, 1])
    expect((await drill('example.com/models')).results[0]?.metrics).toEqual([0, 0, 2])
    const filtered = await ask({
      metrics,
      filters: [
        ['contains', 'landing_page', ['ELSEWHERE']],
        ['is', 'channel', ['Email']],
      ],
    })
    expect(filtered.results[0]?.metrics).toEqual([null, null, 0])
    expect((await ask({ metrics })).results[0]?.metrics).toEqual([1, 1, 3])
  })
})

describe('generations', () => {
  test('only rows of the current generation of their day count', async () => {
    const { site, ask, add } = newSite()
    await add(hit(site, '2026-11-09T10:00:00Z', { source: 'kept' }), hit(site, DAY, { source: 'stale' }))
    await insertHits(store.warehouse, [hit(site, DAY, { source: 'new', rulesVersion: 2 })], 1)
    await insertHits(store.warehouse, [hit(site, DAY, { source: 'to come', rulesVersion: 3 })], 2)
    const before = await ask({ metrics: ['clicks'], dimensions: ['source'] })
    expect(before.results.map(({ dimensions }) => dimensions[0])).toEqual(['kept', 'stale'])
    expect(before.meta).toMatchObject({ warnings: [], rulesVersion: 1 })
    await turnDay(store.warehouse, site.id, '2026-11-10', 1)
    const after = await ask({ metrics: ['clicks'], dimensions: ['source'] })
    expect(after.results.map(({ dimensions }) => dimensions[0])).toEqual(['kept', 'new'])
    expect(after.meta.rulesVersion).toBe(2)
    expect(after.meta.warnings).toEqual([
      expect.stringMatching(/^Part of this range was judged by older rules/),
    ])
    const oneDay = await ask({ metrics: ['clicks'], date_range: 'day' })
    expect(oneDay.meta.warnings).toEqual([])
    expect(await linkClicks(store.warehouse, site, [1, 2])).toEqual(
      new Map([[1, { clicks: 2, lastClickAt: Date.parse(DAY) }]]),
    )
  })

  test('days with data are those of current generations', async () => {
    const { site, ask, add } = newSite()
    expect((await ask({ metrics: ['clicks'] })).meta.available).toBeNull()
    await add(hit(site, '2014-02-03T10:00:00Z'), hit(site, '2014-02-05T10:00:00Z'))
    await insertHits(store.warehouse, [hit(site, '2013-01-01T10:00:00Z')], 4)
    const { meta, results } = await ask({ metrics: ['clicks'], date_range: 'all' })
    expect(meta.available).toEqual({ from: '2014-02-03', to: '2014-02-05' })
    expect(meta).toMatchObject({ from: '2014-02-03', to: '2026-11-11' })
    expect(results[0]?.metrics).toEqual([2])
  })
})

describe('order and pages', () => {
  test('the first metric descending, ties by dimensions; a page knows how many rows there are', async () => {
    const { site, ask, add } = newSite()
    await add(...['b', 'a', 'c', 'c'].map((source) => hit(site, DAY, { source })))
    const sources = async (question: Partial<QueryRequest>) => {
      const { results, meta } = await ask({ metrics: ['clicks'], dimensions: ['source'], ...question })
      return [results.map(({ dimensions }) => dimensions[0]).join(''), meta.totalRows]
    }
    expect(await sources({})).toEqual(['cab', 3])
    expect(await sources({ order_by: [['clicks', 'asc']] })).toEqual(['abc', 3])
    expect(await sources({ order_by: [['source', 'desc']] })).toEqual(['cba', 3])
    expect(await sources({ limit: 1, offset: 1 })).toEqual(['a', 3])
    expect(await sources({ offset: 9 })).toEqual(['', 3])
    expect(await sources({ filters: [['is', 'source', ['z']]] })).toEqual(['', 0])
  })

  test('a time axis alone can be ordered by a metric and paged', async () => {
    const { site, ask, add } = newSite()
    await add(hit(site, '2026-11-09T10:00:00Z'), hit(site, DAY), hit(site, DAY))
    const { results, meta } = await ask({
      metrics: ['clicks'],
      dimensions: ['time:day'],
      order_by: [['clicks', 'desc']],
      limit: 3,
    })
    expect(results.map(({ dimensions, metrics }) => [dimensions[0], metrics[0]])).toEqual([
      ['2026-11-10', 2],
      ['2026-11-09', 1],
      ['2026-11-05', 0],
    ])
    expect(meta.totalRows).toBe(7)
  })

  test('the answer repeats the question as it was understood', async () => {
    const { ask } = newSite()
    const { query, meta } = await ask({ metrics: ['clicks'] })
    expect(query).toEqual({
      site: 'default',
      metrics: ['clicks'],
      dimensions: [],
      filters: [],
      date_range: ['2026-11-05', '2026-11-11'],
      order_by: [['clicks', 'desc']],
      sides: 'organic',
      limit: 100,
      offset: 0,
      compare: null,
    })
    expect(meta).toEqual({
      timezone: 'Europe/Berlin',
      from: '2026-11-05',
      to: '2026-11-11',
      completeUntil: '2026-11-11T11:59:58.500Z',
      rulesVersion: 0,
      totalRows: 1,
      warnings: [],
      available: null,
    })
  })
})

describe('values from outside', () => {
  test.each([
    `'; DROP TABLE hits; --`,
    `\\'; SELECT 1 --`,
    '{p0:String}',
    "') OR 1 = 1 --",
    '\u0000\n\t\\N',
    "'] OR 1=1 --",
    '%',
  ])('%j finds itself and nothing else', async (source) => {
    const { site, ask, add } = newSite()
    await add(hit(site, DAY), hit(site, DAY, { source }))
    const split = await ask({
      metrics: ['clicks'],
      dimensions: ['source'],
      filters: [['is', 'source', [source]]],
    })
    expect(split.results).toEqual([{ dimensions: [source], metrics: [1] }])
    const held = await ask({ metrics: ['clicks'], filters: [['contains', 'source', [source]]] })
    expect(held.results[0]?.metrics).toEqual([1])
    const literally = source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const matched = await ask({ metrics: ['clicks'], filters: [['matches', 'source', [literally]]] })
    expect(matched.results[0]?.metrics).toEqual([1])
  })

  test('a bad pattern is named by its place, with what RE2 says', async () => {
    const { ask } = newSite()
    await expect(
      ask({ metrics: ['clicks'], filters: [['not', ['matches', 'source', ['fine', 'a(?=b)']]]] }),
    ).rejects.toMatchObject({
      problems: [
        { field: 'filters[0][1][2][1]', message: 'This is not an RE2 pattern: invalid perl operator: (?=.' },
      ],
    })
  })

  test('another site stays out', async () => {
    const mine = newSite()
    const theirs = newSite()
    await theirs.add(hit(theirs.site, DAY))
    expect((await mine.ask({ metrics: ['clicks'] })).results[0]?.metrics).toEqual([0])
  })
})

test('clicks of links are people’s redirected ones, with the last of them', async () => {
  const { site, add } = newSite()
  const two = { linkId: 2, link: 'go.example.com/b' }
  await add(
    hit(site, '2014-01-01T10:00:00Z'),
    hit(site, '2026-11-10T10:00:00.123Z'),
    hit(site, '2026-11-11T10:00:00Z', { traffic: 'bot' }),
    hit(site, '2026-11-11T10:00:00Z', { outcome: 'disabled' }),
    hit(site, '2026-11-11T10:00:00Z', { ...two, traffic: 'bot' }),
  )
  expect(await linkClicks(store.warehouse, site, [1, 2, 3])).toEqual(
    new Map([[1, { clicks: 2, lastClickAt: Date.parse('2026-11-10T10:00:00.123Z') }]]),
  )
  expect(await linkClicks(store.warehouse, site, [])).toEqual(new Map())
})
