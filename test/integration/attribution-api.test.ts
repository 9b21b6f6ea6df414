import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AttributionDeps, attributionRoutes } from '../../server/api/attribution.ts'
import { MODELS } from '../../server/domain/attribution/contract.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import type { AttributionAnswer, PathsAnswer, Progress } from '../../server/reports/attribution/contract.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import { startApi } from '../support/api.ts'
import { ANN, attributedSite, BEN, DIRECT, SEARCH, SOCIAL } from './attribution-support.ts'
import { openTestWarehouse, type TestWarehouse } from './reports-support.ts'

const CREDIT = '/api/v1/attribution'
const PATHS = '/api/v1/attribution/paths'
const EVENTS = { accept: 'text/event-stream' }
const question = { date_range: ['2026-11-01', '2026-11-30'] }

let store: TestWarehouse
let deps: AttributionDeps

beforeAll(async () => {
  store = await openTestWarehouse()
  const { visits, books, context } = attributedSite(store.warehouse)
  await visits(
    ANN,
    { start: '2026-11-02T10:00:00Z', ...SOCIAL },
    { start: '2026-11-03T10:00:00Z', ...SEARCH },
  )
  await visits(BEN, { start: '2026-11-02T10:00:00Z', ...DIRECT })
  await books(ANN, '2026-11-03T10:05:00Z', '90')
  await books(BEN, '2026-11-02T10:05:00Z', '10')
  await books('00000000000000c1', '2026-11-04T10:00:00Z', '5')
  deps = {
    warehouse: store.warehouse,
    sites: { byName: async (name) => (name === context.site.name ? context.site : null) },
    goals: context.goals,
    freshness: () => context.completeUntil,
    now: () => context.now,
  }
})
afterAll(() => store.close())

function post(
  path: string,
  body: unknown,
  {
    headers = {},
    signal,
    changed = {},
  }: { headers?: Record<string, string>; signal?: AbortSignal; changed?: Partial<AttributionDeps> } = {},
) {
  return attributionRoutes({ ...deps, ...changed }).request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

/** A promise that is resolved from outside. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** The events of a stream that has ended. */
function eventsOf(text: string): { event: string; data: unknown }[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('event:'))
    .map((block) => {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/s.exec(block) ?? []
      return { event, data: JSON.parse(data) }
    })
}

describe('what is answered', () => {
  test('credit by every model, each summing to the conversions', async () => {
    const response = await post(CREDIT, question)
    expect(response.status).toBe(200)
    const answer = (await response.json()) as AttributionAnswer
    expect(answer.totals).toEqual({ conversions: 3, value: 105 })
    expect(answer.results.map(({ key }) => key).sort()).toEqual(
      ['(no touch)', 'Direct', 'Organic Search', 'Organic Social'].sort(),
    )
    for (const model of MODELS) {
      const sum = (
        read: (credit: { conversions: number; value: number } | undefined) => number | undefined,
      ) => answer.results.reduce((total, { credits }) => total + (read(credits[model]) ?? Number.NaN), 0)
      expect(sum((credit) => credit?.conversions)).toBeCloseTo(3, 9)
      expect(sum((credit) => credit?.value)).toBeCloseTo(105, 9)
    }
    expect(answer.query).toMatchObject({ site: 'default', window: 30, models: [...MODELS], goal: null })
  })

  test('paths, page by page', async () => {
    const first = (await (await post(PATHS, { ...question, limit: 1 })).json()) as PathsAnswer
    const second = (await (await post(PATHS, { ...question, limit: 1, offset: 1 })).json()) as PathsAnswer
    expect([...first.results, ...second.results].map(({ path }) => path)).toEqual(
      expect.arrayContaining([['Direct'], ['Organic Social', 'Organic Search']]),
    )
    expect(first.meta.totalRows).toBe(2)
    expect(second.query).toMatchObject({ limit: 1, offset: 1 })
  })

  test('credit as CSV', async () => {
    const response = await post(
      CREDIT,
      { ...question, models: ['first', 'markov'] },
      { headers: { accept: 'text/csv' } },
    )
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="jejak-attribution-default-2026-11-01-2026-11-30.csv"',
    )
    const rows: Record<string, string>[] = parse(await response.text(), { columns: true })
    expect(rows).toHaveLength(4 * 2)
    expect(rows).toContainEqual({
      key: 'Organic Social',
      model: 'first',
      conversions: '1',
      value: '90',
      conversion_share: String(1 / 3),
      value_share: String(90 / 105),
    })
  })

  test('paths as CSV', async () => {
    const response = await post(PATHS, question, { headers: { accept: 'text/csv' } })
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="jejak-paths-default-2026-11-01-2026-11-30.csv"',
    )
    const rows: Record<string, string>[] = parse(await response.text(), { columns: true })
    const row = rows.find(({ path }) => path === 'Organic Social > Organic Search')
    expect(row).toMatchObject({ conversions: '1', value: '90', nulls: '0', share: '0.5' })
    expect(Number(row?.seconds_to_convert)).toBeCloseTo(86_700, 3)
  })

  test.each([['*/*'], ['application/json, text/plain'], ['text/html']])(
    'Accept: %s gets JSON',
    async (accept) => {
      const response = await post(PATHS, question, { headers: { accept } })
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    },
  )
})

