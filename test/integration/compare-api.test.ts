import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { compareRoutes } from '../../server/api/compare.ts'
import { compareRates } from '../../server/domain/stats/compare-rates.ts'
import { answerQuestion } from '../../server/reports/answer.ts'
import type { Filter } from '../../server/reports/contract.ts'
import { parseQuestion } from '../../server/reports/parse/question.ts'
import type { CompareRequest, SidesCompared } from '../../server/reports/side-by-side/contract.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { startApi } from '../support/api.ts'
import { addVisits } from './compare-support.ts'
import { GOALS, NOW } from './funnel-support.ts'
import { hit, insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

const site = testSite()
const DRIVE = 'cars.example/test-drive'
const SMALL = 'cars.example/offers'
const ONLY_SOCIAL = 'cars.example/reel'
const UNMEASURED = 'partner.example/book'

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
  const { warehouse } = store
  await insertHits(warehouse, [
    hit(site, '2026-11-10T10:00:00Z', { kind: 'pageview', landingPage: DRIVE }),
    hit(site, '2026-11-03T10:00:00Z', { kind: 'pageview', landingPage: DRIVE }),
    hit(site, '2026-11-10T10:00:00Z', { landingPage: UNMEASURED }),
  ])
  const day = '2026-11-10'
  await addVisits(warehouse, {
    day,
    side: 'Social',
    page: DRIVE,
    country: 'DE',
    sessions: 2000,
    booked: 100,
    called: 10,
  })
  await addVisits(warehouse, { day, side: 'Social', page: DRIVE, country: 'AT', sessions: 500, booked: 20 })
  await addVisits(warehouse, { day, side: 'Search', page: DRIVE, country: 'DE', sessions: 4000, booked: 90 })
  await addVisits(warehouse, { day, side: 'Search', page: DRIVE, country: 'CH', sessions: 1000, booked: 10 })
  await addVisits(warehouse, { day, side: 'Social', page: SMALL, country: 'DE', sessions: 100, booked: 5 })
  await addVisits(warehouse, { day, side: 'Search', page: SMALL, country: 'DE', sessions: 250, booked: 4 })
  await addVisits(warehouse, {
    day,
    side: 'Social',
    page: ONLY_SOCIAL,
    country: 'DE',
    sessions: 40,
    booked: 2,
  })
  // A week before, and the day before that, on which no day of the range falls.
  await addVisits(warehouse, {
    day: '2026-11-03',
    side: 'Social',
    page: DRIVE,
    country: 'DE',
    sessions: 300,
    booked: 30,
  })
  await addVisits(warehouse, {
    day: '2026-10-28',
    side: 'Social',
    page: DRIVE,
    country: 'DE',
    sessions: 50,
    booked: 50,
  })
})
afterAll(() => store.close())

function routes(warehouse: Warehouse = store.warehouse) {
  return compareRoutes({
    warehouse,
    sites: { byName: async (name) => (name === site.name ? site : null) },
    goals: async () => GOALS,
    pageKinds: async () => [],
    freshness: () => NOW - 1000,
    now: () => NOW,
  })
}

