import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashedExternalId } from '../../server/domain/external-id.ts'
import { emptyEvent } from '../../server/domain/hit.ts'
import { clickKey } from '../../server/domain/links/click-id.ts'
import { click, pageview } from '../support/hits.ts'
import { type Dealer, goalOf, newVisitor, openDealer, sale } from './conversions-support.ts'
import { insertSessions, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

const EDGE = '00000000000000ee'
const CLICKED = Date.parse('2026-11-01T10:00:00Z')
const SOLD = '2026-11-10T12:00:00Z'

let engine: TestWarehouse
let dealer: Dealer
let site: string
let sequence = 0

beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())
beforeEach(async () => {
  dealer = await openDealer(engine.warehouse)
  site = dealer.site.name
})
afterEach(() => dealer.close())

async function tellAndLoad(...conversions: Record<string, unknown>[]): Promise<void> {
  const { body } = await dealer.tell({
    site,
    conversions: conversions.map((one) => ({ time: SOLD, ...one })),
  })
  expect(body.summary.refused + body.summary.delayed).toBe(0)
  await dealer.load()
}

interface Listed {
  key: string
  matched: boolean
  reason: string | null
  visit: { sessionId: string | null; channel: string } | null
}

async function listed(query = ''): Promise<Record<string, string>> {
  const { status, body } = await dealer.list(query)
  expect(status, JSON.stringify(body)).toBe(200)
  return Object.fromEntries(
    body.data.map(({ key, matched, reason, visit }: Listed) => [
      key,
      matched ? (visit?.sessionId ?? 'click') : (reason ?? 'cancelled'),
    ]),
  )
}

/** What reports count, by channel. */
async function counted(): Promise<Record<string, [conversions: number, value: number]>> {
  const answer = await dealer.api.request('/api/v1/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      site,
      metrics: ['conversions', 'value'],
      dimensions: ['channel'],
      date_range: ['2026-11-01', '2026-11-30'],
    }),
  })
  const { results } = JSON.parse(await answer.text())
  return Object.fromEntries(
    results.map(({ dimensions, metrics }: { dimensions: string[]; metrics: number[] }) => [
      dimensions[0],
      metrics,
    ]),
  )
}

function clickOf(id: string) {
  return click(EDGE, ++sequence, {
    time: CLICKED,
    clickId: id,
    platform: 'instagram',
    paid: 'organic',
    linkId: 7,
  })
}