describe('as an event stream', () => {
  test('progress comes first and never goes back within a stage; the answer is the same JSON', async () => {
    const plain = await (await post(CREDIT, question)).json()
    const response = await post(CREDIT, question, { headers: EVENTS })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = eventsOf(await response.text())
    const last = events.pop()
    expect(last).toEqual({ event: 'answer', data: plain })
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['progress']))
    const seen = events.map(({ data }) => data as Progress)
    const stages = [...new Set(seen.map(({ stage }) => stage))]
    expect(stages).toEqual(['paths', 'markov', 'shapley', 'shapleyRate'])
    for (const stage of stages) {
      const done = seen.filter((progress) => progress.stage === stage).map((progress) => progress.done)
      expect(done).toEqual([...done].sort((a, b) => a - b))
      expect(done.at(-1)).toBe(1)
    }
  })

  test('what only the site or the engine can tell to be wrong is a problem event', async () => {
    const response = await post(PATHS, { ...question, goal: 'Bocked' }, { headers: EVENTS })
    const events = eventsOf(await response.text())
    expect(events.at(-1)).toEqual({
      event: 'problem',
      data: expect.objectContaining({
        status: 400,
        errors: [{ field: 'goal', message: expect.any(String), allowed: ['Booked'] }],
      }),
    })
  })

  test('what is wrong with the question itself is a plain problem', async () => {
    const response = await post(CREDIT, { ...question, window: 0 }, { headers: EVENTS })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  test('a defect of ours is a problem event and goes to the log', async () => {
    const logged: unknown[] = []
    const defect = new Error('a defect')
    const changed = { goals: () => Promise.reject(defect), onError: (error: unknown) => logged.push(error) }
    const response = await post(CREDIT, question, { headers: EVENTS, changed })
    expect(eventsOf(await response.text()).at(-1)).toMatchObject({ event: 'problem', data: { status: 500 } })
    expect(logged).toEqual([defect])
  })

  test('whoever closes the connection ends the work', async () => {
    const asked = deferred<AbortSignal | undefined>()
    const goals = deferred<readonly Goal[]>()
    const refused = deferred<unknown>()
    const warehouse: AttributionDeps['warehouse'] = {
      ...store.warehouse,
      query(sql, params, options) {
        asked.resolve(options?.signal)
        const rows = store.warehouse.query<never>(sql, params, options)
        rows.catch(refused.resolve)
        return rows
      },
    }
    const routes = attributionRoutes({ ...deps, warehouse, goals: () => goals.promise })
    const server = createServer(getRequestListener(routes.fetch))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const gone = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}${CREDIT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...EVENTS },
      body: JSON.stringify(question),
      signal: gone.signal,
    })
    expect(response.status).toBe(200)
    const signal = await asked.promise
    expect(signal?.aborted).toBe(false)
    const told = new Promise((resolve) => signal?.addEventListener('abort', resolve))
    gone.abort()
    await told
    goals.resolve([])
    expect(await refused.promise).toMatchObject({ kind: 'aborted' })
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
})

