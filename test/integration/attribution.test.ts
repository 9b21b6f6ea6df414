import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODELS } from '../../server/domain/attribution/contract.ts'
import { ANN, attributedSite, BEN, BOOKED, DIRECT, given, SEARCH, SOCIAL } from './attribution-support.ts'
import { event, hit, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let engine: TestWarehouse
beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())

const site = (options?: Parameters<typeof attributedSite>[1]) => attributedSite(engine.warehouse, options)

describe('a path', () => {
  test('is made of the visits before a conversion, and every model shares it out', async () => {
    const { visits, books, attribute, ask } = site()
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-09T10:00:00Z', ...SEARCH },
      { start: '2026-11-16T10:00:00Z', ...DIRECT },
    )
    await books(ANN, '2026-11-16T10:05:00Z', '90')
    const answer = await attribute({ models: [...MODELS] })
    expect(answer.totals).toEqual({ conversions: 1, value: 90 })
    expect(given(answer, 'first')).toEqual({ 'Organic Social': 1, 'Organic Search': 0, Direct: 0 })
    expect(given(answer, 'last')).toEqual({ 'Organic Social': 0, 'Organic Search': 0, Direct: 1 })
    expect(given(answer, 'lastNonDirect')).toEqual({ 'Organic Social': 0, 'Organic Search': 1, Direct: 0 })
    expect(given(answer, 'linear')).toEqual({
      'Organic Social': 0.333,
      'Organic Search': 0.333,
      Direct: 0.333,
    })
    // A week is a half-life: 1, 2 and 4 sevenths.
    expect(given(answer, 'timeDecay')).toEqual({
      'Organic Social': 0.143,
      'Organic Search': 0.286,
      Direct: 0.571,
    })
    expect(given(answer, 'position')).toEqual({ 'Organic Social': 0.4, 'Organic Search': 0.2, Direct: 0.4 })
    for (const model of ['markov', 'shapley', 'shapleyRate'] as const)
      expect(given(answer, model)).toEqual({
        'Organic Social': 0.333,
        'Organic Search': 0.333,
        Direct: 0.333,
      })
    const search = answer.results.find(({ key }) => key === 'Organic Search')
    expect(search?.assisted).toEqual({ conversions: 1, value: 90, lastConversions: 0, ratio: null })
    expect(search?.removalEffect).toEqual({ conversions: 1, value: 1 })
    expect(search?.credits.position).toMatchObject({ conversionShare: 0.2, valueShare: 0.2 })
    expect(answer.topPaths).toEqual([
      {
        path: ['Organic Social', 'Organic Search', 'Direct'],
        conversions: 1,
        value: 90,
        nulls: 0,
        share: 1,
        secondsToConvert: 14 * 86_400 + 300,
      },
    ])
    expect(answer.statistics.length).toEqual({ mean: 3, median: 3 })
    expect(answer.statistics.lengths[2]).toEqual({ touches: 3, conversions: 1 })
    expect(answer.statistics.daysToConvert.find(({ days }) => days === 14)).toEqual({
      days: 14,
      conversions: 1,
    })
    expect(answer.coverage).toEqual({
      withTouch: 1,
      withoutTouch: 0,
      oneDayHorizon: { conversions: 0, share: 0 },
      externallyTold: 0,
      unfollowed: 0,
    })
    const counted = await ask({ metrics: ['conversions', 'value'], date_range: ['2026-11-01', '2026-11-30'] })
    expect(counted.results[0]?.metrics).toEqual([1, 90])
  })

  test('holds what lies in the window: not its first instant, but the conversion’s own', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-02T10:00:00.001Z', ...SEARCH },
      { start: '2026-11-09T10:00:00Z', ...DIRECT },
    )
    await books(ANN, '2026-11-09T10:00:00Z')
    const { topPaths } = await attribute({ window: 7 })
    expect(topPaths[0]?.path).toEqual(['Organic Search', 'Direct'])
    expect((await attribute({ window: 7.5 })).topPaths[0]?.path).toHaveLength(3)
    expect((await attribute({ window: 0.25 })).topPaths[0]?.path).toEqual(['Direct'])
  })

  test('reaches back before the range; what comes after the conversion is not in it', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-10-20T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...SEARCH },
      { start: '2026-11-04T10:00:00Z', ...DIRECT },
    )
    await books(ANN, '2026-11-03T11:00:00Z')
    await books(ANN, '2026-10-21T11:00:00Z')
    const { topPaths, totals } = await attribute()
    expect(totals.conversions).toBe(1)
    expect(topPaths.map(({ path, conversions }) => [path, conversions])).toEqual([
      [['Organic Social', 'Organic Search'], 1],
    ])
  })

  test('without touches goes to (no touch) in every model, and stays out of chains', async () => {
    const { visits, books, attribute } = site()
    await visits(ANN, { start: '2026-11-02T10:00:00Z', ...SOCIAL })
    await visits(BEN, { start: '2026-11-03T10:00:00Z', ...SEARCH })
    await books(ANN, '2026-11-20T10:00:00Z', '5')
    await books(BEN, '2026-11-03T10:01:00Z', '7')
    const answer = await attribute({ window: 7 })
    expect(answer.results.map(({ key }) => key)).toEqual(['Organic Search', '(no touch)'])
    for (const { credits } of answer.results)
      for (const credit of Object.values(credits)) expect(credit.conversions).toBe(1)
    expect(answer.results[1]).toMatchObject({ assisted: null, removalEffect: null })
    expect(answer.coverage).toMatchObject({ withTouch: 1, withoutTouch: 1 })
    expect(answer.meta.warnings).toContainEqual(expect.stringContaining('1 conversion has no touch'))
  })

  test('begins after the conversion before where touches are not reused', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-10-28T10:00:00Z', ...SOCIAL },
      { start: '2026-11-02T10:00:00Z', ...SEARCH },
    )
    await books(ANN, '2026-10-29T10:00:00Z')
    await books(ANN, '2026-11-03T10:00:00Z')
    await books(ANN, '2026-11-04T10:00:00Z')
    const paths = async (reuse: boolean) =>
      (await attribute({ options: { reuse } })).topPaths.map(({ path, conversions }) => [
        path.join(' > '),
        conversions,
      ])
    expect(await paths(true)).toEqual([['Organic Social > Organic Search', 2]])
    expect(await paths(false)).toEqual([['Organic Search', 1]])
  })

  test('loses Direct where it does not count, unless there is nothing else', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...DIRECT },
    )
    await visits(BEN, { start: '2026-11-03T10:00:00Z', ...DIRECT })
    await books(ANN, '2026-11-03T10:05:00Z')
    await books(BEN, '2026-11-03T10:05:00Z')
    const { topPaths } = await attribute({ options: { direct: false } })
    expect(topPaths.map(({ path }) => path)).toEqual([['Direct'], ['Organic Social']])
    const bySource = await attribute({ grain: 'source', options: { direct: false } })
    expect(bySource.topPaths.map(({ path }) => path)).toEqual([['(direct)'], ['instagram.com']])
  })

  test('loses repeats in a row where these collapse', async () => {
    const { visits, books, attribute } = site()
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...SOCIAL },
      { start: '2026-11-04T10:00:00Z', ...SEARCH },
      { start: '2026-11-05T10:00:00Z', ...SOCIAL },
    )
    await books(ANN, '2026-11-05T10:05:00Z')
    const { topPaths } = await attribute({ options: { collapse: true } })
    expect(topPaths[0]).toMatchObject({
      path: ['Organic Social', 'Organic Search', 'Organic Social'],
      secondsToConvert: 2 * 86_400 + 300,
    })
    expect(given(await attribute(), 'linear')).toEqual({ 'Organic Social': 0.75, 'Organic Search': 0.25 })
  })
})