describe('a conversion told from elsewhere', () => {
  test('is tied to its click once that has come in, and to its session once there is one', async () => {
    const clickId = dealer.signer.sign(CLICKED, 7, false)
    await tellAndLoad(sale('A-1', { clickId, value: '100.25' }))
    expect(await listed()).toEqual({ 'A-1': 'no_click' })
    expect(await counted()).toEqual({ '(none)': [1, 100.25] })

    await dealer.write([clickOf(clickId)])
    await dealer.load()
    expect(await listed()).toEqual({ 'A-1': 'click' })
    expect(await counted()).toEqual({ 'Organic Social': [1, 100.25] })

    const [session = ''] = await insertSessions(engine.warehouse, dealer.site, [
      {
        start: '2026-11-01T10:00:05Z',
        clickKey: clickKey(clickId),
        channel: 'Organic Video',
        source: 'tiktok.com',
      },
    ])
    const { body } = await dealer.list()
    expect(body.data).toMatchObject([
      {
        key: 'A-1',
        goal: 'Car sold',
        value: 100.25,
        matched: true,
        reason: null,
        visit: { sessionId: session.replaceAll('-', ''), channel: 'Organic Video', source: 'tiktok.com' },
      },
    ])
    expect(await counted()).toEqual({ 'Organic Video': [1, 100.25] })
  })

  test('is tied by visitor, and by an external id that the page had told before', async () => {
    const [visitor, other] = [newVisitor(), newVisitor()]
    const visits = [
      pageview(EDGE, ++sequence, { visitor, time: Date.parse('2026-11-01T10:00:00Z') }),
      pageview(EDGE, ++sequence, { visitor: other, time: Date.parse('2026-11-02T10:00:00Z') }),
    ]
    const [mine = '', theirs = ''] = visits.map(({ hitId }) => hitId)
    await dealer.write(visits)
    const externalId = hashedExternalId(dealer.site.id, 'customer-77')
    const identify = { ...emptyEvent('identify'), externalId }
    const told = { kind: 'event' as const, visitor: other, event: identify, consent: 'granted' as const }
    await dealer.write([pageview(EDGE, ++sequence, { ...told, time: Date.parse('2026-11-02T10:00:10Z') })])
    await tellAndLoad(
      sale('by visitor', { visitorId: visitor }),
      sale('by external id', { externalId: 'customer-77' }),
      sale('too early', { externalId: 'customer-77', time: '2026-11-02T09:00:00Z' }),
      sale('before any visit', { visitorId: visitor, time: '2026-11-01T09:00:00Z' }),
      sale('forged click, real visitor', { clickId: 'x'.repeat(40), visitorId: visitor }),
    )
    expect(await listed()).toEqual({
      'by visitor': mine,
      'by external id': theirs,
      'too early': 'no_identity',
      'before any visit': 'no_visitor',
      'forged click, real visitor': mine,
    })
  })

  test('that is tied to nothing says why', async () => {
    const link = await dealer.control.links.create({
      domainId: (await dealer.control.domains.default()).id,
      destination: 'https://cars.example/',
    })
    const genuine = dealer.signer.sign(CLICKED, 7, false)
    const forged = genuine.slice(0, -4) + (genuine.endsWith('AAAA') ? 'BBBB' : 'AAAA')
    await dealer.write([clickOf(genuine)])
    await tellAndLoad(
      sale('forged', { clickId: forged }),
      sale('no id at all', { clickId: 'order-7' }),
      sale('link', { clickId: dealer.signer.signLink(link.id) }),
      sale('early', { clickId: genuine, time: '2026-11-01T09:59:59Z' }),
      sale('unknown click', { clickId: dealer.signer.sign(CLICKED, 7, false) }),
      sale('visitor', { visitorId: newVisitor() }),
      sale('identity', { externalId: 'nobody' }),
      sale('nothing'),
      sale('taken back', { status: 'cancelled' }),
      sale('held', { goal: 'Test drive held', clickId: genuine }),
    )
    const reasons = {
      forged: 'forged',
      'no id at all': 'forged',
      link: 'link_only',
      early: 'before_click',
      'unknown click': 'no_click',
      visitor: 'no_visitor',
      identity: 'no_identity',
      nothing: 'no_id',
    }
    expect(await listed()).toEqual({ ...reasons, 'taken back': 'cancelled', held: 'click' })
    expect(await listed('&status=unmatched')).toEqual(reasons)
    expect(await listed('&status=matched')).toEqual({ held: 'click' })
    expect(await counted()).toEqual({ '(none)': [8, 0], 'Organic Social': [1, 0] })

    await dealer.control.goals.change(dealer.site.id, () => [goalOf('Test drive held', { type: 'external' })])
    expect((await listed('&status=unmatched')).nothing).toBe('no_goal')
    expect(await listed('&status=matched')).toEqual({ held: 'click' })
  })

  test('counts in its highest version, whichever comes in last and on whatever day each happened', async () => {
    const clickId = dealer.signer.sign(CLICKED, 7, false)
    await dealer.write([clickOf(clickId)])
    await tellAndLoad(sale('A', { clickId, value: 10 }), sale('B', { clickId, value: 5 }))
    expect(await counted()).toEqual({ 'Organic Social': [2, 15] })
    await tellAndLoad(sale('A', { clickId, value: '12.3456', version: 2, time: '2026-11-20T12:00:00Z' }))
    expect(await counted()).toEqual({ 'Organic Social': [2, 17.3456] })
    await tellAndLoad(sale('A', { clickId, version: 3, status: 'cancelled' }))
    expect(await counted()).toEqual({ 'Organic Social': [1, 5] })
    const { body } = await dealer.list()
    const rows = body.data.map(({ key, version, status }: Record<string, unknown>) => [key, version, status])
    expect(rows.sort()).toEqual([
      ['A', 3, 'cancelled'],
      ['B', 1, 'confirmed'],
    ])
  })

  test('keeps its value to the last place, and another currency out of the site’s sum', async () => {
    await tellAndLoad(
      sale('large', { value: '12345678901234.5678' }),
      sale('dollars', { value: 7, currency: 'USD' }),
      sale('euros', { value: 1, currency: 'EUR' }),
      sale('none'),
    )
    const rows = await engine.warehouse.query(
      `SELECT event_key AS key, toString(event_value) AS value, event_has_value AS told, event_currency AS currency
       FROM hits WHERE site = {site:UInt32} AND kind = 'conversion' ORDER BY key`,
      { site: dealer.site.id },
    )
    expect(rows).toEqual([
      { key: 'dollars', value: '7', told: 1, currency: 'USD' },
      { key: 'euros', value: '1', told: 1, currency: 'EUR' },
      { key: 'large', value: '12345678901234.5678', told: 1, currency: '' },
      { key: 'none', value: '0', told: 0, currency: '' },
    ])
    const { body } = await dealer.list('&limit=500')
    expect(body.data.map(({ key, value }: Record<string, unknown>) => [key, value]).sort()).toEqual([
      ['dollars', 7],
      ['euros', 1],
      ['large', 12345678901234.568],
      ['none', null],
    ])
  })

  test('is among those before `completeUntil` once that has passed its telling', async () => {
    const { body } = await dealer.tell({ site, ...sale('A-1') })
    expect((await dealer.list()).body).toMatchObject({ data: [], completeUntil: new Date(0).toISOString() })
    await dealer.load()
    const list = (await dealer.list()).body
    expect(list.data).toHaveLength(1)
    expect(Date.parse(list.completeUntil)).toBeGreaterThan(Date.parse(body.receivedAt))
  })
})

describe('the list', () => {
  test('comes by pages, latest first, each one once, those of one instant too', async () => {
    const times = [
      '2026-11-10T12:00:00Z',
      '2026-11-10T12:00:00Z',
      '2026-11-12T12:00:00Z',
      '2026-03-01T12:00:00Z',
    ]
    await tellAndLoad(
      ...Array.from({ length: 23 }, (_, index) => sale(`K${index}`, { time: times[index % 4] })),
    )
    const seen: { key: string; time: string }[] = []
    for (let cursor = ''; ; ) {
      const { body } = await dealer.list(`&limit=5${cursor}`)
      seen.push(...body.data)
      expect(body.data.length).toBe(body.nextCursor === null ? 3 : 5)
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(new Set(seen.map(({ key }) => key)).size).toBe(23)
    const order = seen.map(({ time }) => time)
    expect(order).toEqual([...order].sort().reverse())
  })

  test('is one site’s alone', async () => {
    await tellAndLoad(sale('A-1'))
    const other = await dealer.api.request('/api/v1/conversions?site=default')
    expect(JSON.parse(await other.text()).data).toEqual([])
  })

  test.each([
    ['&status=lost', 'status'],
    ['&limit=0', 'limit'],
    ['&limit=501', 'limit'],
    ['&goal=x', 'goal'],
    ['&cursor=abc', 'cursor'],
  ])('asked for with %s names what is wrong', async (query, field) => {
    const { status, body } = await dealer.list(query)
    expect([status, body.errors[0].field]).toEqual([400, field])
  })
})
