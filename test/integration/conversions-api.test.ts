import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { conversionId } from '../../server/domain/conversions/conversion.ts'
import { hashedExternalId } from '../../server/domain/external-id.ts'
import { type Dealer, GOALS, newVisitor, openDealer, sale } from './conversions-support.ts'
import { openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let engine: TestWarehouse
let dealer: Dealer
let site: string

beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())
beforeEach(async () => {
  dealer = await openDealer(engine.warehouse)
  site = dealer.site.name
})
afterEach(() => dealer.close())

const fields = (answer: { body: { errors: { field: string }[] } }) =>
  answer.body.errors.map(({ field }) => field)

describe('one conversion', () => {
  test('that is new is answered 201 once it is in the spool, and in the same words with 200 after that', async () => {
    const body = { site, ...sale('A-1', { value: '38450.50', currency: 'eur', props: { dealer: 'North' } }) }
    const first = await dealer.tell(body)
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      id: conversionId(dealer.site.id, 'A-1', 1),
      key: 'A-1',
      version: 1,
      goal: 'Car sold',
      status: 'confirmed',
      time: '2026-11-10T11:00:00.000Z',
      value: 38450.5,
      currency: 'EUR',
      receivedAt: expect.any(String),
    })
    expect(dealer.spooled()).toMatchObject([
      {
        kind: 'conversion',
        hitId: first.body.id,
        siteId: dealer.site.id,
        event: {
          type: 'external',
          name: 'Car sold',
          value: '38450.5',
          currency: 'EUR',
          props: { dealer: 'North' },
        },
      },
    ])
    // The same, as another client would write it.
    const again = await dealer.tell({
      ...body,
      time: '2026-11-10T11:00:00Z',
      value: 38450.5,
      status: 'confirmed',
    })
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(dealer.spooled()).toHaveLength(1)
  })

  test('of a known key is refused with another body, and replaced by a higher version', async () => {
    await dealer.tell({ site, ...sale('A-1', { value: 1 }) })
    const other = await dealer.tell({ site, ...sale('A-1', { value: 2 }) })
    expect([other.status, other.body.presentVersion, fields(other)]).toEqual([409, 1, ['key']])
    const cancelled = { site, ...sale('A-1', { value: 2, version: 5, status: 'cancelled' }) }
    const higher = await dealer.tell(cancelled)
    expect([higher.status, higher.body.version, higher.body.status]).toEqual([200, 5, 'cancelled'])
    expect((await dealer.tell(cancelled)).body).toEqual(higher.body)
    const lower = await dealer.tell({ site, ...sale('A-1', { value: 1 }) })
    expect([lower.status, lower.body.presentVersion, fields(lower)]).toEqual([409, 5, ['version']])
    expect(lower.headers.get('content-type')).toContain('application/problem+json')
    expect(dealer.spooled().map(({ event }) => [event?.version, event?.cancelled])).toEqual([
      [1, false],
      [5, true],
    ])
  })

  test('keeps of an external id the hash that the page’s own has, and nowhere the text', async () => {
    await dealer.tell({ site, ...sale('A-1', { externalId: 'customer-77' }) })
    const hash = hashedExternalId(dealer.site.id, 'customer-77')
    expect(dealer.spooled()[0]?.event?.externalId).toBe(hash)
    expect(JSON.stringify(dealer.spooled())).not.toContain('customer-77')
  })

  test('carries click id and visitor as they were told, and properties without e-mail addresses', async () => {
    const visitorId = newVisitor()
    const props = { mail: 'a.b@mail.example', seats: 5, leased: true }
    await dealer.tell({ site, ...sale('A-1', { clickId: 'not-ours', visitorId, props, externalId: null }) })
    expect(dealer.spooled()[0]).toMatchObject({
      clickId: 'not-ours',
      visitor: visitorId,
      event: { externalId: '', props: { mail: '(email)', seats: '5', leased: 'true' } },
    })
  })

  test.each([
    [{ goal: '' }, 'goal'],
    [{ goal: 'Nothing of ours' }, 'goal'],
    [{ goal: 'Brochure' }, 'goal'],
    [{ goal: 'car sold' }, 'goal'],
    [{ time: undefined }, 'time'],
    [{ time: '2026-11-10T12:00:00' }, 'time'],
    [{ time: '2026-11-10' }, 'time'],
    [{ time: '2026-02-30T12:00:00Z' }, 'time'],
    [{ time: '1994-12-31T23:59:59Z' }, 'time'],
    [{ time: 1_790_000_000 }, 'time'],
    [{ value: -1 }, 'value'],
    [{ value: 1.23456 }, 'value'],
    [{ value: '1,50' }, 'value'],
    [{ value: '123456789012345' }, 'value'],
    [{ value: true }, 'value'],
    [{ currency: 'EURO' }, 'currency'],
    [{ currency: 'XQX' }, 'currency'],
    [{ key: ' ' }, 'key'],
    [{ key: 'a\u0000b' }, 'key'],
    [{ key: 'k'.repeat(201) }, 'key'],
    [{ key: 7 }, 'key'],
    [{ version: 0 }, 'version'],
    [{ version: 1.5 }, 'version'],
    [{ version: 2 ** 32 }, 'version'],
    [{ status: 'lost' }, 'status'],
    [{ clickId: 'x'.repeat(65) }, 'clickId'],
    [{ visitorId: 'ABCDEF0123456789' }, 'visitorId'],
    [{ externalId: '' }, 'externalId'],
    [{ props: { a: 'x'.repeat(201) } }, 'props.a'],
    [{ props: { a: ['x'] } }, 'props.a'],
    [{ props: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`p${index}`, 1])) }, 'props'],
    [{ amount: 5 }, 'amount'],
  ])('with %j is refused by the name of the field', async (change, field) => {
    const answer = await dealer.tell({ site, ...sale('A-1'), ...change })
    expect([answer.status, fields(answer)]).toEqual([400, [field]])
    expect(dealer.spooled()).toEqual([])
  })

  test('of no goal that takes it is told which do', async () => {
    const answer = await dealer.tell({ site, ...sale('A-1', { goal: 'Brochure' }) })
    expect(answer.body.errors[0].allowed).toEqual(GOALS)
  })

  test('that was taken once is answered so when its goal is gone, and no other is', async () => {
    const first = await dealer.tell({ site, ...sale('A-1') })
    await dealer.control.goals.change(dealer.site.id, () => [])
    const again = await dealer.tell({ site, ...sale('A-1') })
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(fields(await dealer.tell({ site, ...sale('A-2') }))).toEqual(['goal'])
    expect(fields(await dealer.tell({ site, ...sale('A-1', { version: 2 }) }))).toEqual(['goal'])
  })

  test('may be five minutes ahead of our clock and no more', async () => {
    dealer.clock.now = Date.parse('2026-11-10T12:00:00Z')
    const ahead = (key: string, time: string) => dealer.tell({ site, ...sale(key, { time }) })
    expect((await ahead('A', '2026-11-10T12:05:00Z')).status).toBe(201)
    expect(fields(await ahead('B', '2026-11-10T12:05:01Z'))).toEqual(['time'])
  })

  test('of no site, in no JSON, of another type or too long is refused', async () => {
    expect(fields(await dealer.tell({ site: 'nobody', ...sale('A') }))).toEqual(['site'])
    expect(fields(await dealer.tell([sale('A')]))).toEqual(['body'])
    const post = (body: string, type: string) =>
      dealer.api.request('/api/v1/conversions', { method: 'POST', body, headers: { 'content-type': type } })
    expect((await post('{', 'application/json')).status).toBe(400)
    expect((await post('{}', 'text/plain')).status).toBe(415)
    expect((await post(' '.repeat(5 * 1024 ** 2 + 1), 'application/json')).status).toBe(413)
    const put = await dealer.api.request('/api/v1/conversions', { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })
})

