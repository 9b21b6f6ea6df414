import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDays } from './local-day.ts'

const HOUR = 3_600_000

test('a day lasts 23 hours when the clock goes forward and 25 when it goes back', () => {
  const berlin = localDays('Europe/Berlin')
  const spring = berlin.bounds('2026-03-29')
  const autumn = berlin.bounds('2026-10-25')
  expect((spring.end - spring.start) / HOUR).toBe(23)
  expect((autumn.end - autumn.start) / HOUR).toBe(25)
})

test('zones of half and quarter hours turn the day at their own midnight', () => {
  const nepal = localDays('Asia/Kathmandu')
  expect(nepal.dayOf(Date.UTC(2026, 0, 1, 18, 14, 59))).toBe('2026-01-01')
  expect(nepal.dayOf(Date.UTC(2026, 0, 1, 18, 15, 0))).toBe('2026-01-02')
  const india = localDays('Asia/Kolkata')
  expect(india.dayOf(Date.UTC(2026, 0, 1, 18, 29, 59))).toBe('2026-01-01')
  expect(india.dayOf(Date.UTC(2026, 0, 1, 18, 30, 0))).toBe('2026-01-02')
})

test('every instant lies within the bounds of its own day', () => {
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
      fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2035, 0, 1) }),
      (zone, time) => {
        const { start, end } = zone.bounds(zone.dayOf(time))
        return start <= time && time < end
      },
    ),
  )
})

test('an unknown zone is refused', () => {
  expect(() => localDays('Mars/Olympus')).toThrow(RangeError)
})