describe('a click that led nowhere', () => {
  test('is a touch; one that landed is its session', async () => {
    const { visits, books, clicks, add, site: at, attribute } = site()
    const link = { linkId: 7, link: 'go.example.com/a', channel: 'Organic Social' }
    await clicks(ANN, '2026-11-02T09:00:00Z', { ...link, clickKey: '11' })
    await clicks(ANN, '2026-11-04T09:00:00Z', { ...link, clickKey: '12' })
    await add(
      hit(at, '2026-11-04T09:00:05Z', {
        kind: 'pageview',
        visitor: ANN,
        clickKey: '12',
        landing: 'verified',
      }),
    )
    await visits(
      ANN,
      { start: '2026-11-04T09:00:05Z', clickKey: '12', linkId: 7, link: 'go.example.com/a', ...SOCIAL },
      { start: '2026-11-05T09:00:00Z', ...SEARCH },
    )
    await books(ANN, '2026-11-05T09:10:00Z')
    const { topPaths } = await attribute()
    expect(topPaths[0]?.path).toEqual(['Organic Social', 'Organic Social', 'Organic Search'])
    const byLink = await attribute({ grain: 'link' })
    expect(byLink.topPaths[0]?.path).toEqual(['go.example.com/a', 'go.example.com/a', '(none)'])
  })

  test('is one touch with those on its link without thirty minutes of silence between, and none beside a landed one', async () => {
    const { visits, books, clicks, add, site: at, attribute } = site()
    const link = { linkId: 7, link: 'go.example.com/a' }
    for (const [minute, key] of [
      ['00', '1'],
      ['20', '2'],
      ['50', '3'],
    ] as const)
      await clicks(ANN, `2026-11-02T09:${minute}:00Z`, { ...link, clickKey: key })
    await clicks(ANN, '2026-11-02T09:05:00Z', { linkId: 8, link: 'go.example.com/b', clickKey: '4' })
    await clicks(ANN, '2026-11-03T09:00:00Z', { ...link, clickKey: '5' })
    await clicks(ANN, '2026-11-03T09:10:00Z', { ...link, clickKey: '6' })
    await add(
      hit(at, '2026-11-03T09:10:05Z', { kind: 'pageview', visitor: ANN, clickKey: '6', landing: 'verified' }),
    )
    await visits(ANN, { start: '2026-11-03T09:10:05Z', clickKey: '6', ...SOCIAL, ...link })
    await books(ANN, '2026-11-03T10:00:00Z')
    const { topPaths } = await attribute({ grain: 'link' })
    expect(topPaths[0]?.path).toEqual(['go.example.com/a', 'go.example.com/b', 'go.example.com/a'])
  })

  test('is no touch where only an id of the link led to a visit, nor of a bot, nor where nothing was redirected', async () => {
    const { visits, books, clicks, attribute } = site()
    const link = { linkId: 7, link: 'go.example.com/a' }
    await clicks(ANN, '2026-11-02T09:00:00Z', link)
    await clicks(ANN, '2026-11-02T12:00:00Z', { ...link, traffic: 'bot' })
    await clicks(ANN, '2026-11-02T14:00:00Z', { ...link, outcome: 'expired' })
    await clicks(ANN, '2026-11-02T16:00:00Z', { ...link, traffic: 'prefetch', clickKey: '3' })
    await visits(ANN, { start: '2026-11-02T09:00:04Z', ...link, ...SOCIAL })
    await books(ANN, '2026-11-02T17:00:00Z')
    expect((await attribute()).topPaths[0]?.path).toEqual(['Organic Social'])
  })
})

