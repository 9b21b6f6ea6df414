import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FunnelAnswer, FunnelRequest } from '../../server/reports/funnel/contract.ts'
import { A_B, CASES, type Doing, doing, instantOf, landing } from '../support/funnel-cases.ts'
import { askFunnel, NOW } from './funnel-support.ts'
import {
  insertHits,
  insertSessions,
  openTestWarehouse,
  type TestSession,
  type TestWarehouse,
  testSite,
  turnDay,
} from './reports-support.ts'

let store: TestWarehouse
let sites = 0

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

async function asked(
  doings: readonly Doing[],
  question: Partial<FunnelRequest> & Pick<FunnelRequest, 'steps'>,
  sessions: TestSession[] = [],
  more: Parameters<typeof askFunnel>[3] = {},
): Promise<FunnelAnswer> {
  const site = testSite({ id: ++sites })
  await insertHits(
    store.warehouse,
    doings.map((one) => doing(site, one)),
  )
  await insertSessions(store.warehouse, site, sessions)
  return askFunnel(store.warehouse, site, question, more)
}

const counts = ({ steps }: Pick<FunnelAnswer, 'steps'>) => steps.map(({ visitors }) => visitors)
describe('a way', () => {
  test.each(CASES)('of which $says', async ({ doings, asked: question, visitors }) => {
    // Names of goals are found whatever their case.
    expect(counts(await asked(doings, question))).toEqual(visitors)
  })

  test('gives rates from the start and the step before, and the median of seconds between', async () => {
    const { steps } = await asked(
      [
        ['10:00:00', '/a'],
        ['10:00:10', '/b'],
        ['10:00:40', 'goal:booked'],
        ['10:00:00', '/a', { visitor: 'b' }],
        ['10:00:21', '/b', { visitor: 'b' }],
        ['10:00:00', '/a', { visitor: 'c' }],
      ],
      { steps: [...A_B, { goal: 'booked' }, { goal: 'any call' }] },
    )
    expect(steps).toEqual([
      {
        name: '/a',
        visitors: 3,
        rate_from_start: 1,
        rate_from_previous: null,
        median_seconds_from_previous: null,
      },
      {
        name: '/b',
        visitors: 2,
        rate_from_start: 2 / 3,
        rate_from_previous: 2 / 3,
        median_seconds_from_previous: 15.5,
      },
      {
        name: 'Booked',
        visitors: 1,
        rate_from_start: 1 / 3,
        rate_from_previous: 1 / 2,
        median_seconds_from_previous: 30,
      },
      {
        name: 'Any call',
        visitors: 0,
        rate_from_start: 0,
        rate_from_previous: 0,
        median_seconds_from_previous: null,
      },
    ])
  })

  test('that nobody began has no rates, and says so of each step', async () => {
    const { steps, split, meta } = await asked([['10:00:00', '/x']], { steps: A_B, split: 'channel' })
    expect(steps.map(({ visitors, rate_from_start }) => [visitors, rate_from_start])).toEqual([
      [0, null],
      [0, null],
    ])
    expect(split).toEqual([])
    expect(meta.totalRows).toBe(0)
  })

  test('is timed from the first beginning of those that get equally far', async () => {
    const { steps } = await asked(
      [
        ['10:00:00', '/a'],
        ['10:01:00', '/a'],
        ['10:02:00', '/b'],
        ['10:03:00', '/b'],
      ],
      { steps: A_B },
    )
    expect(steps[1]?.median_seconds_from_previous).toBe(120)
  })
})

describe('a way within a session', () => {
  const steps = [{ click: {} }, { page: '/a' }, { goal: 'Booked' }]
  const night: Doing[] = [
    ['23:50:00', 'click', { clickKey: '1', visitor: 'x' }],
    ['23:50:01', '/a', landing('1', { visitor: 'b' })],
    ['2026-11-11T00:05:00Z', 'goal:booked', { visitor: 'c' }],
  ]
  const session: TestSession = {
    start: instantOf('23:50:01'),
    end: '2026-11-11T00:05:00Z',
    visitors: ['b', 'c'],
    channel: 'Email',
    entryPage: 'cars.example/a',
  }

  test('goes on with it under another key, and ends with it', async () => {
    expect(counts(await asked(night, { steps, window: 'session' }, [session]))).toEqual([1, 1, 1])
    const cut = [
      { ...session, end: instantOf('23:50:01'), visitors: ['b'] },
      { ...session, start: '2026-11-11T00:05:00Z', visitors: ['c'] },
    ]
    expect(counts(await asked(night, { steps, window: 'session' }, cut))).toEqual([1, 1, 0])
    expect(counts(await asked(night, { steps }, [session]))).toEqual([1, 1, 0])
  })

  test('counts a visitor once, by the session that gets furthest', async () => {
    const day: Doing[] = [
      ['10:00:00', '/a'],
      ['10:01:00', '/b'],
      ['14:00:00', '/a'],
      ['14:01:00', '/b'],
      ['14:02:00', 'goal:booked'],
      ['18:00:00', '/a'],
    ]
    const visits = ['10:00:00', '14:00:00', '18:00:00'].map((start) => ({
      start: instantOf(start),
      visitors: ['a'],
    }))
    const question = { steps: [...A_B, { goal: 'Booked' }], window: 'session' as const }
    expect(counts(await asked(day, question, visits))).toEqual([1, 1, 1])
  })

  test('does not take in what came after it, before that has a session of its own', async () => {
    const doings: Doing[] = [
      ['10:00:00', '/a'],
      ['12:00:00', '/b'],
    ]
    const visits = [{ start: instantOf('10:00:00'), end: instantOf('10:05:00'), visitors: ['a'] }]
    expect(counts(await asked(doings, { steps: A_B, window: 'session' }, visits))).toEqual([1, 0])
  })

  test('is the one that was complete first, though another session began before it', async () => {
    const doings: Doing[] = [
      ['10:00:00', 'click', { clickKey: '1' }],
      ['10:00:00', '/a', landing('1')],
      ['18:00:00', 'sold', { visitor: '', clickKey: '1', clickedAt: Date.parse(instantOf('10:00:00')) }],
      ['14:00:00', '/a'],
      ['15:00:00', 'sold'],
    ]
    const visits = ['10:00:00', '14:00:00'].map((start) => ({ start: instantOf(start), visitors: ['a'] }))
    const steps = [{ page: '/a' }, { goal: 'Sold' }]
    const answer = await asked(doings, { steps, window: 'session' }, visits)
    expect(counts(answer)).toEqual([1, 1])
    expect(answer.steps[1]?.median_seconds_from_previous).toBe(3600)
  })

  test('has a click without a landing only as its first step', async () => {
    const doings: Doing[] = [
      ['10:00:00', 'click'],
      ['10:00:10', '/a'],
    ]
    const visits = [{ start: instantOf('10:00:10'), visitors: ['a'] }]
    expect(counts(await asked(doings, { steps, window: 'session' }, visits))).toEqual([1, 0, 0])
  })
})

