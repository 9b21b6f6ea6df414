import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ruleRoutes } from '../../server/api/rules.ts'
import type { Condition, Rule } from '../../server/domain/rules/rule.ts'
import { tryRules } from '../../server/reports/rule-trial.ts'
import { startApi } from '../support/api.ts'
import { ruleOf } from '../support/rule-cases.ts'
import {
  askableSite,
  hit,
  insertHits,
  openTestWarehouse,
  type TestWarehouse,
  turnDay,
} from './reports-support.ts'

const NOW = Date.UTC(2026, 10, 11, 12)
const DAY = '2026-11-10T10:00:00Z'
const FROM_PARTNER: Condition = { field: 'referrer_host', operator: 'is', values: ['partner.example'] }
const referral = { channel: 'Referral', side: 'Other', sideWithPaid: 'Other' } as const

let store: TestWarehouse

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

function outcome(then: Rule['then'], when: Condition = FROM_PARTNER): Rule {
  return ruleOf(when, JSON.parse(JSON.stringify({ then })))
}

test('a trial says what would move, from what to what, and changes nothing', async () => {
  const { site, ask, add } = askableSite(store.warehouse)
  const arrival = (source: string, fields = {}) =>
    hit(site, DAY, { kind: 'pageview', ...referral, source, referrerHost: source, ...fields })
  await add(
    ...Array.from({ length: 1204 }, () => arrival('partner.example')),
    ...Array.from({ length: 30 }, () => arrival('blog.partner.example')),
    arrival('other.example'),
    // Not counted: an inner page, a machine, a click that got no redirect, a day before the range.
    arrival('partner.example', { entry: false }),
    arrival('partner.example', { traffic: 'bot' }),
    hit(site, DAY, { ...referral, referrerHost: 'partner.example', outcome: 'expired' }),
    hit(site, '2026-10-10T10:00:00Z', { ...referral, referrerHost: 'partner.example' }),
    hit(site, DAY, { ...referral, source: 'partner.example', referrerHost: 'partner.example' }),
  )
  const before = await ask({ metrics: ['arrivals', 'clicks'], dimensions: ['channel', 'source'] })
  const trial = await tryRules([outcome({ channel: 'Partners' })], '30d', {
    warehouse: store.warehouse,
    site,
    now: NOW,
  })
  expect(trial).toEqual({
    sentence: 'Would move 1,234 arrivals and 1 click from Referral to Partners.',
    moves: [
      {
        from: { channel: 'Referral', source: 'partner.example' },
        to: { channel: 'Partners', source: 'partner.example' },
        rule: 0,
        arrivals: 1204,
        clicks: 1,
      },
      {
        from: { channel: 'Referral', source: 'blog.partner.example' },
        to: { channel: 'Partners', source: 'blog.partner.example' },
        rule: 0,
        arrivals: 30,
        clicks: 0,
      },
    ],
    totalMoves: 2,
    totals: { all: { arrivals: 1235, clicks: 1 }, moved: { arrivals: 1234, clicks: 1 } },
    rules: [{ name: 'a rule', enabled: true, arrivals: 1234, clicks: 1 }],
    meta: { timezone: 'Europe/Berlin', from: '2026-10-13', to: '2026-11-11' },
  })
  expect((await ask({ metrics: ['arrivals', 'clicks'], dimensions: ['channel', 'source'] })).results).toEqual(
    before.results,
  )
})

test('a rule behind a wider one takes nothing, a disabled one neither, and a source alone moves to no channel', async () => {
  const { site, add } = askableSite(store.warehouse)
  await add(
    hit(site, DAY, {
      ...referral,
      referrerHost: 'partner.example',
      source: 'partner.example',
      country: 'DE',
    }),
    hit(site, DAY, {
      ...referral,
      referrerHost: 'partner.example',
      source: 'partner.example',
      country: 'AT',
    }),
    hit(site, DAY, { ...referral, referrerHost: 'x.example', source: 'x.example', country: 'AT' }),
  )
  const german: Condition = { field: 'country', operator: 'is', values: ['DE'] }
  const trial = await tryRules(
    [
      { ...outcome({ channel: 'Off' }), enabled: false },
      outcome({ source: 'Partner' }),
      outcome({ channel: 'German' }, german),
      outcome({ channel: 'Rest', source: 'Rest' }, { not: german }),
    ],
    '30d',
    { warehouse: store.warehouse, site, now: NOW },
  )
  expect(trial.rules.map(({ clicks }) => clicks)).toEqual([0, 2, 0, 1])
  expect(trial.sentence).toBe('Would move 1 click from Referral to Rest, and give 2 clicks another source.')
  expect(trial.moves.map(({ to, clicks }) => [to.channel, to.source, clicks])).toEqual([
    ['Referral', 'Partner', 2],
    ['Rest', 'Rest', 1],
  ])
})

