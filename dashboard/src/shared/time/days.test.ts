import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, addMonths, countDays, dayIn, daysInMonth, isDay, monthGrid, weekday } from './days.ts'

const day = fc
  .date({ min: new Date('1995-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

describe('days', () => {
  it('are only what a calendar has', () => {
    expect(['2028-02-29', '2026-12-31'].map(isDay)).toEqual([true, true])
    const not = ['2026-02-29', '2026-13-01', '2026-1-1', '', 'today', '2026-01-01T00:00']
    expect(not.filter(isDay)).toEqual([])
  })

  it('go forth and back by the same number', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -5000, max: 5000 }), (from, days) => {
        expect(addDays(addDays(from, days), -days)).toBe(from)
        expect(countDays(from, addDays(from, Math.abs(days)))).toBe(Math.abs(days) + 1)
      }),
    )
  })

  it('stay in their month when months are added to the 31st', () => {
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(addMonths('2027-12-31', 2)).toBe('2028-02-29')
    expect(addMonths('2026-01-15', -13)).toBe('2024-12-15')
  })

  it('are those of the zone, not of the browser', () => {
    const instant = new Date('2026-03-01T20:30:00Z')
    expect(dayIn('Asia/Kathmandu', instant)).toBe('2026-03-02')
    expect(dayIn('America/St_Johns', instant)).toBe('2026-03-01')
    expect(dayIn('Nowhere/At_All', instant)).toBe('2026-03-01')
  })

  it('make a month of six weeks that holds every day of it once, from any first weekday', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 7 }), (month, first) => {
        const grid = monthGrid(month, first)
        expect(grid.every((week) => week.length === 7 && weekday(week[0] ?? '') === first)).toBe(true)
        const inside = grid.flat().filter((one) => one.startsWith(month.slice(0, 7)))
        expect(new Set(inside).size).toBe(daysInMonth(month))
        expect(inside.length).toBe(daysInMonth(month))
      }),
    )
  })
})