describe('several conversions', () => {
  test('are answered one by one: good ones are taken', async () => {
    await dealer.tell({ site, ...sale('known') })
    const answer = await dealer.tell({
      site,
      conversions: [
        sale('new'),
        sale('known'),
        sale('known', { value: 9 }),
        sale('known', { value: 9, version: 2 }),
        sale('bad', { value: -1 }),
        sale('stranger', { goal: 'Yacht sold' }),
        7,
      ],
    })
    expect(answer.status).toBe(207)
    expect(answer.body.summary).toEqual({ created: 1, replaced: 1, repeated: 1, refused: 4, delayed: 0 })
    const results: { index: number; status: number; problem?: { errors: { field: string }[] } }[] =
      answer.body.results
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 201],
      [1, 200],
      [2, 409],
      [3, 200],
      [4, 400],
      [5, 400],
      [6, 400],
    ])
    expect(results.flatMap(({ problem }) => problem?.errors[0]?.field ?? [])).toEqual([
      'conversions[2].key',
      'conversions[4].value',
      'conversions[5].goal',
      'conversions[6].body',
    ])
    expect(dealer.spooled().map(({ event }) => [event?.key, event?.version])).toEqual([
      ['known', 1],
      ['new', 1],
      ['known', 2],
    ])
  })

  test('are at least one and at most a thousand', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => sale(`A-${index}`))
    expect(fields(await dealer.tell({ site, conversions: [] }))).toEqual(['conversions'])
    expect(fields(await dealer.tell({ site, conversions: many(1001) }))).toEqual(['conversions'])
    expect(fields(await dealer.tell({ site, conversions: many(1), goal: 'x' }))).toEqual(['goal'])
    const answer = await dealer.tell({ site, conversions: many(1000) })
    expect(answer.body.summary.created).toBe(1000)
    expect(dealer.spooled()).toHaveLength(1000)
  })

  test('told at once by two who tell the same are each new to one of them', async () => {
    const conversions = Array.from({ length: 50 }, (_, index) => sale(`A-${index}`))
    const answers = await Promise.all([1, 2, 3].map(() => dealer.tell({ site, conversions })))
    const created = answers.map(({ body }) => body.summary.created)
    expect(created.reduce((sum, count) => sum + count, 0)).toBe(50)
    expect(new Set(dealer.spooled().map(({ hitId }) => hitId)).size).toBe(50)
  })
})

