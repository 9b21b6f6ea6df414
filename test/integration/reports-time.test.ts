import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askableSite, hit, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let store: TestWarehouse
const newSite = (timezone?: string) => askableSite(store.warehouse, timezone)

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

const DAY = '2026-11-10T10:00:00Z'

describe('time', () => {
  test('a repeated hour is two rows, and a skipped one none', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, '2026-10-25T00:30:00Z'),
      hit(site, '2026-10-25T01:30:00Z'),
      hit(site, '2026-10-25T01:45:00Z'),
    )
    const autumn = await ask({
      metrics: ['clicks'],
      dimensions: ['time:hour'],
      date_range: ['2026-10-25', '2026-10-25'],
    })
    expect(autumn.results).toHaveLength(25)
    expect(autumn.results.slice(1, 5)).toEqual([
      { dimensions: ['2026-10-25T01:00:00+02:00'], metrics: [0] },
      { dimensions: ['2026-10-25T02:00:00+02:00'], metrics: [1] },
      { dimensions: ['2026-10-25T02:00:00+01:00'], metrics: [2] },
      { dimensions: ['2026-10-25T03:00:00+01:00'], metrics: [0] },
    ])
    const split = await ask({
      metrics: ['clicks'],
      dimensions: ['source', 'time:hour'],
      date_range: ['2026-10-25', '2026-10-25'],
    })
    expect(split.results).toEqual([
      { dimensions: ['instagram.com', '2026-10-25T02:00:00+02:00'], metrics: [1] },
      { dimensions: ['instagram.com', '2026-10-25T02:00:00+01:00'], metrics: [2] },
    ])
    const spring = await ask({
      metrics: ['clicks'],
      dimensions: ['time:hour'],
      date_range: ['2026-03-29', '2026-03-29'],
    })
    expect(spring.results).toHaveLength(23)
  })

  test('hours of a zone that turns by half an hour hold what happened in them', async () => {
    const { site, ask, add } = newSite('Australia/Lord_Howe')
    await add(
      hit(site, '2026-04-04T14:45:00Z'),
      hit(site, '2026-04-04T15:10:00Z'),
      hit(site, '2026-04-04T15:35:00Z'),
    )
    const { results } = await ask({
      metrics: ['clicks'],
      dimensions: ['time:hour'],
      date_range: ['2026-04-05', '2026-04-05'],
    })
    expect(results.filter(({ metrics }) => metrics[0])).toEqual([
      { dimensions: ['2026-04-05T01:00:00+11:00'], metrics: [1] },
      { dimensions: ['2026-04-05T01:00:00+10:30'], metrics: [1] },
      { dimensions: ['2026-04-05T02:00:00+10:30'], metrics: [1] },
    ])
  })

  test('weeks and months are labelled by their first day, and empty ones are there', async () => {
    const { site, ask, add } = newSite()
    await add(hit(site, '2026-10-04T10:00:00Z'), hit(site, DAY))
    const range: [string, string] = ['2026-09-30', '2026-11-11']
    const weeks = await ask({ metrics: ['clicks'], dimensions: ['time:week'], date_range: range })
    expect(weeks.results[0]).toEqual({ dimensions: ['2026-09-28'], metrics: [1] })
    expect(weeks.results.at(-1)).toEqual({ dimensions: ['2026-11-09'], metrics: [1] })
    expect(weeks.results).toHaveLength(7)
    const months = await ask({ metrics: ['clicks'], dimensions: ['time:month'], date_range: range })
    expect(months.results).toEqual([
      { dimensions: ['2026-09-01'], metrics: [0] },
      { dimensions: ['2026-10-01'], metrics: [1] },
      { dimensions: ['2026-11-01'], metrics: [1] },
    ])
  })

  test('instants are half-open and cut days', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, '2026-11-09T22:59:59.999Z'),
      hit(site, '2026-11-09T23:00:00Z'),
      hit(site, '2026-11-10T10:59:59.999Z'),
      hit(site, '2026-11-10T11:00:00Z'),
    )
    const range: [string, string] = ['2026-11-10T00:00:00+01:00', '2026-11-10T12:00:00+01:00']
    const { results, meta, query } = await ask({
      metrics: ['clicks'],
      date_range: range,
      compare: 'previous',
    })
    expect(results).toEqual([{ dimensions: [], metrics: [2], compare: { metrics: [1] } }])
    expect([meta.from, meta.to]).toEqual(range)
    expect(query.compare).toEqual(['2026-11-09T12:00:00+01:00', '2026-11-10T00:00:00+01:00'])
  })

  test('the period compared with is matched by dimensions, and time by position', async () => {
    const { site, ask, add } = newSite()
    await add(
      hit(site, '2026-11-09T10:00:00Z'),
      hit(site, '2026-11-10T10:00:00Z', { source: 'x.com' }),
      hit(site, '2026-11-06T10:00:00Z'),
      hit(site, '2026-11-06T10:00:00Z'),
      hit(site, '2026-11-07T10:00:00Z', { source: 'gone' }),
    )
    const question = { metrics: ['clicks'], compare: 'previous' as const }
    const range: [string, string] = ['2026-11-09', '2026-11-11']
    const days = await ask({ ...question, date_range: range, dimensions: ['time:day'] })
    expect(days.results).toEqual([
      { dimensions: ['2026-11-09'], metrics: [1], compare: { metrics: [2] } },
      { dimensions: ['2026-11-10'], metrics: [1], compare: { metrics: [1] } },
      { dimensions: ['2026-11-11'], metrics: [0], compare: { metrics: [0] } },
    ])
    expect(days.query.compare).toEqual(['2026-11-06', '2026-11-08'])
    const split = await ask({ ...question, date_range: range, dimensions: ['time:day', 'source'] })
    expect(split.results).toEqual([
      { dimensions: ['2026-11-09', 'instagram.com'], metrics: [1], compare: { metrics: [2] } },
      { dimensions: ['2026-11-10', 'x.com'], metrics: [1], compare: { metrics: [0] } },
    ])
    const shorter = await ask({
      ...question,
      date_range: range,
      dimensions: ['time:day'],
      compare: ['2026-11-06', '2026-11-07'],
    })
    expect(shorter.results.map(({ compare }) => compare?.metrics)).toEqual([[2], [1], [null]])
  })

  test('midnight of a zone decides the day', async () => {
    const { site, ask, add } = newSite('Asia/Kolkata')
    await add(hit(site, '2026-11-09T18:29:59Z'), hit(site, '2026-11-09T18:30:00Z'))
    const { results } = await ask({
      metrics: ['clicks'],
      dimensions: ['time:day'],
      date_range: ['2026-11-09', '2026-11-10'],
    })
    expect(results.map(({ metrics }) => metrics)).toEqual([[1], [1]])
  })
})