test.each<[string, unknown, string[]]>([
  ['no range', {}, ['date_range']],
  ['an impossible date', { date_range: ['2026-02-30', '2026-03-01'] }, ['date_range[0]']],
  ['a window beyond a year', { ...question, window: 366 }, ['window']],
  ['an unknown grain', { ...question, grain: 'landing_page' }, ['grain']],
  ['a negative weight', { ...question, options: { position: [1, -1, 1] } }, ['options.position[1]']],
  ['an unknown goal', { ...question, goal: 'Sold' }, ['goal']],
  ['an unknown site', { ...question, site: 'other' }, ['site']],
  [
    'a channel that nobody knows',
    { ...question, grain: 'side', sides: { search: ['Sirch'], social: [] } },
    ['sides.search[0]'],
  ],
  ['an unknown field', { ...question, metrics: [] }, ['metrics']],
  ['no JSON', '{"window": [', ['body']],
  ['a list', [], ['body']],
])('%s is a 400 that names the field, for credit and for paths', async (_, body, fields) => {
  for (const path of [CREDIT, PATHS]) {
    const response = await post(path, body)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const { errors } = (await response.json()) as { errors: { field: string }[] }
    expect(errors.map(({ field }) => field)).toEqual(fields)
  }
})

test.each<[string, string, unknown, string[]]>([
  ['an unknown model', CREDIT, { ...question, models: ['last', 'magic'] }, ['models[1]']],
  ['a model twice', CREDIT, { ...question, models: ['last', 'last'] }, ['models[1]']],
  ['a page of credit', CREDIT, { ...question, offset: 5 }, ['offset']],
  ['models of paths', PATHS, { ...question, models: ['last'] }, ['models']],
  ['a limit beyond all', PATHS, { ...question, limit: 10_001 }, ['limit']],
])('%s is a 400 that names the field', async (_, path, body, fields) => {
  const response = await post(path, body)
  expect(response.status).toBe(400)
  const { errors } = (await response.json()) as { errors: { field: string }[] }
  expect(errors.map(({ field }) => field)).toEqual(fields)
})

test('what is not JSON by its type, or too long, is refused before it is read', async () => {
  for (const path of [CREDIT, PATHS]) {
    expect((await post(path, question, { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await post(path, { ...question, site: 'x'.repeat(300_000) })).status).toBe(413)
  }
})

test('whoever has gone gets nothing', async () => {
  for (const path of [CREDIT, PATHS])
    expect((await post(path, question, { signal: AbortSignal.abort() })).status).toBe(499)
})

test('while the warehouse is away the answer is 503 with a time to come back', async () => {
  const away = openServerWarehouse({ url: 'http://127.0.0.1:1' })
  const response = await post(CREDIT, question, { changed: { warehouse: away } })
  await away.close()
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
})

test('the API describes both questions', async () => {
  const { api, send, close } = await startApi()
  api.route('/', attributionRoutes(deps))
  const { body } = await send('GET', '/api/v1/openapi.json')
  const asked = (path: string) => body.paths[path].post.requestBody.content['application/json'].schema
  expect(Object.keys(asked(CREDIT).properties)).toEqual(
    expect.arrayContaining([
      'site',
      'date_range',
      'goal',
      'grain',
      'models',
      'window',
      'options',
      'sides',
      'paths',
    ]),
  )
  expect(asked(CREDIT).properties.options.properties.order.enum).toEqual([1, 2, 3])
  expect(asked(CREDIT).required).toEqual(['date_range'])
  expect(Object.keys(asked(PATHS).properties)).toEqual(expect.arrayContaining(['limit', 'offset']))
  const answered = body.paths[CREDIT].post.responses['200'].content
  expect(Object.keys(answered)).toEqual(['application/json', 'text/csv', 'text/event-stream'])
  expect(Object.keys(body.components.schemas)).toEqual(
    expect.arrayContaining(['AttributionAnswer', 'AttributionPaths']),
  )
  await close()
})
