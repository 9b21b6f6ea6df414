import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueryRow } from '../../../../server/reports/contract.ts'
import { channelTree } from './channel-tree.ts'
import { searchShare, totalsOf } from './figures.ts'
import { landingRows, splitPage } from './landing-rows.ts'
import { trendPoints } from './trend-points.ts'

const row = (dimensions: string[], metrics: (number | null)[], before?: (number | null)[]): QueryRow => ({
  dimensions,
  metrics,
  ...(before === undefined ? {} : { compare: { metrics: before } }),
})

describe('shares', () => {
  it('of both sides add up to one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (search, social) => {
        const share = searchShare(search, social)
        if (search + social === 0) expect(share).toBeNull()
        else expect((share ?? 0) + (searchShare(social, search) ?? 0)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('are unknown where a side is', () => {
    expect(searchShare(null, 5)).toBeNull()
    expect(searchShare(5, null)).toBeNull()
  })
})

describe('totals', () => {
  it('count a side without a row as nothing', () => {
    const totals = totalsOf([row(['Search'], [10, 0], [5, 0])], true, true)
    expect(totals.search.arrivals).toEqual({ now: 10, before: 5 })
    expect(totals.social.arrivals).toEqual({ now: 0, before: 0 })
    expect([totals.noPageData, totals.empty]).toEqual([false, false])
  })

  it('never claim 0 arrivals where no page could have seen one', () => {
    const totals = totalsOf([row(['Social'], [0, 550])], false, false)
    expect(totals.noPageData).toBe(true)
    expect(totals.search.arrivals.now).toBeNull()
    expect(totals.social).toEqual({
      arrivals: { now: null, before: null },
      clicks: { now: 550, before: null },
    })
  })

  it('are empty only where nothing at all was counted', () => {
    expect(totalsOf([], false, false).empty).toBe(true)
    expect(totalsOf([row(['Other'], [0, 1])], false, true).empty).toBe(false)
  })
})

describe('landing pages', () => {
  it('stand once, with both sides', () => {
    const rows = landingRows(
      [
        row(['a.com/x', 'Search'], [30, 0]),
        row(['a.com/x', 'Social'], [10, 14]),
        row(['a.com/y', 'Search'], [5, 0]),
      ],
      false,
    )
    expect(rows.map(({ page, total, share }) => [page, total, share])).toEqual([
      ['a.com/x', 40, 0.75],
      ['a.com/y', 5, 1],
    ])
    expect(rows[1]?.social.now).toBe(0)
  })

  it('of a host that sent no pageview know neither side, even where the API gave one side a row only', () => {
    const [only] = landingRows([row(['b.com/x', 'Social'], [null, 14])], false)
    expect(only).toMatchObject({ clicksOnly: true, total: null, share: null })
    expect([only?.search.now, only?.social.now, only?.clicks.now]).toEqual([null, null, 14])
  })

  it('come apart into host and path', () => {
    expect(splitPage('a.com:8080/x/y')).toEqual({ host: 'a.com:8080', path: '/x/y' })
    expect(splitPage('a.com')).toEqual({ host: 'a.com', path: '/' })
  })
})

describe('the trend', () => {
  it('joins both sides by label and keeps the order of the API', () => {
    const twice = ['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00']
    const rows = twice.map((label, index) => row([label], [index, 9], [7, 9]))
    const points = trendPoints(rows, rows, false)
    expect(points.map(({ label }) => label)).toEqual(twice)
    expect(points[1]).toEqual({ label: twice[1], search: 1, social: 1, searchBefore: 7, socialBefore: 7 })
  })

  it('shows clicks for Social and nothing for Search where no page sent a pageview', () => {
    const [point] = trendPoints([row(['d'], [0, 0])], [row(['d'], [0, 12])], true)
    expect([point?.search, point?.social]).toEqual([null, 12])
  })
})

describe('channels', () => {
  const rows = [
    row(['Direct', '(direct)'], [3, 0]),
    row(['Organic Social', 'a.com'], [null, 5]),
    row(['Organic Social', 'b.com'], [4, 6]),
  ]

  it('are the sum of their sources, largest first', () => {
    const tree = channelTree(rows, false, true)
    expect(tree.map(({ channel, arrivals, clicks }) => [channel, arrivals.now, clicks.now])).toEqual([
      ['Organic Social', 4, 11],
      ['Direct', 3, 0],
    ])
    expect(tree[0]?.sources.map(({ source }) => source)).toEqual(['b.com', 'a.com'])
  })

  it('know no arrivals where no page sent a pageview', () => {
    expect(channelTree(rows, false, false).map(({ arrivals }) => arrivals.now)).toEqual([null, null])
  })
})