describe('a split', () => {
  test('takes what a click says itself, and of the rest what the visit says in which the way began', async () => {
    const doings: Doing[] = [
      ['10:00:00', 'click', { platform: 'tiktok', channel: 'Organic Video' }],
      ['10:00:30', '/a', { channel: 'Direct' }],
      ['10:01:00', '/b', { channel: 'Direct' }],
      ['10:00:30', '/a', { channel: 'Direct', visitor: 'lost' }],
    ]
    const visits = [{ start: instantOf('10:00:00'), visitors: ['a'], channel: 'Email' }]
    const byPage = await asked(doings, { steps: A_B, split: 'channel' }, visits)
    expect(byPage.split?.map((row) => [row.key, ...counts(row)])).toEqual([
      ['Direct', 1, 0],
      ['Email', 1, 1],
    ])
    expect(byPage.meta.totalRows).toBe(2)
    const steps = [{ click: {} }, { page: '/b' }]
    const byClick = await asked(doings, { steps, split: 'platform' }, visits)
    expect(byClick.split?.map((row) => [row.key, ...counts(row)])).toEqual([['tiktok', 1, 1]])
    const filtered = await asked(
      doings,
      { steps: A_B, split: 'entry_page', filters: [['is', 'channel', ['Email']]] },
      visits,
    )
    expect(filtered.split?.map((row) => [row.key, ...counts(row)])).toEqual([['example.com/models', 1, 1]])
  })

  test('shows its largest rows, and the whole beside them', async () => {
    const doings = ['DE', 'DE', 'FR', 'MY', ''].map(
      (country, index): Doing => ['10:00:00', '/a', { country, visitor: `v${index}` }],
    )
    const { steps, split, meta } = await asked(doings, { steps: A_B, split: 'country', limit: 2 })
    expect(steps[0]?.visitors).toBe(5)
    expect(split?.map((row) => [row.key, ...counts(row)])).toEqual([
      ['DE', 2, 0],
      ['(unknown)', 1, 0],
    ])
    expect(meta.totalRows).toBe(4)
  })

  test('knows the kinds of pages that the site has', async () => {
    const pageKinds = [{ id: 1, pattern: '/a', label: 'Locator', kind: 'dealer_locator' as const }]
    const { split } = await asked([['10:00:00', '/a']], { steps: A_B, split: 'page_label' }, [], {
      pageKinds,
    })
    expect(split?.map(({ key }) => key)).toEqual(['Locator'])
  })
})

describe('the answer', () => {
  test('says how many of the visitors have a key that ends with the day', async () => {
    const doings: Doing[] = [
      ['10:00:00', '/a', { consent: 'granted' }],
      ['10:00:00', '/a', { visitor: 'b' }],
      ['10:00:00', '/a', { visitor: 'c', consent: 'denied' }],
    ]
    const { meta } = await asked(doings, { steps: A_B })
    expect(meta.warnings).toEqual([expect.stringMatching(/^67 % of these visitors had not consented/)])
    const within = await asked(doings, { steps: A_B, window: 'session' })
    expect(within.meta.warnings).toEqual([])
  })

  test('says how many steps belong to nobody, and whether windows are still open', async () => {
    const doings: Doing[] = [
      ['10:00:00', '/a', { visitor: '' }],
      ['10:00:00', '/b', { visitor: '', consent: 'granted' }],
      ['10:00:00', '/x', { visitor: '' }],
    ]
    const { meta } = await asked(doings, { steps: A_B }, [], { completeUntil: NOW })
    expect(meta).toMatchObject({
      timezone: 'Europe/Berlin',
      from: '2026-11-05',
      to: '2026-11-11',
      completeUntil: '2026-11-11T12:00:00.000Z',
      rulesVersion: 1,
    })
    expect(meta.warnings).toEqual([
      expect.stringMatching(/^2 hits .* are left out/),
      expect.stringMatching(/still has time/),
    ])
  })

  test('reads the current generation of each day', async () => {
    const site = testSite({ id: ++sites })
    const old = doing(site, ['10:00:00', '/a'])
    await insertHits(store.warehouse, [old])
    await insertHits(store.warehouse, [{ ...old, landingPage: 'cars.example/x' }], 1)
    expect(counts(await askFunnel(store.warehouse, site, { steps: A_B }))).toEqual([1, 0])
    await turnDay(store.warehouse, site.id, '2026-11-10', 1)
    expect(counts(await askFunnel(store.warehouse, site, { steps: A_B }))).toEqual([0, 0])
  })
})