describe('a visitor', () => {
  const DAY_KEY = '00000000000000d1'

  test('who consents has the touches of that day’s key too', async () => {
    const { visits, books, clicks, add, site: at, attribute } = site()
    await clicks(DAY_KEY, '2026-11-02T08:00:00Z', { clickKey: '9', linkId: 7 })
    await visits(
      DAY_KEY,
      { start: '2026-11-02T09:00:00Z', ...SEARCH, consent: 'unasked' },
      { start: '2026-11-02T12:00:00Z', ...DIRECT, visitors: [DAY_KEY, ANN] },
    )
    await add(
      hit(at, '2026-11-02T12:01:00Z', {
        kind: 'pageview',
        entry: false,
        visitor: ANN,
        previousVisitor: DAY_KEY,
        consent: 'granted',
      }),
    )
    await visits(ANN, { start: '2026-11-08T10:00:00Z', ...SOCIAL })
    await books(ANN, '2026-11-08T10:10:00Z')
    const { topPaths, coverage } = await attribute()
    expect(topPaths[0]?.path).toEqual(['Organic Social', 'Organic Search', 'Direct', 'Organic Social'])
    expect(coverage.oneDayHorizon).toEqual({ conversions: 0, share: 0 })
  })

  test('who shares a day’s key with others does not inherit what was done under it', async () => {
    const { visits, books, clicks, add, site: at, attribute } = site()
    await clicks(DAY_KEY, '2026-11-02T08:00:00Z', { clickKey: '9', linkId: 7 })
    for (const visitor of [ANN, BEN])
      await add(
        hit(at, '2026-11-02T12:01:00Z', {
          kind: 'pageview',
          entry: false,
          visitor,
          previousVisitor: DAY_KEY,
          consent: 'granted',
        }),
      )
    await visits(ANN, { start: '2026-11-02T12:00:00Z', ...SEARCH })
    await books(ANN, '2026-11-02T12:10:00Z')
    expect((await attribute()).topPaths[0]?.path).toEqual(['Organic Search'])
  })

  test('without consent is known for a day: the share of such conversions is told', async () => {
    const { visits, add, site: at, attribute } = site()
    await visits(DAY_KEY, { start: '2026-11-02T09:00:00Z', ...SEARCH, consent: 'unasked' })
    await visits(ANN, { start: '2026-11-02T09:00:00Z', ...SOCIAL })
    for (const visitor of [DAY_KEY, ANN])
      await add(event(at, '2026-11-02T09:10:00Z', { type: 'custom', name: 'booked' }, { visitor }))
    const { coverage, meta } = await attribute()
    expect(coverage.oneDayHorizon).toEqual({ conversions: 1, share: 0.5 })
    expect(meta.warnings).toContainEqual(
      expect.stringContaining('50 % of these conversions are by visitors without consent'),
    )
  })
})

