import { describe, expect, it } from 'vitest'
import type { Site } from '../domain/site.ts'
import { createDailySalts, visitorKey } from './salts.ts'

const site: Site = {
  id: 1,
  name: 'default',
  hostnames: [],
  timezone: 'Asia/Kathmandu',
  currency: 'NPR',
  pageKeys: [],
  keepClickIds: false,
}
/** Midnight of 1 June 2026 in Kathmandu, 5:45 ahead of UTC. */
const MIDNIGHT = Date.UTC(2026, 4, 31, 18, 15)
const HOUR = 3_600_000
const hex = (day: string) => Buffer.from(`salt of ${day}`).toString('hex')

function fresh() {
  const asked: string[] = []
  let away = false
  const salts = createDailySalts(async (siteId, day) => {
    if (away) throw new Error('away')
    asked.push(`${siteId} ${day}`)
    return Buffer.from(`salt of ${day}`)
  })
  salts.setSites([site])
  return { salts, asked, setAway: (now: boolean) => (away = now) }
}

describe('the salts of a site', () => {
  it('turn at midnight of the site’s zone', async () => {
    const { salts } = fresh()
    await salts.maintain(MIDNIGHT - 1)
    expect(salts.at(1, MIDNIGHT - 1)).toEqual({ current: hex('2026-05-31'), previous: '' })
    expect(salts.at(1, MIDNIGHT).current).toBe(hex('2026-06-01'))
    expect(salts.stale()).toBe(0)
  })

  it('are fetched twelve hours ahead, once', async () => {
    const { salts, asked } = fresh()
    await salts.maintain(MIDNIGHT + 11 * HOUR)
    expect(asked).toEqual(['1 2026-06-01'])
    await salts.maintain(MIDNIGHT + 12 * HOUR)
    await salts.maintain(MIDNIGHT + 13 * HOUR)
    expect(asked).toEqual(['1 2026-06-01', '1 2026-06-02'])
  })

  it('come with yesterday’s in the first thirty minutes only', async () => {
    const { salts, asked } = fresh()
    await salts.maintain(MIDNIGHT)
    expect(asked).toContain('1 2026-05-31')
    expect(salts.at(1, MIDNIGHT + HOUR / 2 - 1).previous).toBe(hex('2026-05-31'))
    expect(salts.at(1, MIDNIGHT + HOUR / 2).previous).toBe('')
  })

  it('of days that are over are forgotten', async () => {
    const { salts } = fresh()
    await salts.maintain(MIDNIGHT - 1)
    await salts.maintain(MIDNIGHT + HOUR)
    expect(salts.at(1, MIDNIGHT - 1)).toEqual({ current: hex('2026-06-01'), previous: '' })
    expect(salts.stale()).toBe(1)
  })

  it('stay what they were while the store is away, which is counted', async () => {
    const { salts, setAway } = fresh()
    await salts.maintain(MIDNIGHT - 20 * HOUR)
    setAway(true)
    await expect(salts.maintain(MIDNIGHT - HOUR)).rejects.toThrow('away')
    expect(salts.at(1, MIDNIGHT + HOUR)).toEqual({ current: hex('2026-05-31'), previous: '' })
    expect(salts.stale()).toBe(1)
    setAway(false)
    await salts.maintain(MIDNIGHT + HOUR)
    expect(salts.at(1, MIDNIGHT + HOUR).current).toBe(hex('2026-06-01'))
    expect(salts.stale()).toBe(1)
  })

  it('follow a site that changes its zone', async () => {
    const { salts } = fresh()
    await salts.maintain(MIDNIGHT)
    salts.setSites([{ ...site, timezone: 'UTC' }])
    await salts.maintain(MIDNIGHT)
    expect(salts.at(1, MIDNIGHT).current).toBe(hex('2026-05-31'))
  })

  it('are none for a site that is not known', () => {
    expect(fresh().salts.at(2, MIDNIGHT)).toEqual({ current: '', previous: '' })
  })
})

describe('a visitor key', () => {
  it('is 16 hex digits that differ by salt, site, address and user agent', () => {
    const keys = [
      visitorKey('aa', 1, '192.0.2.1', 'UA'),
      visitorKey('ab', 1, '192.0.2.1', 'UA'),
      visitorKey('aa', 2, '192.0.2.1', 'UA'),
      visitorKey('aa', 1, '192.0.2.2', 'UA'),
      visitorKey('aa', 1, '192.0.2.1', 'UB'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{16}$/)
    expect(visitorKey('aa', 1, '192.0.2.1', 'UA')).toBe(keys[0])
  })

  it('is none without salt or address', () => {
    expect(visitorKey('', 1, '192.0.2.1', 'UA')).toBe('')
    expect(visitorKey('aa', 1, '', 'UA')).toBe('')
  })
})
