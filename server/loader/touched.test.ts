import { expect, test } from 'vitest'
import { judgedAs } from '../../test/support/hits.ts'
import { emptyHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { TouchedVisitors } from './touched.ts'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 4, 4, 12)

function touchedBy(...hits: { hour: number; visitor: string; change?: Partial<JudgedHit>; site?: number }[]) {
  const touched = new TouchedVisitors()
  for (const { hour, visitor, change = {}, site = 1 } of hits) {
    const time = NOON + hour * HOUR
    const day = new Date(time).toISOString().slice(0, 10)
    touched.add(judgedAs({ ...emptyHit(), kind: 'pageview', siteId: site, time, visitor }, day, change))
  }
  return touched
}

const ALL = { most: 100, longest: 1_000 * HOUR, apart: 1_000 * HOUR }

test('only hits that may be in a session touch it', () => {
  const touched = touchedBy(
    { hour: 0, visitor: '' },
    { hour: 0, visitor: 'bot', change: { traffic: 'bot' } },
    { hour: 0, visitor: 'click', change: { kind: 'click' } },
    { hour: 0, visitor: 'told', change: { kind: 'conversion' } },
    { hour: 0, visitor: 'page' },
    { hour: 0, visitor: 'goal', change: { kind: 'event' } },
    { hour: 0, visitor: 'seen', change: { kind: 'engagement' } },
  )
  const stretches = touched.stretches(ALL)
  expect(stretches.map(([site, { visitors }]) => [site, [...visitors]])).toEqual([
    [1, ['page', 'goal', 'seen']],
  ])
})

test('hours are put together with their days and visitors, each site by itself', () => {
  const touched = touchedBy(
    { hour: 13, visitor: 'b' },
    { hour: 0.5, visitor: 'a' },
    { hour: 0.9, visitor: 'a' },
    { hour: 0, visitor: 'z', site: 2 },
  )
  expect(touched.stretches(ALL)).toEqual([
    [
      1,
      {
        since: NOON,
        until: NOON + 14 * HOUR,
        firstDay: '2026-05-04',
        lastDay: '2026-05-05',
        visitors: new Set(['a', 'b']),
      },
    ],
    [2, expect.objectContaining({ since: NOON, until: NOON + HOUR })],
  ])
  // Asked again it answers again.
  expect(touched.stretches(ALL)).toHaveLength(2)
  expect(touched.stretches({ ...ALL, apart: HOUR })).toHaveLength(3)
  expect(touched.stretches({ ...ALL, longest: 13 * HOUR })).toHaveLength(3)
})

test('an hour with too many visitors is cut, and all of them are in it', () => {
  const visitors = Array.from({ length: 25 }, (_, index) => `v${index}`)
  const touched = touchedBy(...visitors.map((visitor) => ({ hour: 0, visitor })), { hour: 1, visitor: 'v0' })
  const stretches = touched.stretches({ ...ALL, most: 10 })
  expect(stretches.map(([, stretch]) => stretch.visitors.size)).toEqual([10, 10, 6])
  expect(new Set(stretches.flatMap(([, stretch]) => [...stretch.visitors]))).toEqual(new Set(visitors))
})
