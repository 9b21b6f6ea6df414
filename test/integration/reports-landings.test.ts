import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JudgedHit } from '../../server/domain/judged.ts'
import type { QueryAnswer } from '../../server/reports/contract.ts'
import { linkClicks } from '../../server/reports/link-clicks.ts'
import { askableSite, hit, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

const A = '000000000000000a'
const B = '000000000000000b'
const ALL = ['clicks', 'landed_clicks', 'landing_rate', 'lost_clicks', 'time_to_land']

function rows({ results }: QueryAnswer) {
  return results.map(({ dimensions, metrics }) => [...dimensions, ...metrics])
}

function landingSite() {
  const asked = askableSite(store.warehouse)
  const { site } = asked
  const clicked = (time: string, clickKey: string, fields: Partial<JudgedHit> = {}) =>
    hit(site, time, { clickKey, clickedAt: Date.parse(time), visitor: A, ...fields })
  const landed = (time: string, clickKey: string, fields: Partial<JudgedHit> = {}) =>
    hit(site, time, { kind: 'pageview', landing: 'verified', clickKey, visitor: A, linkId: 1, ...fields })
  return { ...asked, clicked, landed }
}

test('a click has landed when a person’s page brought its id back', async () => {
  const { ask, add, clicked, landed } = landingSite()
  await add(
    clicked('2026-11-10T10:00:00Z', '1', { platform: 'instagram', inApp: 'Instagram' }),
    landed('2026-11-10T10:00:02Z', '1'),
    landed('2026-11-10T10:00:09Z', '1'),
    clicked('2026-11-10T10:00:00Z', '2', { platform: 'tiktok' }),
    landed('2026-11-10T10:00:04Z', '2'),
    clicked('2026-11-10T10:00:00Z', '3', { platform: 'tiktok' }),
    landed('2026-11-10T10:00:04Z', '3', { traffic: 'bot' }),
    clicked('2026-11-10T10:00:00Z', '4', { platform: 'tiktok' }),
    landed('2026-11-10T10:00:04Z', '4', { landing: 'expired' }),
    clicked('2026-11-10T10:00:00Z', '18446744073709551615', { platform: 'tiktok', traffic: 'bot' }),
    landed('2026-11-10T10:00:04Z', '18446744073709551615'),
    clicked('2026-11-10T10:00:00Z', '0', { platform: 'pinterest' }),
    landed('2026-11-10T10:00:04Z', '0'),
  )
  expect(rows(await ask({ metrics: ALL }))).toEqual([[5, 2, 0.5, 2, 3]])
  expect(rows(await ask({ metrics: ALL, dimensions: ['platform'] }))).toEqual([
    ['tiktok', 3, 1, 1 / 3, 2, 4],
    ['instagram', 1, 1, 1, 0, 2],
    ['pinterest', 1, null, null, null, null],
  ])
  expect(rows(await ask({ metrics: ['landing_rate'], dimensions: ['in_app', 'country'] }))).toEqual([
    ['Instagram', 'DE', 1],
    ['(none)', 'DE', 1 / 3],
  ])
})

test('of pages that send no pageviews it is unknown whether clicks landed, and never 0', async () => {
  const { ask, add, clicked, landed } = landingSite()
  await add(
    clicked('2026-11-10T10:00:00Z', '1', { platform: 'instagram' }),
    landed('2026-11-10T10:00:02Z', '1'),
    clicked('2026-11-10T10:00:00Z', '2', { platform: 'instagram', landingPage: 'shop.example/x' }),
    clicked('2026-11-10T10:00:00Z', '3', { platform: 'tiktok', landingPage: 'shop.example/x' }),
  )
  expect(rows(await ask({ metrics: ALL }))).toEqual([[3, 1, 1, 0, 2]])
  expect(rows(await ask({ metrics: ALL, dimensions: ['platform'] }))).toEqual([
    ['instagram', 2, 1, 1, 0, 2],
    ['tiktok', 1, null, null, null, null],
  ])
  expect(rows(await ask({ metrics: ALL, dimensions: ['landing_page'] }))).toEqual([
    ['shop.example/x', 2, null, null, null, null],
    ['example.com/models', 1, 1, 1, 0, 2],
  ])
  const days = { date_range: ['2026-11-09', '2026-11-10'] as [string, string], dimensions: ['time:day'] }
  expect(rows(await ask({ metrics: ALL, ...days }))).toEqual([
    ['2026-11-09', 0, 0, null, 0, null],
    ['2026-11-10', 3, 1, 1, 0, 2],
  ])
})

test('where no page sent anything in the range, nothing is known of it', async () => {
  const { ask, add, clicked } = landingSite()
  await add(clicked('2026-11-10T10:00:00Z', '1'))
  const unknown = [null, null, null, null]
  expect(rows(await ask({ metrics: ALL }))).toEqual([[1, ...unknown]])
  const days = { date_range: ['2026-11-09', '2026-11-10'] as [string, string], dimensions: ['time:day'] }
  expect(rows(await ask({ metrics: ALL, ...days }))).toEqual([
    ['2026-11-09', 0, ...unknown],
    ['2026-11-10', 1, ...unknown],
  ])
  expect(rows(await ask({ metrics: ['landed_clicks', 'sessions'], dimensions: ['channel'] }))).toEqual([
    ['Organic Social', null, 0],
  ])
})

test('the click’s time decides, and its landing may come a day after the range', async () => {
  const { ask, add, clicked, landed } = landingSite()
  await add(clicked('2026-11-09T22:00:00Z', '1'), landed('2026-11-10T21:59:00Z', '1'))
  const on = async (day: string) => rows(await ask({ metrics: ALL.slice(0, 4), date_range: [day, day] }))
  // Nothing came from the page on the ninth itself, so of that day alone nothing is known.
  expect(await on('2026-11-09')).toEqual([[1, null, null, null]])
  await add(landed('2026-11-09T12:00:00Z', '0', { landing: '' }))
  expect(await on('2026-11-09')).toEqual([[1, 1, 1, 0]])
  expect(await on('2026-11-10')).toEqual([[0, 0, null, 0]])
})

test('a prefetched redirect becomes a person’s click when its landing comes', async () => {
  const { site, ask, add, clicked, landed } = landingSite()
  const prefetch = { traffic: 'prefetch', trafficReason: 'prefetch_header' } as const
  await add(
    clicked('2026-11-10T10:00:00Z', '1', prefetch),
    clicked('2026-11-10T10:00:00Z', '2', prefetch),
    clicked('2026-11-10T10:00:00Z', '3', { visitor: B }),
    landed('2026-11-10T10:00:05Z', '9'),
  )
  const metrics = ['clicks', 'unique_clicks', 'visitors', 'bot_hits', 'landed_clicks']
  expect(rows(await ask({ metrics }))).toEqual([[1, 1, 2, 2, 0]])
  await add(landed('2026-11-10T10:00:05Z', '1'))
  expect(rows(await ask({ metrics }))).toEqual([[2, 2, 2, 1, 1]])
  expect(rows(await ask({ metrics: ['clicks'] }))).toEqual([[2]])
  expect(rows(await ask({ metrics: ['clicks'], dimensions: ['traffic', 'traffic_reason'] }))).toEqual([
    ['person', '(none)', 2],
    ['prefetch', 'prefetch_header', 1],
  ])
  expect(rows(await ask({ metrics: ['clicks'], filters: [['is', 'traffic', ['prefetch']]] }))).toEqual([[1]])
  expect((await linkClicks(store.warehouse, site, [1])).get(1)?.clicks).toBe(2)
})

test('a click that landed is its landing’s visitor', async () => {
  const { ask, add, clicked, landed } = landingSite()
  await add(
    clicked('2026-11-10T10:00:00Z', '1', { visitor: A }),
    landed('2026-11-10T10:00:05Z', '1', { visitor: B, consent: 'granted' }),
    clicked('2026-11-10T11:00:00Z', '2', { visitor: B }),
  )
  expect(rows(await ask({ metrics: ['visitors', 'unique_clicks', 'clicks'] }))).toEqual([[1, 1, 2]])
})

test('ids that were passed on or made up are counted apart', async () => {
  const { ask, add, clicked, landed } = landingSite()
  await add(
    clicked('2026-11-10T10:00:00Z', '1'),
    landed('2026-11-10T10:00:01Z', '1'),
    landed('2026-11-10T10:00:30Z', '1'),
    landed('2026-11-10T12:00:00Z', '1', { visitor: B }),
    landed('2026-11-11T11:30:00Z', '1', { landing: 'expired' }),
    landed('2026-11-11T11:30:00Z', '1', { landing: 'expired', traffic: 'bot' }),
    landed('2026-11-10T10:00:00Z', '0'),
    landed('2026-11-10T10:00:00Z', '0', { visitor: B }),
    landed('2026-11-10T10:00:00Z', '0', { landing: 'forged' }),
  )
  const metrics = ['reshared', 'forged_landings', 'landed_clicks', 'pageviews']
  expect(rows(await ask({ metrics }))).toEqual([[2, 1, 1, 7]])
  expect(rows(await ask({ metrics, date_range: ['2026-11-11', '2026-11-11'] }))).toEqual([[1, 0, 0, 1]])
})

test('without click ids in the range no question pays for them', async () => {
  const { ask, add, site } = landingSite()
  await add(hit(site, '2026-11-10T10:00:00Z'), hit(site, '2026-11-10T10:00:00Z', { kind: 'pageview' }))
  expect(rows(await ask({ metrics: [...ALL, 'reshared', 'visitors'] }))).toEqual([
    [1, null, null, null, null, 0, 1],
  ])
})
