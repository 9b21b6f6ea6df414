import { afterAll, beforeAll, expect, test } from 'vitest'
import { queryRoutes } from '../../server/api/query.ts'
import type { RegistryDescription } from '../../server/reports/registry/describe.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { hit, insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

const site = testSite()
const NOW = Date.UTC(2026, 10, 11, 12)

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
  await insertHits(store.warehouse, [
    hit(site, '2026-11-10T10:00:00Z', { source: '=HYPERLINK("http://x")' }),
    hit(site, '2026-11-10T10:00:00Z', { source: 'instagram.com' }),
    hit(site, '2026-11-10T11:00:00Z', { source: 'instagram.com' }),
  ])
})
afterAll(() => store.close())

function routes(warehouse: Warehouse = store.warehouse) {
  return queryRoutes({
    warehouse,
    sites: { byName: async (name) => (name === site.name ? site : null) },
    freshness: () => NOW - 1000,
    now: () => NOW,
  })
}

function post(
  body: unknown,
  headers: Record<string, string> = {},
  warehouse?: Warehouse,
  signal?: AbortSignal,
) {
  return routes(warehouse).request('/api/v1/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

const question = {
  site: 'default',
  metrics: ['clicks', 'visitors'],
  dimensions: ['source'],
  date_range: '7d',
}

test('a question is answered with results, meta and the question as understood', async () => {
  const response = await post(question)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    results: [
      { dimensions: ['instagram.com'], metrics: [2, 1] },
      { dimensions: ['=HYPERLINK("http://x")'], metrics: [1, 1] },
    ],
    meta: { timezone: 'Europe/Berlin', completeUntil: '2026-11-11T11:59:59.000Z', totalRows: 2 },
    query: { date_range: ['2026-11-05', '2026-11-11'] },
  })
})

test('whoever accepts CSV gets it as a file, with formulas made harmless', async () => {
  const response = await post({ ...question, compare: 'previous' }, { accept: 'text/csv' })
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="jejak-default-2026-11-05-2026-11-11.csv"',
  )
  expect(await response.text()).toBe(
    'source,clicks,visitors,compare_clicks,compare_visitors\r\n' +
      'instagram.com,2,1,0,0\r\n' +
      `"'=HYPERLINK(""http://x"")",1,1,0,0\r\n`,
  )
})

test.each([['*/*'], ['application/json, text/plain, */*'], ['text/csv;q=0.1, application/json']])(
  'Accept: %s gets JSON',
  async (accept) => {
    expect((await post(question, { accept })).headers.get('content-type')).toMatch(/^application\/json/)
  },
)

test.each<[string, unknown, string]>([
  ['a dimension that a metric lacks', { ...question, dimensions: ['entry_page'] }, 'dimensions[0]'],
  [
    'a filter that a metric lacks',
    { ...question, metrics: ['sessions'], filters: [['not', ['is', 'outcome', ['expired']]]] },
    'filters[0][1][1]',
  ],
  ['an unknown metric', { ...question, metrics: ['visits'] }, 'metrics[0]'],
  ['an impossible date', { ...question, date_range: ['2026-02-30', '2026-03-01'] }, 'date_range[0]'],
  [
    'too many hours',
    { ...question, dimensions: ['time:hour'], date_range: ['2020-01-01', '2026-01-01'] },
    'date_range',
  ],
  [
    'too many hours to compare with',
    { ...question, dimensions: ['time:hour'], compare: ['2020-01-01', '2026-01-01'] },
    'compare',
  ],
  ['a bad pattern', { ...question, filters: [['matches', 'source', ['(']]] }, 'filters[0][2][0]'],
  ['an unknown site', { ...question, site: 'other' }, 'site'],
  ['no JSON', '{"metrics": [', 'body'],
  ['nothing', '', 'body'],
])('%s is a 400 that names the field', async (_, body, field) => {
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toMatchObject({
    status: 400,
    errors: [{ field, message: expect.any(String) }],
  })
})

test('what is not JSON by its type, or too long, is refused before it is read', async () => {
  expect((await post(question, { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await post({ ...question, filters: ['x'.repeat(300_000)] })).status).toBe(413)
})

test('while the warehouse is away the answer is 503 with a time to come back', async () => {
  const away = openServerWarehouse({ url: 'http://127.0.0.1:1' })
  const response = await post(question, {}, away)
  await away.close()
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(response.headers.get('content-type')).toBe('application/problem+json')
})

test('a question beyond the engine’s limits is a 422 that says what to do', async () => {
  const narrow = await openEmbeddedWarehouse({
    path: store.path,
    readers: 1,
    limits: { maxThreads: 1, maxMemoryBytes: 1000 },
  })
  const response = await post(question, {}, narrow)
  await narrow.close()
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/fewer days/) })
})

test('a client that goes away takes its query with it', async () => {
  const controller = new AbortController()
  controller.abort()
  expect((await post(question, {}, store.warehouse, controller.signal)).status).toBe(499)
})

test('the registry lists what a question may name', async () => {
  const response = await routes().request('/api/v1/registry')
  const registry = (await response.json()) as RegistryDescription
  expect(registry.metrics.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['arrivals', 'clicks', 'landing_rate', 'sessions', 'conversions']),
  )
  expect(registry.metrics).toContainEqual({
    name: 'conversion_rate',
    description: expect.any(String),
    kind: 'ratio',
    unit: 'rate',
    tables: ['conversions'],
  })
  expect(registry.dimensions).toContainEqual({
    name: 'country',
    description: expect.any(String),
    kind: 'text',
    filterable: true,
    absent: '(unknown)',
    tables: ['hits', 'sessions', 'conversions'],
  })
  const goal = registry.dimensions.find(({ name }) => name === 'goal')
  expect(goal?.tables).toEqual(['conversions'])
})

test('the description of the API holds the question and its filters', () => {
  const document = routes().getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Jejak', version: '1' } })
  const body = JSON.stringify(document.paths?.['/api/v1/query']?.post?.requestBody)
  expect(body).toContain('unique_clicks')
  expect(body).toContain('#/components/schemas/Filter')
  expect(Object.keys(document.components?.schemas ?? {})).toEqual(
    expect.arrayContaining(['Filter', 'QueryAnswer']),
  )
})
