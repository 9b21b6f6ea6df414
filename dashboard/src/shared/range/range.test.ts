import { describe, expect, it } from 'vitest'
import {
  boundsOf,
  dateQuestion,
  formatRange,
  grainFor,
  grainsFor,
  PRESETS,
  parseComparison,
  parseDays,
  parseRange,
} from './range.ts'

const TODAY = '2026-11-22'

describe('ranges', () => {
  it('end today and hold as many days as their name says', () => {
    expect(boundsOf('day', TODAY, null)).toEqual([TODAY, TODAY])
    expect(boundsOf('7d', TODAY, null)).toEqual(['2026-11-16', TODAY])
    expect(boundsOf('90d', TODAY, null)).toEqual(['2026-08-25', TODAY])
    expect(boundsOf('month', TODAY, null)).toEqual(['2026-11-01', TODAY])
    expect(boundsOf('6mo', TODAY, null)).toEqual(['2026-06-01', TODAY])
    expect(boundsOf('12mo', '2026-01-31', null)).toEqual(['2025-02-01', '2026-01-31'])
    expect(boundsOf('year', TODAY, null)).toEqual(['2026-01-01', TODAY])
  })

  it('of all time are known only with the data', () => {
    expect(boundsOf('all', TODAY, null)).toBeNull()
    expect(boundsOf('all', TODAY, ['2020-01-01', '2021-01-01'])).toEqual(['2020-01-01', '2021-01-01'])
  })

  it('survive the address, and the default leaves no trace in it', () => {
    for (const { name } of PRESETS) expect(parseRange(formatRange(name, '28d'))).toBe(name)
    expect(formatRange('28d', '28d')).toBeUndefined()
    expect(parseRange(formatRange(['2026-01-31', '2026-02-07'], '28d'))).toEqual(['2026-01-31', '2026-02-07'])
  })

  it('that are impossible or run backwards fall back to the default', () => {
    for (const text of ['2026-02-30..2026-03-01', '2026-03-02..2026-03-01', '..', '1d', 'a..b..c', '']) {
      expect(parseDays(text)).toBeNull()
      expect(parseRange(text)).toBe('28d')
      expect(parseComparison(text)).toBe('previous')
    }
  })
})

describe('questions', () => {
  it('compare as the view says', () => {
    expect(dateQuestion('28d', 'year')).toEqual({ date_range: '28d', compare: 'year' })
    expect(dateQuestion('28d', 'off')).toEqual({ date_range: '28d' })
  })

  it('of all time have nothing before them, but may be compared with chosen days', () => {
    expect(dateQuestion('all', 'previous')).toEqual({ date_range: 'all' })
    expect(dateQuestion('all', ['2020-01-01', '2020-02-01'])).toHaveProperty('compare')
  })
})

describe('grains', () => {
  it('follow the length of the range', () => {
    expect(grainFor([TODAY, TODAY])).toBe('hour')
    expect(grainFor(['2026-10-26', TODAY])).toBe('day')
    expect(grainFor(['2025-12-01', TODAY])).toBe('week')
    expect(grainFor(['2015-01-01', TODAY])).toBe('month')
  })

  it('on offer always hold the chosen one and never make too many points', () => {
    for (const from of [TODAY, '2026-11-20', '2026-10-26', '2026-01-01', '2020-01-01', '1995-01-01']) {
      expect(grainsFor([from, TODAY])).toContain(grainFor([from, TODAY]))
    }
    expect(grainsFor(['1995-01-01', TODAY])).toEqual(['month'])
  })
})
