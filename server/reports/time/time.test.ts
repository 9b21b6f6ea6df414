import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localDays } from '../../domain/time/local-day.ts'
import type { DateRange, QueryRequest } from '../contract.ts'
import { QuestionError } from '../problems.ts'
import { bucketsOf, tooManyBuckets } from './buckets.ts'
import { resolveComparison } from './comparison.ts'
import { RANGE_NAMES, resolveRange } from './date-range.ts'
import { dayCount, instantsOf, wholeDays } from './period.ts'

const berlin = localDays('Europe/Berlin')

function range(
  asked: DateRange,
  now: string,
  zone = berlin,
  available: { from: string; to: string } | null = null,
) {
  return resolveRange(asked, { zone, now: Date.parse(now), available })
}

function fromTo(asked: DateRange, now = '2026-11-11T12:00:00Z') {
  const { from, to } = range(asked, now)
  return [from, to]
}

describe('named ranges', () => {
  test.each<[DateRange, string, string]>([
    ['day', '2026-11-11', '2026-11-11'],
    ['7d', '2026-11-05', '2026-11-11'],
    ['28d', '2026-10-15', '2026-11-11'],
    ['30d', '2026-10-13', '2026-11-11'],
    ['90d', '2026-08-14', '2026-11-11'],
    ['month', '2026-11-01', '2026-11-11'],
    ['6mo', '2026-06-01', '2026-11-11'],
    ['12mo', '2025-12-01', '2026-11-11'],
    ['year', '2026-01-01', '2026-11-11'],
    ['all', '2026-11-11', '2026-11-11'],
  ])('%s', (name, from, to) => {
    expect(fromTo(name)).toEqual([from, to])
  })

  test('end today by the clock of the site', () => {
    expect(fromTo('day', '2026-11-11T22:59:59Z')[1]).toBe('2026-11-11')
    expect(fromTo('day', '2026-11-11T23:00:00Z')[1]).toBe('2026-11-12')
    expect(fromTo('6mo', '2026-05-31T12:00:00Z')).toEqual(['2025-12-01', '2026-05-31'])
  })

  test('all runs from the first day with data to today, or beyond where data do', () => {
    const now = '2026-11-11T12:00:00Z'
    expect(range('all', now, berlin, { from: '2014-02-03', to: '2015-01-01' })).toMatchObject({
      from: '2014-02-03',
      to: '2026-11-11',
    })
    expect(range('all', now, berlin, { from: '2026-11-10', to: '2026-11-12' }).to).toBe('2026-11-12')
  })
})

describe('[from, to]', () => {
  test.each<[string, string, string]>([
    ['2026-02-30', '2026-03-01', 'date_range[0]'],
    ['2026-02-01', '2026-13-01', 'date_range[1]'],
    ['1969-12-31', '2026-03-01', 'date_range[0]'],
    ['2026-02-01', '2100-01-01', 'date_range[1]'],
    ['2026-03-02', '2026-03-01', 'date_range'],
    ['2026-03-01', '2026-03-02T00:00:00Z', 'date_range'],
    ['2026-03-01T00:00:00', '2026-03-02T00:00:00', 'date_range'],
    ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'date_range'],
    ['2026-03-01T01:00:00Z', '2026-03-01T01:30:00+01:00', 'date_range'],
    ['2026-03-01T25:00:00Z', '2026-03-02T00:00:00Z', 'date_range[0]'],
    ['today', 'tomorrow', 'date_range'],
    ["2026-03-01' OR 1=1", '2026-03-02', 'date_range'],
  ])('%s to %s is refused', (from, to, field) => {
    try {
      range([from, to], '2026-11-11T12:00:00Z')
    } catch (error) {
      expect(error).toBeInstanceOf(QuestionError)
      expect(error).toMatchObject({ problems: [{ field }] })
      return
    }
    throw new Error('the range was accepted')
  })

  test('instants keep their spelling and touch the days of the zone', () => {
    expect(range(['2026-11-09T23:30:00Z', '2026-11-10T23:00:00Z'], '2026-11-11T12:00:00Z')).toEqual({
      firstDay: '2026-11-10',
      lastDay: '2026-11-10',
      instants: { start: Date.UTC(2026, 10, 9, 23, 30), end: Date.UTC(2026, 10, 10, 23) },
      from: '2026-11-09T23:30:00Z',
      to: '2026-11-10T23:00:00Z',
    })
  })
})

