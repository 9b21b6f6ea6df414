import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODELS } from '../../server/domain/attribution/contract.ts'
import {
  ANN,
  attributedSite,
  BEN,
  BOOKED,
  countedPaths,
  DIRECT,
  SEARCH,
  SOCIAL,
  sums,
} from './attribution-support.ts'
import { event, hit, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let engine: TestWarehouse
beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())

const site = (options?: Parameters<typeof attributedSite>[1]) => attributedSite(engine.warehouse, options)
const SOLD = { ...BOOKED, name: 'Sold', match: { type: 'external' as const } }

describe('conversions told from elsewhere', () => {
  test('go on the path of whom they are tied to, by click, visitor or id', async () => {
    const { visits, clicks, add, site: at, attribute, ask } = site({ goals: [SOLD] })
    const clickedAt = Date.parse('2026-11-02T10:00:00Z')
    const sold = (key: string, time: string, facts: object, fields: Parameters<typeof event>[3]) =>
      add(
        event(
          at,
          time,
          { type: 'external', name: 'Sold', key, version: 1, value: '10.5', ...facts },
          { visitor: '', ...fields },
        ),
      )
    // By a click that led to a session, under another key than the click's.
    await clicks('00000000000000d1', '2026-11-02T10:00:00Z', { clickKey: '31', clickedAt, linkId: 1 })
    await add(
      hit(at, '2026-11-02T10:00:05Z', {
        kind: 'pageview',
        visitor: ANN,
        clickKey: '31',
        clickedAt,
        landing: 'verified',
      }),
    )
    await visits(
      ANN,
      { start: '2026-11-01T10:00:00Z', ...SEARCH },
      { start: '2026-11-02T10:00:05Z', clickKey: '31', linkId: 1, ...SOCIAL },
    )
    await sold('by session', '2026-11-05T10:00:00Z', {}, { clickKey: '31', clickedAt })
    // By a click that led nowhere.
    await clicks(BEN, '2026-11-02T10:00:00Z', {
      clickKey: '32',
      clickedAt,
      linkId: 2,
      channel: 'Paid Social',
    })
    await sold('by click', '2026-11-05T10:00:00Z', {}, { clickKey: '32', clickedAt })
    // By visitor, and by an id.
    await visits('00000000000000c1', { start: '2026-11-03T10:00:00Z', ...DIRECT })
    await sold('by visitor', '2026-11-05T10:00:00Z', {}, { visitor: '00000000000000c1' })
    await visits('00000000000000c2', { start: '2026-11-03T10:00:00Z', ...SEARCH })
    await add(
      event(
        at,
        '2026-11-03T10:00:10Z',
        { type: 'identify', externalId: 'e1' },
        { visitor: '00000000000000c2' },
      ),
    )
    await sold('by id', '2026-11-05T10:00:00Z', { externalId: 'e1' }, {})
    // Nobody's, before its click, taken back, in other money, changed later.
    await sold('nobody', '2026-11-05T10:00:00Z', {}, {})
    await sold('early', '2026-11-02T09:00:00Z', {}, { clickKey: '32', clickedAt })
    await sold('back', '2026-11-05T10:00:00Z', {}, { visitor: '00000000000000c1' })
    await sold(
      'back',
      '2026-11-05T10:00:00Z',
      { version: 2, cancelled: true },
      { visitor: '00000000000000c1' },
    )
    await sold('dollars', '2026-11-05T11:00:00Z', { currency: 'USD' }, { visitor: '00000000000000c1' })
    await sold('more', '2026-11-05T12:00:00Z', {}, { visitor: '00000000000000c1' })
    await sold('more', '2026-11-05T12:00:00Z', { version: 2, value: '20' }, { visitor: '00000000000000c1' })
    const answer = await attribute({ models: [...MODELS] })
    expect(countedPaths(answer)).toEqual({
      'Organic Search > Organic Social': 1,
      'Paid Social': 1,
      Direct: 3,
      'Organic Search': 1,
    })
    expect(answer.totals).toEqual({ conversions: 8, value: 7 * 10.5 - 10.5 + 20 })
    expect(answer.coverage).toEqual({
      withTouch: 6,
      withoutTouch: 2,
      // Of the click that led nowhere: the visitors of the others had consented, and nobody knows whose two of them are.
      oneDayHorizon: { conversions: 1, share: 1 / 8 },
      externallyTold: 8,
      unfollowed: 0,
    })
    expect(answer.meta.warnings).toContainEqual(expect.stringContaining('1 in USD'))
    const counted = await ask({ metrics: ['conversions', 'value'], date_range: ['2026-11-01', '2026-11-30'] })
    expect(counted.results[0]?.metrics).toEqual([answer.totals.conversions, answer.totals.value])
    for (const model of MODELS) {
      expect(sums(answer, model).conversions).toBeCloseTo(8, 9)
      expect(sums(answer, model).value).toBeCloseTo(answer.totals.value, 9)
    }
  })
})

test('a conversion of a visitor with an id has no horizon of a day, though no visit is known', async () => {
  const { books, attribute, ask } = site()
  await books(ANN, '2026-11-02T10:05:00Z')
  const byConsent = await ask({
    metrics: ['conversions'],
    dimensions: ['consent'],
    date_range: ['2026-11-01', '2026-11-30'],
  })
  expect(byConsent.results).toMatchObject([{ dimensions: ['granted'], metrics: [1] }])
  expect((await attribute()).coverage).toMatchObject({ withoutTouch: 1, oneDayHorizon: { conversions: 0 } })
})
