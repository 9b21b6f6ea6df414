import { describe, expect, test } from 'vitest'
import { throwawayVisitors } from './throwaway-visitors.ts'

const NOON = Date.UTC(2015, 4, 17, 12)
const HOUR = 3_600_000
const UA = 'Firefox'

describe('throwawayVisitors', () => {
  test('gives one person one key of 16 hex digits a day, and another the next day', () => {
    const keyOf = throwawayVisitors('UTC')
    const { visitor } = keyOf(NOON, '192.0.2.1', UA)
    expect(visitor).toMatch(/^[0-9a-f]{16}$/)
    expect(keyOf(NOON + HOUR, '192.0.2.1', UA).visitor).toBe(visitor)
    expect(keyOf(NOON + 24 * HOUR, '192.0.2.1', UA).visitor).not.toBe(visitor)
  })

  test('tells addresses and user agents apart', () => {
    const keyOf = throwawayVisitors('UTC')
    const keys = [
      keyOf(NOON, '192.0.2.1', UA),
      keyOf(NOON, '192.0.2.2', UA),
      keyOf(NOON, '192.0.2.1', 'Chrome'),
    ]
    expect(new Set(keys.map((key) => key.visitor)).size).toBe(3)
  })

  test('can never be made again: each import has its own salt', () => {
    const [first, second] = [throwawayVisitors('UTC'), throwawayVisitors('UTC')]
    expect(first(NOON, '192.0.2.1', UA).visitor).not.toBe(second(NOON, '192.0.2.1', UA).visitor)
  })

  test('turns the day in the zone of the site', () => {
    const keyOf = throwawayVisitors('Asia/Kathmandu') // UTC+5:45, so its midnight is 18:15 UTC
    const before = keyOf(Date.UTC(2015, 4, 17, 18, 14), '192.0.2.1', UA)
    const after = keyOf(Date.UTC(2015, 4, 17, 18, 16), '192.0.2.1', UA)
    expect(after.visitor).not.toBe(before.visitor)
    expect(after.previousVisitor).toBe(before.visitor)
    expect(before.previousVisitor).toBe('')
  })

  test('carries the old key for thirty minutes only', () => {
    const keyOf = throwawayVisitors('UTC')
    const midnight = Date.UTC(2015, 4, 18)
    expect(keyOf(midnight + HOUR / 2 - 1, '192.0.2.1', UA).previousVisitor).not.toBe('')
    expect(keyOf(midnight + HOUR / 2, '192.0.2.1', UA).previousVisitor).toBe('')
  })

  test('has no key without an address', () => {
    expect(throwawayVisitors('UTC')(NOON, '', UA)).toEqual({ visitor: '', previousVisitor: '' })
  })
})