describe('comparisons', () => {
  const compared = (compare: NonNullable<QueryRequest['compare']>, asked: DateRange, now: string) => {
    const { from, to } = resolveComparison(compare, asked, range(asked, now), berlin)
    return [from, to]
  }
  const NOW = '2026-11-11T12:00:00Z'

  test.each<[string, DateRange, string, string, string]>([
    ['the days before', '7d', NOW, '2026-10-29', '2026-11-04'],
    ['yesterday', 'day', NOW, '2026-11-10', '2026-11-10'],
    ['the same days of the month before', 'month', NOW, '2026-10-01', '2026-10-11'],
    [
      'the whole month before, on a month’s last day',
      'month',
      '2026-11-30T12:00:00Z',
      '2026-10-01',
      '2026-10-31',
    ],
    ['a shorter month, whole', 'month', '2026-03-31T12:00:00Z', '2026-02-01', '2026-02-28'],
    ['the six months before', '6mo', NOW, '2025-12-01', '2026-05-11'],
    ['the year before, to date', 'year', NOW, '2025-01-01', '2025-11-11'],
    ['the month before a month by dates', ['2026-03-01', '2026-03-31'], NOW, '2026-02-01', '2026-02-28'],
    ['the quarter before a quarter by dates', ['2026-04-01', '2026-06-30'], NOW, '2026-01-01', '2026-03-31'],
    ['the days before a part of a month', ['2026-03-01', '2026-03-30'], NOW, '2026-01-30', '2026-02-28'],
  ])('previous: %s', (_, asked, now, from, to) => {
    expect(compared('previous', asked, now)).toEqual([from, to])
  })

  test('year: the same dates a year earlier', () => {
    expect(compared('year', '7d', NOW)).toEqual(['2025-11-05', '2025-11-11'])
    expect(compared('year', ['2024-02-29', '2024-02-29'], NOW)).toEqual(['2023-02-28', '2023-02-28'])
    expect(compared('year', ['2025-02-01', '2025-02-28'], NOW)).toEqual(['2024-02-01', '2024-02-29'])
    expect(compared('year', ['2026-03-30T00:00:00+02:00', '2026-03-31T00:00:00+02:00'], NOW)).toEqual([
      '2025-03-30T00:00:00+01:00',
      '2025-03-31T00:00:00+02:00',
    ])
  })

  test('dates of one’s own, which are checked too', () => {
    expect(compared(['2020-01-01', '2020-01-02'], '7d', NOW)).toEqual(['2020-01-01', '2020-01-02'])
    expect(() => compared(['2020-01-02', '2020-01-01'], '7d', NOW)).toThrow(/^compare: The range is reversed/)
  })

  test('previous has as many days, and ends the day before, whatever range of days is asked for', () => {
    const day = fc
      .integer({ min: 0, max: 20_000 })
      .map((n) => new Date(n * 86_400_000 + 31_536_000_000).toISOString().slice(0, 10))
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        fc.pre(!(from.endsWith('-01') && berlin.shift(to, 1).endsWith('-01')))
        const period = wholeDays(from, to)
        const before = resolveComparison('previous', [from, to], period, berlin)
        expect(dayCount(before)).toBe(dayCount(period))
        expect(berlin.shift(before.lastDay, 1)).toBe(from)
      }),
    )
  })
})

describe('the time axis', () => {
  const labels = (unit: 'hour' | 'day' | 'week' | 'month', from: string, to: string, zone = berlin) =>
    bucketsOf(unit, wholeDays(from, to), zone).map(({ label }) => label)

  test('hours carry their offset', () => {
    expect(labels('hour', '2026-03-29', '2026-03-29').slice(0, 4)).toEqual([
      '2026-03-29T00:00:00+01:00',
      '2026-03-29T01:00:00+01:00',
      '2026-03-29T03:00:00+02:00',
      '2026-03-29T04:00:00+02:00',
    ])
    expect(labels('hour', '2026-01-01', '2026-01-01', localDays('Asia/Kathmandu'))[0]).toBe(
      '2026-01-01T00:00:00+05:45',
    )
    expect(labels('hour', '2026-01-01', '2026-01-01', localDays('UTC'))[23]).toBe('2026-01-01T23:00:00+00:00')
  })

  test('weeks begin on Monday, and months on their first day, even before the range does', () => {
    expect(labels('week', '2026-11-11', '2026-11-16')).toEqual(['2026-11-09', '2026-11-16'])
    expect(labels('month', '2025-12-31', '2026-01-01')).toEqual(['2025-12-01', '2026-01-01'])
  })

  test('a day that a zone skipped is there, and empty', () => {
    const apia = localDays('Pacific/Apia')
    expect(labels('day', '2011-12-29', '2011-12-31', apia)).toEqual([
      '2011-12-29',
      '2011-12-30',
      '2011-12-31',
    ])
    expect(labels('hour', '2011-12-29', '2011-12-31', apia)).toHaveLength(48)
  })

  test('ten thousand buckets are enough', () => {
    expect(tooManyBuckets('hour', wholeDays('2026-01-01', '2027-02-20'), berlin)).toBe(false)
    expect(tooManyBuckets('hour', wholeDays('2026-01-01', '2027-02-22'), berlin)).toBe(true)
    expect(tooManyBuckets('day', wholeDays('1990-01-01', '2026-01-01'), berlin)).toBe(true)
    expect(tooManyBuckets('month', wholeDays('1970-01-02', '2099-12-31'), berlin)).toBe(false)
  })

  test('hours rise without gaps, labels are distinct, and each says where it begins', () => {
    const zones = [
      'UTC',
      'Europe/London',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Jakarta',
    ].map(localDays)
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 14_000 }),
        fc.integer({ min: 1, max: 40 }),
        (zone, first, days) => {
          const from = zone.shift('1995-01-01', first)
          const period = wholeDays(from, zone.shift(from, days))
          const hours = bucketsOf('hour', period, zone)
          const { start, end } = instantsOf(period, zone)
          expect(hours[0]?.start).toBe(start)
          expect(new Set(hours.map(({ label }) => label)).size).toBe(hours.length)
          for (const [index, hour] of hours.entries()) {
            const next = hours[index + 1]?.start ?? end
            const named = Date.parse(hour.label)
            expect(next - hour.start).toBeGreaterThan(0)
            expect(next - hour.start).toBeLessThanOrEqual(3_600_000)
            expect(named).toBeLessThanOrEqual(hour.start)
            expect(hour.start - named).toBeLessThan(3_600_000)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('every named range is one that the resolver knows', () => {
  for (const name of RANGE_NAMES) expect(fromTo(name)[0]).toMatch(/^\d{4}-/)
})