describe('a CSV file', () => {
  test('is taken with columns in any order, spaces, empty cells and properties', async () => {
    const answer = await dealer.tellCsv(
      '\ufeffKey;time;goal;value;currency;props.dealer;version\r\n' +
        'A-1;2026-11-10T12:00:00+01:00;Car sold;38450.50;EUR;"Nord; Süd";\r\n' +
        '\r\n' +
        'A-2; 2026-11-10T12:00:00Z ;Car sold;;;;3\r\n',
    )
    expect([answer.status, answer.body]).toEqual([
      207,
      { summary: { created: 2, replaced: 0, repeated: 0, refused: 0, delayed: 0 }, results: [] },
    ])
    expect(dealer.spooled().map(({ event }) => event)).toMatchObject([
      { key: 'A-1', value: '38450.5', currency: 'EUR', version: 1, props: { dealer: 'Nord; Süd' } },
      { key: 'A-2', value: '', currency: '', version: 3, props: {} },
    ])
    const json = await dealer.tell({
      site,
      ...sale('A-1', { value: 38450.5, currency: 'EUR', props: { dealer: 'Nord; Süd' } }),
    })
    expect(json.status).toBe(200)
  })

  test('has its wrong rows named by line and column, and the others taken', async () => {
    const answer = await dealer.tellCsv(
      'goal,time,key,value\n' +
        'Car sold,2026-11-10T12:00:00Z,A-1,1\n' +
        'Car sold,yesterday,A-2,1\n' +
        'Car sold,2026-11-10T12:00:00Z,"A\n-3",1\n' +
        'Car sold,2026-11-10T12:00:00Z,A-4\n' +
        'Yacht sold,2026-11-10T12:00:00Z,A-5,1\n' +
        'Car sold,2026-11-10T12:00:00Z,A-6,"1,5"\n',
    )
    expect(answer.status).toBe(207)
    expect(answer.body.summary).toMatchObject({ created: 1, refused: 5 })
    const results: { line: number; problem: { errors: { field: string }[] } }[] = answer.body.results
    expect(results.map(({ line, problem }) => [line, problem.errors[0]?.field])).toEqual([
      [3, 'time'],
      [4, 'key'],
      [6, 'body'],
      [7, 'goal'],
      [8, 'value'],
    ])
  })

  test.each([
    ['', /Line 1, column 1/],
    ['goal,time,key\n', /nothing below/],
    ['goal,time,key\n"Car sold,2026', /Line 2, column 1/],
    ['goal,time,price\nx,y,z', /Line 1: there is no column “price”/],
    ['goal,time,Goal\nx,y,z', /Line 1: the column goal stands there twice/],
  ])('that is no such table is refused as a whole: %j', async (text, message) => {
    const answer = await dealer.tellCsv(text)
    expect([answer.status, fields(answer)]).toEqual([400, ['body']])
    expect(answer.body.errors[0].message).toMatch(message)
  })

  test('of thousands of rows is taken whole, and the same again changes nothing', async () => {
    const rows = Array.from({ length: 2_300 }, (_, index) => `Car sold,2026-11-10T12:00:00Z,K-${index},1`)
    const text = ['goal,time,key,value', ...rows].join('\n')
    expect((await dealer.tellCsv(text)).body.summary.created).toBe(2_300)
    expect((await dealer.tellCsv(text)).body.summary.repeated).toBe(2_300)
    expect(dealer.spooled()).toHaveLength(2_300)
  })
})

test('the description names fields, statuses and both types of body', async () => {
  const answer = await dealer.api.request('/api/v1/openapi.json')
  const { paths } = JSON.parse(await answer.text())
  const { post, get } = paths['/api/v1/conversions']
  expect(Object.keys(post.requestBody.content)).toEqual(['application/json', 'text/csv'])
  const [one, several] = post.requestBody.content['application/json'].schema.oneOf
  expect(one.required).toEqual(['goal', 'time', 'key'])
  expect(several.properties.conversions.items.properties.version.description).toContain('highest')
  expect(Object.keys(post.responses)).toEqual(['200', '201', '207', '400', '409', '413', '415', '503'])
  expect(get.parameters.map(({ name }: { name: string }) => name)).toContain('status')
})
