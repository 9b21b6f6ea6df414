import { emptyEvent } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import type { Site } from '../../server/domain/site.ts'
import type { FunnelRequest } from '../../server/reports/funnel/contract.ts'
import { hit } from '../integration/reports-support.ts'

export type Doing = [time: string, what: string, fields?: Partial<JudgedHit>]

/** `2026-11-10T…Z` of a time of day; other days are written out. */
export function instantOf(time: string): string {
  return time.includes('T') ? time : `2026-11-10T${time}Z`
}

/** `click`, `/path`, `goal:name` (a goal call), `tel`, `identify` or `sold`. */
export function doing(site: Site, [time, what, fields = {}]: Doing): JudgedHit {
  const at = instantOf(time)
  const visitor = 'a'
  if (what === 'click') return hit(site, at, { visitor, ...fields })
  if (what.startsWith('/'))
    return hit(site, at, {
      kind: 'pageview',
      visitor,
      entry: false,
      landingPage: `cars.example${what}`,
      ...fields,
    })
  const type = what === 'identify' || what === 'tel' ? what : what === 'sold' ? 'external' : 'custom'
  const name = type === 'external' ? 'Sold' : what.startsWith('goal:') ? what.slice('goal:'.length) : ''
  return hit(site, at, {
    kind: type === 'external' ? 'conversion' : 'event',
    outcome: '',
    visitor,
    link: '',
    landingPage: 'cars.example/somewhere',
    ...fields,
    event: { ...emptyEvent(type), ...fields.event, type, name },
  })
}

export const A_B = [{ page: '/a' }, { page: '/b' }]
export const landing = (clickKey: string, more: Partial<JudgedHit> = {}): Partial<JudgedHit> => ({
  clickKey,
  landing: 'verified',
  ...more,
})
const event = (fields: Partial<ReturnType<typeof emptyEvent>>) => ({ ...emptyEvent('custom'), ...fields })

interface Case {
  says: string
  doings: Doing[]
  asked: Partial<FunnelRequest> & Pick<FunnelRequest, 'steps'>
  visitors: number[]
}

