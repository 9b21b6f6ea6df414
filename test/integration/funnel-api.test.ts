import { afterAll, beforeAll, expect, test } from 'vitest'
import { funnelRoutes } from '../../server/api/funnel.ts'
import type { FunnelAnswer } from '../../server/reports/funnel/contract.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { startApi } from '../support/api.ts'
import { GOALS, NOW } from './funnel-support.ts'
import { hit, insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

const site = testSite()

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
  const page = (time: string, landingPage: string) => hit(site, time, { kind: 'pageview', landingPage })
  await insertHits(store.warehouse, [
    page('2026-11-10T10:00:00Z', 'cars.example/models'),
    page('2026-11-10T10:00:30Z', 'cars.example/dealers/berlin'),
  ])
})
afterAll(() => store.close())

function routes(warehouse: Warehouse = store.warehouse) {
  return funnelRoutes({
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
  {
    warehouse,
    signal,
    type = 'application/json',
  }: { warehouse?: Warehouse; signal?: AbortSignal; type?: string } = {},
) {
  return routes(warehouse).request('/api/v1/funnel', {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

const question = { date_range: '7d', steps: [{ page: '/models' }, { page: '/dealers/**' }] }

test('a question about a way is answered with its steps and meta', async () => {
  const response = await post({ ...question, split: 'country' })
  expect(response.status).toBe(200)
  const steps = [
    {
      name: '/models',
      visitors: 1,
      rate_from_start: 1,
      rate_from_previous: null,
      median_seconds_from_previous: null,
    },
    {
      name: '/dealers/**',
      visitors: 1,
      rate_from_start: 1,
      rate_from_previous: 1,
      median_seconds_from_previous: 30,
    },
  ]
  expect(await response.json()).toEqual({
    steps,
    split: [{ key: 'DE', steps }],
    meta: {
      timezone: 'Europe/Berlin',
      from: '2026-11-05',
      to: '2026-11-11',
      completeUntil: '2026-11-11T11:59:59.000Z',
      rulesVersion: 1,
      totalRows: 1,
      warnings: [expect.stringContaining('All of these visitors'), expect.stringContaining('still has time')],
      available: { from: '2026-11-10', to: '2026-11-10' },
    },
  })
})

const page = { page: '/models' }
const nine = Array.from({ length: 9 }, () => page)

test.each<[string, unknown, string[]]>([
  ['no steps', { date_range: '7d' }, ['steps']],
  ['one step', { ...question, steps: [page] }, ['steps']],
  ['nine steps', { ...question, steps: nine }, ['steps']],
  ['a step of no kind', { ...question, steps: [page, { event: 'x' }] }, ['steps[1]']],
  ['a step of two kinds', { ...question, steps: [page, { page: '/a', goal: 'Booked' }] }, ['steps[1]']],
  ['a step that is no object', { ...question, steps: [page, 'click'] }, ['steps[1]']],
  [
    'bad patterns of pages',
    { ...question, steps: [page, { page: 'x' }, { page: '/a b' }] },
    ['steps[1].page', 'steps[2].page'],
  ],
  ['a page that is no text', { ...question, steps: [page, page, { page: 5 }] }, ['steps[2].page']],
  ['an unknown goal', { ...question, steps: [page, { goal: 'Nothing' }] }, ['steps[1].goal']],
  [
    'an unknown key of a click',
    { ...question, steps: [{ click: { post: 'x' } }, page] },
    ['steps[0].click.post'],
  ],
  [
    'an empty platform',
    { ...question, steps: [{ click: { platform: '' } }, page] },
    ['steps[0].click.platform'],
  ],
  ['a key too many in a step', { ...question, steps: [{ page: '/a', name: 'x' }, page] }, ['steps[0].name']],
  ['an unknown order', { ...question, order: 'any' }, ['order']],
  ['an unknown window', { ...question, window: 'day' }, ['window']],
  ['a window without value', { ...question, window: { unit: 'days' } }, ['window.value']],
  ['a window of no time', { ...question, window: { value: 0, unit: 'days' } }, ['window.value']],
  ['an unknown unit', { ...question, window: { value: 1, unit: 'weeks' } }, ['window.unit']],
  ['a window that is too long', { ...question, window: { value: 91, unit: 'days' } }, ['window.value']],
  [
    'a window that no number holds',
    { ...question, window: { value: 2 ** 53 - 1, unit: 'days' } },
    ['window.value'],
  ],
  ['an unknown split', { ...question, split: 'colour' }, ['split']],
  ['a split by time', { ...question, split: 'time:day' }, ['split']],
  ['a split by traffic', { ...question, split: 'traffic' }, ['split']],
  [
    'a filter by outcome',
    { ...question, filters: [['not', ['is', 'outcome', ['expired']]]] },
    ['filters[0][1][1]'],
  ],
  ['an unknown operator', { ...question, filters: [['like', 'country', ['DE']]] }, ['filters[0][0]']],
  ['a bad expression', { ...question, filters: [['matches', 'source', ['(']]] }, ['filters[0][2][0]']],
  ['an impossible date', { ...question, date_range: ['2026-02-30', '2026-03-01'] }, ['date_range[0]']],
  ['no range', { steps: question.steps }, ['date_range']],
  ['a limit beyond all', { ...question, limit: 10_001 }, ['limit']],
  ['an unknown field', { ...question, metrics: [] }, ['metrics']],
  ['an unknown site', { ...question, site: 'other' }, ['site']],
  ['several at once', { ...question, order: 'x', steps: [page, { page: '' }] }, ['order', 'steps[1].page']],
  ['no JSON', '{"steps": [', ['body']],
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
  const response = await post({ ...question, steps: [page, { goal: 'Bocked' }] })
  expect(await response.json()).toMatchObject({
    errors: [{ field: 'steps[1].goal', allowed: ['Booked', 'Any call', 'Seen A', 'Sold'] }],
  })
})

test('what is not JSON by its type, or too long, is refused before it is read', async () => {
  expect((await post(question, { type: 'text/plain' })).status).toBe(415)
  expect((await post({ ...question, site: 'x'.repeat(300_000) })).status).toBe(413)
})

test('eight steps with all that may be asked of them are one answer', async () => {
  const steps = [
    { click: { link: "it's\\", platform: '{p0:String}', campaign: '(none)' } },
    { page: "/it's/**" },
    ...GOALS.map(({ name }) => ({ goal: name })),
    { click: {} },
    { page: 'cars.example/{p1:String}' },
  ]
  for (const window of ['session', { value: 90, unit: 'days' }]) {
    const response = await post({
      ...question,
      steps,
      order: 'strict',
      window,
      split: 'page_kind',
      filters: [
        [
          'or',
          [
            ['contains', 'landing_page', ["'"]],
            ['not', ['is', 'side', ['Search']]],
          ],
        ],
      ],
      date_range: 'all',
    })
    expect(response.status).toBe(200)
    expect(((await response.json()) as FunnelAnswer).steps).toHaveLength(8)
  }
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
  const { post: described } = body.paths['/api/v1/funnel']
  const { properties } = described.requestBody.content['application/json'].schema
  expect(Object.keys(properties)).toEqual(
    expect.arrayContaining(['steps', 'order', 'window', 'split', 'filters', 'date_range', 'limit']),
  )
  expect(properties.steps).toMatchObject({ minItems: 2, maxItems: 8 })
  await close()
})