test('rules in force do not stand in the way: taking them back gives hits to the built-in rules', async () => {
  const { site, add } = askableSite(store.warehouse)
  const ruled = {
    channel: 'Partners',
    baseChannel: 'Referral',
    baseSource: 'partner.example',
    source: 'Partner',
  } as const
  await add(hit(site, DAY, { ...referral, ...ruled, referrerHost: 'partner.example' }))
  const context = { warehouse: store.warehouse, site, now: NOW }
  expect(await tryRules([], '30d', context)).toMatchObject({
    sentence: 'Would move 1 click from Partners to Referral.',
    moves: [
      { rule: null, from: { source: 'Partner' }, to: { channel: 'Referral', source: 'partner.example' } },
    ],
  })
  const same = await tryRules([outcome({ channel: 'Partners', source: 'Partner' })], '30d', context)
  expect(same).toMatchObject({
    sentence: 'Would move nothing: every arrival and click keeps its channel and source.',
    moves: [],
    totalMoves: 0,
    rules: [{ clicks: 1 }],
  })
  const bySource = outcome(
    { channel: 'By source' },
    { field: 'source', operator: 'is', values: ['partner.example'] },
  )
  expect((await tryRules([bySource], '30d', context)).rules).toMatchObject([{ clicks: 1 }])
})

test('days that turned count once, by their current rows, and instants cut a day', async () => {
  const { site } = askableSite(store.warehouse)
  const old = hit(site, DAY, { ...referral, referrerHost: 'partner.example' })
  await insertHits(store.warehouse, [old])
  await insertHits(store.warehouse, [{ ...old, channel: 'Partners', baseChannel: 'Referral' }], 1)
  await turnDay(store.warehouse, site.id, '2026-11-10', 1)
  const context = { warehouse: store.warehouse, site, now: NOW }
  expect((await tryRules([], '30d', context)).totals.all).toEqual({ arrivals: 0, clicks: 1 })
  expect(
    (await tryRules([], ['2026-11-10T10:00:01Z', '2026-11-11T00:00:00Z'], context)).totals.all.clicks,
  ).toBe(0)
})

test('through the API a trial ends with its client', async () => {
  const server = await startApi()
  onTestFinished(() => server.close())
  server.api.route('/', ruleRoutes({ control: server.control, warehouse: store.warehouse, now: () => NOW }))
  const site = await server.control.sites.byName('default')
  const ask = (signal?: AbortSignal) =>
    server.api.request(`/api/v1/sites/${site?.id}/rules/try`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rules: [] }),
      ...(signal && { signal }),
    })
  expect((await ask()).status).toBe(200)
  expect((await ask(AbortSignal.abort())).status).toBe(499)
})

test('sides may name channels of the site’s own, of its rules or of its past, and no others', async () => {
  const { site, ask, add } = askableSite(store.warehouse)
  await add(hit(site, DAY, { ...referral, channel: 'Partners' }))
  const sided = (social: string[]) =>
    ask({ metrics: ['clicks'], dimensions: ['side'], sides: { search: ['Organic Search'], social } })
  expect((await sided(['Organic Social', 'Partners'])).results).toEqual([
    { dimensions: ['Social'], metrics: [1] },
  ])
  await expect(sided(['Organic Social', 'Partner'])).rejects.toMatchObject({
    problems: [{ field: 'sides.social[1]', message: 'There is no channel "Partner".' }],
  })
})