function post(
  body: unknown,
  { signal, type = 'application/json' }: { signal?: AbortSignal; type?: string } = {},
) {
  return routes().request('/api/v1/compare', {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

async function compare(body: CompareRequest): Promise<SidesCompared> {
  const response = await post(body)
  expect(response.status).toBe(200)
  return (await response.json()) as SidesCompared
}

const of = (side: 'Search' | 'Social') => ({
  filters: [['is', 'side', [side]]] as [['is', 'side', string[]]],
})
const on = (page: string) => ['is', 'landing_page', [page]] as ['is', string, string[]]
const question = { date_range: '7d', a: of('Social'), b: of('Search') } as const

describe('two sides of a page', () => {
  it('are compared with all that the figures say, in a sentence to quote', async () => {
    const found = await compare({ ...question, goal: 'Booked', filters: [on(DRIVE)] })
    const { a, b, ...rest } = compareRates({ k: 120, n: 2500 }, { k: 100, n: 5000 })
    expect(found).toEqual({
      a: { name: 'Social', ...a },
      b: { name: 'Search', ...b },
      ...rest,
      sentence:
        'Social converted at 4.8 % [4.0, 5.7] against Search at 2.0 % [1.6, 2.4] on cars.example/test-drive ' +
        '(goal: Booked); enough data; this compares, it does not prove cause.',
      meta: {
        timezone: 'Europe/Berlin',
        from: '2026-11-05',
        to: '2026-11-11',
        completeUntil: '2026-11-11T11:59:59.000Z',
        rulesVersion: 1,
        totalRows: 1,
        warnings: [],
        available: { from: '2026-11-03', to: '2026-11-10' },
        baseline: null,
      },
    })
    expect([found.enough, found.test.name]).toEqual([true, 'chi-square'])
  })

  it('have the rates that the query gives', async () => {
    const found = await compare({ ...question, goal: 'Booked', filters: [on(DRIVE)] })
    const answer = await answerQuestion(
      parseQuestion({
        date_range: '7d',
        metrics: ['conversion_rate'],
        dimensions: ['side'],
        filters: [on(DRIVE), ['is', 'goal', ['Booked']]],
      }),
      { warehouse: store.warehouse, site, completeUntil: NOW, now: NOW, goals: async () => GOALS },
    )
    expect(answer.results.map(({ dimensions, metrics }) => [...dimensions, ...metrics])).toEqual([
      ['Social', found.a.rate],
      ['Search', found.b.rate],
    ])
  })

  it('are told to be too few where they are', async () => {
    const found = await compare({ ...question, filters: [on(SMALL)] })
    expect([found.a.k, found.a.n, found.b.k, found.b.n]).toEqual([5, 100, 4, 250])
    expect([found.enough, found.test.name]).toEqual([false, 'fisher'])
    expect(found.sentence).toBe(
      'Social converted at 5.0 % [2.2, 11.2] against Search at 1.6 % [0.6, 4.0] on cars.example/offers; ' +
        'too little data: about 430 sessions a side would be needed to see such a difference; ' +
        'this compares, it does not prove cause.',
    )
  })

  it('count a session once for any goal, and naming a goal leaves the sessions as they are', async () => {
    const any = await compare({ ...question, goal: null, filters: [on(DRIVE)] })
    const called = await compare({ ...question, goal: 'any CALL', filters: [on(DRIVE)] })
    expect([any.a.k, any.a.n]).toEqual([120, 2500])
    expect([called.a.k, called.a.n, called.b.k]).toEqual([10, 2500, 0])
    expect(called.sentence).toContain('(goal: Any call)')
  })

  it('say so where one has no sessions, which is no error', async () => {
    const found = await compare({ ...question, filters: [on(ONLY_SOCIAL)] })
    expect(found).toMatchObject({
      a: { k: 2, n: 40, rate: 0.05, ci: [expect.any(Number), expect.any(Number)] },
      b: { name: 'Search', k: 0, n: 0, rate: null, ci: null },
      difference: { value: null, ci: null },
      test: { name: null, p: null },
      probabilityABetter: null,
      enough: false,
      neededPerSide: null,
      sentence: 'Search had no sessions on cars.example/reel in these days: there is nothing to compare.',
    })
  })

  it('are unknown, never 0, on a page whose host sent no pageview', async () => {
    const found = await compare({ ...question, filters: [on(UNMEASURED)] })
    expect(found.a).toEqual({ name: 'Social', k: null, n: null, rate: null, ci: null })
    expect(found.sentence).toContain('No page data on partner.example/book')
  })

  it('are told with what they were filtered by', async () => {
    const filters: Filter[] = [on(DRIVE), ['is', 'country', ['DE', 'AT']], ['not', ['is', 'device', ['tv']]]]
    const { sentence } = await compare({ ...question, filters })
    expect(sentence).toContain(' on cars.example/test-drive for country DE or AT, filtered further; ')
  })

  it('carry a warning where the same sessions stand on both', async () => {
    const found = await compare({ ...question, b: { name: 'Everybody' }, filters: [on(DRIVE)] })
    expect([found.b.name, found.b.n]).toEqual(['Everybody', 7500])
    expect(found.meta.warnings).toEqual([expect.stringContaining('2500 sessions stand on both sides')])
  })

  it('are the same sessions where only their goals differ, and told so', async () => {
    const goal = (name: string) => ({ filters: [['is', 'goal', [name]] as Filter] })
    const found = await compare({ ...question, a: goal('Booked'), b: goal('Any call'), filters: [on(DRIVE)] })
    expect([found.a.k, found.a.n, found.b.k, found.b.n]).toEqual([220, 7500, 10, 7500])
    expect(found.meta.warnings).toEqual([expect.stringContaining('7500 sessions stand on both sides')])
  })

  it('may be put together from channels of one’s own choice', async () => {
    const sides = { search: ['Organic Social'], social: ['Organic Search'] }
    const found = await compare({ ...question, filters: [on(DRIVE)], sides })
    expect([found.a.n, found.b.n]).toEqual([5000, 2500])
  })
})

describe('a baseline', () => {
  it('is the same filter over the days before, weekday by weekday', async () => {
    const found = await compare({
      date_range: '7d',
      goal: 'Booked',
      filters: [on(DRIVE)],
      a: of('Social'),
      baseline: 'weekdays',
    })
    expect([found.a.n, found.b.k, found.b.n]).toEqual([2500, 30, 300])
    expect(found.meta.baseline).toEqual(['2026-10-29', '2026-11-04'])
    expect(found.sentence).toMatch(
      /^Social \(2026-11-05 to 2026-11-11\) converted at .* against Social \(2026-10-29 to 2026-11-04\) at /,
    )
    expect(found.meta.warnings).toEqual([expect.stringContaining('the site’s data only on 2026-11-03')])
  })

  it('of part of a week leaves days out rather than weekdays unlike', async () => {
    const found = await compare({ date_range: ['2026-11-10', '2026-11-10'], a: {}, baseline: 'weekdays' })
    expect(found.meta.baseline).toEqual(['2026-11-03', '2026-11-03'])
    expect(found.b).toMatchObject({ name: 'The site', n: 300 })
  })

  it('between instants keeps the clock across its change', async () => {
    const found = await compare({
      date_range: ['2026-10-26T09:00:00+01:00', '2026-10-27T09:00:00+01:00'],
      a: {},
      baseline: 'weekdays',
    })
    expect(found.meta.baseline).toEqual(['2026-10-19T09:00:00+02:00', '2026-10-20T09:00:00+02:00'])
  })
})

describe('a split', () => {
  it('compares each value, those with most sessions first, with p adjusted over the list', async () => {
    const found = await compare({ ...question, split: 'landing_page', limit: 2 })
    expect(found.split?.map(({ key, a, b }) => [key, a.k, a.n, b.k, b.n])).toEqual([
      [DRIVE, 120, 2500, 100, 5000],
      [SMALL, 5, 100, 4, 250],
    ])
    expect(found.meta.totalRows).toBe(3)
    const [first, second] = found.split ?? []
    expect(first?.adjusted.holm).toBeCloseTo((first?.test.p ?? 0) * 2, 15)
    expect(second?.adjusted.holm).toBeCloseTo(second?.test.p ?? 0, 12)
    expect(second?.adjusted.benjaminiHochberg).toBeCloseTo(second?.test.p ?? 0, 12)
    expect(first?.sentence).toContain('on cars.example/test-drive; enough data;')
  })

  it('keeps values that only one side has, without a test', async () => {
    const found = await compare({ ...question, filters: [on(DRIVE)], split: 'country', goal: 'Booked' })
    expect(found.split?.map(({ key, a, b }) => [key, a.n, b.n])).toEqual([
      ['DE', 2000, 4000],
      ['CH', 0, 1000],
      ['AT', 500, 0],
    ])
    expect(found.split?.map(({ adjusted, test: { p } }) => [p === null, adjusted.holm === null])).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ])
    expect(found.split?.[0]?.sentence).toContain('on cars.example/test-drive for country DE (goal: Booked)')
    expect(found.split?.[1]?.sentence).toContain('Social had no sessions')
  })

  it('of nothing is empty', async () => {
    const found = await compare({ ...question, filters: [on('cars.example/none')], split: 'country' })
    expect([found.split, found.meta.totalRows]).toEqual([[], 0])
  })
})

describe('figures of one’s own', () => {
  it('are compared and answered with exactly these fields', async () => {
    const response = await post({ a: { k: 240, n: 10_000 }, b: { k: 180, n: 10_000 } })
    const compared = compareRates({ k: 240, n: 10_000 }, { k: 180, n: 10_000 })
    expect(await response.json()).toEqual({
      ...compared,
      sentence:
        'A converted at 2.4 % [2.1, 2.7] against B at 1.8 % [1.6, 2.1]; enough data; ' +
        'this compares, it does not prove cause.',
    })
    expect(compared.neededPerSide).toBe(8964)
  })

  it('may be of ten millions, equal, or none', async () => {
    const huge = await post({ a: { k: 5_000_000, n: 10_000_000 }, b: { k: 5_000_000, n: 10_000_000 } })
    expect(await huge.json()).toMatchObject({
      neededPerSide: null,
      enough: true,
      sentence: expect.stringContaining('no clear difference (0.00 points [−0.04, 0.04]); enough data;'),
    })
    const none = await post({ a: { k: 0, n: 10 }, b: { k: 0, n: 20 } })
    expect(await none.json()).toMatchObject({ test: { name: 'fisher', p: 1 }, enough: false })
  })
})

test.each<[string, unknown, string[]]>([
  ['no sessions', { a: { k: 0, n: 0 }, b: { k: 1, n: 2 } }, ['a.n']],
  ['conversions of no sessions', { a: { k: 1, n: 2 }, b: { k: 1, n: 0 } }, ['b.n']],
  ['more conversions than sessions', { a: { k: 1, n: 2 }, b: { k: 3, n: 2 } }, ['b.k']],
  ['fewer than none', { a: { k: -1, n: 2 }, b: { k: 1, n: -2 } }, ['a.k', 'b.n']],
  ['parts of a session', { a: { k: 1.5, n: 2 }, b: { k: 1, n: 2.5 } }, ['a.k', 'b.n']],
  ['texts', { a: { k: '1', n: 2 }, b: { k: 1, n: null } }, ['a.k', 'b.n']],
  ['beyond all counting', { a: { k: 1, n: 1e300 }, b: { k: 1, n: 1e12 } }, ['a.n', 'b.n']],
  ['a side missing', { a: { k: 1, n: 2 } }, ['b']],
  ['figures beside filters', { a: { k: 1, n: 2, filters: [] }, b: { k: 1, n: 2 } }, ['a.filters']],
  ['figures with a range', { a: { k: 1, n: 2 }, b: { k: 1, n: 2 }, date_range: '7d' }, ['date_range']],
  ['nothing', {}, ['a', 'date_range']],
  ['no other side', { date_range: '7d', a: {} }, ['b']],
  ['two other sides', { ...question, baseline: 'weekdays' }, ['baseline']],
  ['an unknown baseline', { date_range: '7d', a: {}, baseline: 'year' }, ['baseline']],
  ['an unknown goal', { ...question, goal: 'Bocked' }, ['goal']],
  [
    'bad filters everywhere',
    {
      date_range: '7d',
      filters: [['like', 'country', ['DE']]],
      a: { filters: [['is', 'colour', ['red']]] },
      b: { filters: [['is', 'country', ['DE']], 5] },
    },
    ['a.filters[0][1]', 'b.filters[1]', 'filters[0][0]'],
  ],
  [
    'a filter that sessions lack',
    { ...question, b: { filters: [['is', 'traffic', ['bot']]] } },
    ['b.filters[0][1]'],
  ],
  [
    'a bad expression',
    { ...question, a: { filters: [['matches', 'source', ['(']]] } },
    ['a.filters[0][2][0]'],
  ],
  ['an empty name', { ...question, a: { name: ' ' } }, ['a.name']],
  ['an unknown split', { ...question, split: 'colour' }, ['split']],
  ['a split by time', { ...question, split: 'time:day' }, ['split']],
  ['too long a list', { ...question, split: 'country', limit: 101 }, ['limit']],
  ['an impossible date', { ...question, date_range: ['2026-02-30', '2026-03-01'] }, ['date_range[0]']],
  ['an unknown channel', { ...question, sides: { search: ['Serach'], social: [] } }, ['sides.search[0]']],
  ['an unknown field', { ...question, metrics: [] }, ['metrics']],
  ['an unknown site', { ...question, site: 'other' }, ['site']],
  ['no JSON', '{"a": ', ['body']],
  ['a list', [], ['body']],
])('%s is a 400 that names the field', async (_, body, fields) => {
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const { errors } = (await response.json()) as { errors: { field: string; message: string }[] }
  expect(errors.map(({ field }) => field).sort()).toEqual([...fields].sort())
  for (const { message } of errors) expect(message).toMatch(/./)
})

test('an unknown goal is told with those that there are', async () => {
  const response = await post({ ...question, goal: 'Bocked' })
  expect(await response.json()).toMatchObject({
    errors: [{ field: 'goal', allowed: ['Booked', 'Any call', 'Seen A', 'Sold'] }],
  })
})

test('what is not JSON by its type, or too long, is refused before it is read', async () => {
  expect((await post(question, { type: 'text/plain' })).status).toBe(415)
  expect((await post({ ...question, site: 'x'.repeat(300_000) })).status).toBe(413)
})

test('whoever goes away ends the question', async () => {
  const gone = new AbortController()
  gone.abort()
  expect((await post(question, { signal: gone.signal })).status).toBe(499)
})

test('the API describes it', async () => {
  const { api, send, close } = await startApi()
  api.route('/', routes())
  const { body } = await send('GET', '/api/v1/openapi.json')
  const { post: described } = body.paths['/api/v1/compare']
  const [sides, counts] = described.requestBody.content['application/json'].schema.oneOf
  expect(Object.keys(sides.properties)).toEqual(
    expect.arrayContaining(['date_range', 'goal', 'filters', 'a', 'b', 'baseline', 'split', 'limit']),
  )
  expect(counts.properties.a.properties.n).toMatchObject({ type: 'integer', minimum: 1 })
  await close()
})