describe('journeys without conversion', () => {
  async function world(now?: number) {
    const made = site(now === undefined ? {} : { now })
    await made.visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...SEARCH },
    )
    await made.visits(
      BEN,
      { start: '2026-11-04T10:00:00Z', ...SOCIAL },
      { start: '2026-12-04T10:00:00Z', ...SEARCH },
    )
    await made.visits('00000000000000c1', { start: '2026-10-04T10:00:00Z', ...SOCIAL })
    await made.visits('00000000000000e1', { start: '2026-11-30T10:00:00Z', ...SEARCH })
    await made.books(ANN, '2026-11-03T10:05:00Z')
    await made.books('00000000000000e1', '2026-12-07T10:05:00Z')
    return made
  }

  test('are one for each person with touches in the range and no conversion until the window after it has passed', async () => {
    const { attribute } = await world()
    const answer = await attribute({ window: 7, models: ['markov', 'shapleyRate'] })
    expect(answer.nulls).toEqual({ used: true, paths: 1, censoredUntil: null })
    expect(answer.topPaths).toMatchObject([
      { path: ['Organic Social', 'Organic Search'], conversions: 1, nulls: 0 },
      { path: ['Organic Social'], conversions: 0, nulls: 1, secondsToConvert: null },
    ])
    // Without Social nothing converts; without Search nothing does either.
    expect(given(answer, 'markov')).toEqual({ 'Organic Social': 0.5, 'Organic Search': 0.5 })
  })

  test('are left out while some may still convert, and where they are not asked for', async () => {
    const { attribute } = await world(Date.parse('2026-12-03T00:00:00Z'))
    const answer = await attribute({ window: 7 })
    expect(answer.nulls).toEqual({ used: false, paths: null, censoredUntil: '2026-12-08T00:00:00.000Z' })
    expect(answer.topPaths[0]?.nulls).toBeNull()
    expect(answer.meta.warnings).toContainEqual(expect.stringContaining('may still convert'))
    expect((await attribute({ window: 2 })).nulls.used).toBe(true)
    const unasked = await attribute({ window: 2, options: { nulls: false } })
    expect(unasked.nulls).toEqual({ used: false, paths: null, censoredUntil: null })
  })
})

describe('a question', () => {
  test('may be about one goal, whose name is compared without case, and about sides', async () => {
    const goals = [BOOKED, { ...BOOKED, name: 'Called', match: { type: 'tel' as const } }]
    const { visits, books, add, site: at, attribute } = site({ goals })
    await visits(
      ANN,
      { start: '2026-11-02T10:00:00Z', ...SOCIAL },
      { start: '2026-11-03T10:00:00Z', ...SEARCH },
    )
    await books(ANN, '2026-11-03T10:05:00Z')
    await add(event(at, '2026-11-02T10:05:00Z', { type: 'tel' }, { visitor: ANN }))
    expect((await attribute()).totals.conversions).toBe(2)
    expect(given(await attribute({ goal: 'called', grain: 'side' }), 'last')).toEqual({ Social: 1 })
    await expect(attribute({ goal: 'Sold' })).rejects.toMatchObject({
      problems: [{ field: 'goal', message: 'The site has no goal "Sold".', allowed: ['Booked', 'Called'] }],
    })
  })

  test('is answered where there is nothing at all', async () => {
    const answer = await site().attribute()
    expect(answer).toMatchObject({ results: [], totals: { conversions: 0, value: 0 }, topPaths: [] })
    expect(answer.statistics).toMatchObject({ length: null, secondsToConvert: null })
    const without = await site({ goals: [] }).attribute()
    expect(without.meta.warnings).toContainEqual(expect.stringContaining('no goals'))
  })

  test('pages through paths', async () => {
    const { visits, books, paths } = site()
    await visits(ANN, { start: '2026-11-02T10:00:00Z', ...SOCIAL })
    await visits(
      BEN,
      { start: '2026-11-02T10:00:00Z', ...SEARCH },
      { start: '2026-11-03T10:00:00Z', ...SEARCH },
    )
    await books(ANN, '2026-11-02T10:01:00Z')
    await books(BEN, '2026-11-02T10:01:00Z')
    await books(BEN, '2026-11-03T10:01:00Z', '4')
    const pages = await Promise.all([0, 1, 2, 3].map((offset) => paths({ limit: 1, offset })))
    expect(pages.map(({ results }) => results[0]?.path ?? null)).toEqual([
      ['Organic Search'],
      ['Organic Search', 'Organic Search'],
      ['Organic Social'],
      null,
    ])
    for (const { meta, totals } of pages) {
      expect(meta.totalRows).toBe(3)
      expect(totals).toEqual({ conversions: 3, value: 4 })
    }
  })
})