/** What a way of some steps counts, over the goals of `funnel-support.ts`. */
export const CASES: Case[] = [
  {
    says: 'a step comes after the one before',
    doings: [
      ['10:00:00', '/b'],
      ['10:01:00', '/a'],
    ],
    asked: { steps: A_B },
    visitors: [1, 0],
  },
  {
    says: 'anything may lie between in loose order',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/x'],
      ['10:02:00', 'goal:booked'],
      ['10:03:00', '/b'],
    ],
    asked: { steps: A_B },
    visitors: [1, 1],
  },
  {
    says: 'another page breaks strict order',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/x'],
      ['10:03:00', '/b'],
    ],
    asked: { steps: A_B, order: 'strict' },
    visitors: [1, 0],
  },
  {
    says: 'a goal that is no step breaks strict order',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', 'goal:booked'],
      ['10:03:00', '/b'],
    ],
    asked: { steps: A_B, order: 'strict' },
    visitors: [1, 0],
  },
  {
    says: 'an event that reaches no goal, a click and a conversion from elsewhere break nothing',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', 'goal:nothing'],
      ['10:01:10', 'click'],
      ['10:01:20', 'sold'],
      ['10:03:00', '/b'],
    ],
    asked: { steps: A_B, order: 'strict' },
    visitors: [1, 1],
  },
  {
    says: 'repeats of a step break nothing',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/a'],
      ['10:03:00', '/b'],
      ['10:04:00', '/b'],
      ['10:05:00', 'goal:booked'],
    ],
    asked: { steps: [...A_B, { goal: 'Booked' }], order: 'strict' },
    visitors: [1, 1, 1],
  },
  {
    says: 'a broken way may begin again',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/x'],
      ['10:02:00', '/a'],
      ['10:03:00', '/b'],
    ],
    asked: { steps: A_B, order: 'strict' },
    visitors: [1, 1],
  },
  {
    says: 'a hit that fits two steps is taken as the one that leads further',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/b/c'],
      ['10:02:00', '/b'],
      ['10:03:00', '/d'],
    ],
    asked: { steps: [{ page: '/**' }, { page: '/b/**' }, { page: '/d' }], order: 'strict' },
    visitors: [1, 1, 1],
  },
  {
    says: 'one hit is one step, not two',
    doings: [['10:00:00', '/a']],
    asked: { steps: [{ page: '/a' }, { goal: 'Seen A' }] },
    visitors: [1, 0],
  },
  {
    says: 'the same step twice is two hits',
    doings: [
      ['10:00:00', '/a'],
      ['10:01:00', '/a'],
    ],
    asked: { steps: [{ page: '/a' }, { page: '/a' }] },
    visitors: [1, 1],
  },
  {
    says: 'the window ends with its last millisecond',
    doings: [
      ['10:00:00', '/a'],
      ['10:10:00.000', '/b'],
      ['10:00:00', '/a', { visitor: 'b' }],
      ['10:10:00.001', '/b', { visitor: 'b' }],
    ],
    asked: { steps: A_B, window: { value: 10, unit: 'minutes' } },
    visitors: [2, 1],
  },
  {
    says: 'a later beginning counts where the first one’s window is over',
    doings: [
      ['10:00:00', '/a'],
      ['11:00:00', '/a'],
      ['11:05:00', '/b'],
    ],
    asked: { steps: A_B, window: { value: 10, unit: 'minutes' } },
    visitors: [1, 1],
  },
  {
    says: 'the window is about the whole way',
    doings: [
      ['10:00:00', '/a'],
      ['10:06:00', '/b'],
      ['10:12:00', 'goal:booked'],
    ],
    asked: { steps: [...A_B, { goal: 'Booked' }], window: { value: 10, unit: 'minutes' } },
    visitors: [1, 1, 0],
  },
  {
    says: 'the first step decides the range',
    doings: [
      ['2026-11-08T10:00:00Z', '/a', { visitor: 'b' }],
      ['2026-11-09T10:00:00Z', '/b', { visitor: 'b' }],
      ['2026-11-09T10:00:00Z', '/a'],
      ['2026-11-10T10:00:00Z', '/b'],
    ],
    asked: {
      steps: A_B,
      date_range: ['2026-11-09', '2026-11-09'],
      window: { value: 2, unit: 'days' },
    },
    visitors: [1, 1],
  },
  {
    says: 'of one instant a click comes first, then the page, then what happens on it',
    doings: [
      ['10:00:00', 'goal:booked'],
      ['10:00:00', '/a', landing('1')],
      ['10:00:00', 'click', { clickKey: '1' }],
    ],
    asked: { steps: [{ click: {} }, { page: '/a' }, { goal: 'Booked' }], order: 'strict' },
    visitors: [1, 1, 1],
  },
  {
    says: 'a click is its landing’s visitor, and never after it',
    doings: [
      ['10:00:01', 'click', { clickKey: '1', visitor: 'other' }],
      ['10:00:00', '/a', landing('1')],
      ['10:00:01', 'click', { visitor: 'b' }],
      ['10:00:02', '/a', { visitor: 'a' }],
    ],
    asked: { steps: [{ click: {} }, { page: '/a' }] },
    visitors: [2, 1],
  },
  {
    says: 'a landing may lie on the day before its click, by another clock',
    doings: [
      ['2026-11-08T23:00:00.100Z', 'click', { clickKey: '1' }],
      ['2026-11-08T22:59:59.900Z', '/a', landing('1')],
    ],
    asked: { steps: [{ click: {} }, { page: '/a' }], date_range: ['2026-11-09', '2026-11-09'] },
    visitors: [1, 1],
  },
  {
    says: 'a prefetched click counts where it landed',
    doings: [
      ['10:00:00', 'click', { clickKey: '1', traffic: 'prefetch' }],
      ['10:00:05', '/a', landing('1')],
      ['10:00:00', 'click', { clickKey: '2', traffic: 'prefetch', visitor: 'b' }],
    ],
    asked: { steps: [{ click: {} }, { page: '/a' }] },
    visitors: [1, 1],
  },
  {
    says: 'only people count, and only clicks that were redirected',
    doings: [
      ['10:00:00', 'click', { traffic: 'bot' }],
      ['10:00:00', 'click', { outcome: 'expired', visitor: 'b' }],
      ['10:00:00', 'click', { visitor: 'c' }],
      ['10:01:00', '/a', { traffic: 'bot', visitor: 'c' }],
    ],
    asked: { steps: [{ click: {} }, { page: '/a' }] },
    visitors: [1, 0],
  },
  {
    says: 'clicks are told apart by link, platform and campaign, all of which must hold',
    doings: [
      ['10:00:00', 'click', { link: 'go.example/x', platform: 'instagram', campaign: 'spring' }],
      ['10:00:00', 'click', { link: 'go.example/x', platform: 'tiktok', campaign: 'spring', visitor: 'b' }],
      ['10:00:00', 'click', { link: 'go.example/y', platform: 'instagram', visitor: 'c' }],
      ['10:01:00', '/a'],
    ],
    asked: {
      steps: [{ click: { link: 'go.example/x', platform: 'instagram', campaign: 'spring' } }, { page: '/a' }],
    },
    visitors: [1, 1],
  },
  {
    says: 'what is told again under its key happened once',
    doings: [
      ['2026-11-01T10:00:00Z', 'goal:booked', { event: event({ key: 'k' }) }],
      ['10:00:00', '/a'],
      ['10:01:00', 'goal:booked', { event: event({ key: 'k' }) }],
      ['10:00:00', '/a', { visitor: 'b' }],
      ['10:01:00', 'goal:booked', { visitor: 'b', event: event({ key: 'l' }) }],
    ],
    asked: { steps: [{ page: '/a' }, { goal: 'Booked' }] },
    visitors: [2, 1],
  },
  {
    says: 'a conversion from elsewhere is its click’s, its visitor’s or of who was identified, in its last version',
    doings: [
      ['10:00:00', 'click', { clickKey: '1', visitor: 'x' }],
      ['10:00:01', '/a', landing('1', { visitor: 'a' })],
      ['12:00:00', 'sold', { visitor: '', clickKey: '1', clickedAt: Date.parse('2026-11-10T10:00:00Z') }],
      ['10:00:00', '/a', { visitor: 'b' }],
      ['12:00:00', 'sold', { visitor: 'b' }],
      ['10:00:00', '/a', { visitor: 'c' }],
      ['10:01:00', 'identify', { visitor: 'c', event: event({ externalId: 'x' }) }],
      ['12:00:00', 'sold', { visitor: '', event: event({ externalId: 'x' }) }],
      ['10:00:00', '/a', { visitor: 'd' }],
      ['12:00:00', 'sold', { visitor: 'd', event: event({ key: 'k', version: 1 }) }],
      ['12:00:00', 'sold', { visitor: 'd', event: event({ key: 'k', version: 2, cancelled: true }) }],
      ['10:00:00', '/a', { visitor: 'e' }],
      ['12:00:00', 'sold', { visitor: '', event: event({ externalId: 'y' }) }],
    ],
    asked: { steps: [{ page: '/a' }, { goal: 'sold' }] },
    visitors: [5, 3],
  },
]
