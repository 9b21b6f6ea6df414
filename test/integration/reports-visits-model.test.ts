import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { DIMENSIONS, tablesCounted, tablesOf } from '../../server/reports/registry/dimensions.ts'
import { METRICS } from '../../server/reports/registry/metrics.ts'
import {
  askableSite,
  event,
  hit,
  openTestWarehouse,
  type TestSession,
  type TestWarehouse,
} from './reports-support.ts'
import { MODEL, type Values, type World } from './reports-visits-model.ts'

const TIMEZONE = 'Europe/Berlin'
/** Midnight in Berlin at the beginning of 2 November 2026. */
const FIRST = Date.UTC(2026, 10, 1, 23)
const DAYS = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06', '2026-11-07']
const HOUR = 3_600_000
const CHANNELS = ['Email', 'Organic Search', 'Organic Social'] as const
const pick = <T>(...values: T[]) => fc.constantFrom(...values)

let store: TestWarehouse
let world: World
let ask: ReturnType<typeof askableSite>['ask']

beforeAll(async () => {
  store = await openTestWarehouse()
  const site = askableSite(store.warehouse, TIMEZONE, {
    goals: [
      { name: 'Booked', match: { type: 'event', name: 'booked' }, value: { type: 'event' }, count: 'every' },
      {
        name: 'Found',
        match: { type: 'page', page: '/dealers/**' },
        value: { type: 'fixed', amount: 2.5 },
        count: 'session',
      },
    ],
  })
  ask = site.ask
  world = madeUp(site.site)
  await site.addSessions(...world.sessions)
  await site.add(...world.hits)
})
afterAll(() => store.close())

/** Visits of five visitors, five hours apart, each with what happened in it, over midnights; and clicks that led to some. */
function madeUp(site: Parameters<typeof hit>[0]): World {
  const hits: JudgedHit[] = []
  const sessions: World['sessions'] = []
  const visits = fc.sample(
    fc.record({
      channel: pick(...CHANNELS),
      country: pick('DE', 'FR'),
      other: fc.boolean(),
      minutes: fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { maxLength: 6 }),
      what: fc.array(pick('dealers', 'page', 'booked', 'dollars', 'bot', 'order'), {
        minLength: 6,
        maxLength: 6,
      }),
      click: pick('landed', 'lost', 'prefetched', 'wasted', 'keyless', 'reshared', 'none'),
      moved: fc.boolean(),
      late: pick(2, 30, 3600 * 20),
    }),
    { numRuns: 70, seed: 20261122 },
  )
  visits.forEach(({ channel, country, other, minutes, what, click, moved, late }, index) => {
    // Each visit's instants are its own, so that the order of what happens is never open.
    const start = FIRST + (index % 22) * 5 * HOUR + index * 1_001
    const visitor = `00000000000000a${Math.floor(index / 22)}`
    const visitors = other ? [visitor, `00000000000000b${Math.floor(index / 22)}`] : [visitor]
    const at = (time: number) => new Date(time).toISOString()
    const labels = { channel, country, visitor, landingPage: 'example.com/' }
    const session: TestSession = {
      start: at(start),
      visitors,
      channel,
      country,
      bounce: minutes.length === 0,
      pageviews: 1 + minutes.length,
      entryPage: `example.com/${index % 2}`,
    }
    const day = hit(site, at(start)).day
    sessions.push({ ...session, id: index, day, visitors })
    const key = click === 'keyless' || click === 'none' ? '0' : String(1000 + index)
    const landing = ['landed', 'prefetched', 'reshared'].includes(click) ? 'verified' : ''
    hits.push(
      hit(site, at(start), { ...labels, kind: 'pageview', landing, clickKey: landing === '' ? '0' : key }),
    )
    if (click === 'reshared') {
      const again = { landing: 'verified', clickKey: key, visitor: '00000000000000cc' } as const
      hits.push(hit(site, at(start + 77), { ...labels, kind: 'pageview', ...again }))
      hits.push(hit(site, at(start + 78), { ...labels, kind: 'pageview', ...again, landing: 'expired' }))
    }
    if (click !== 'none') {
      const traffic = click === 'prefetched' || click === 'wasted' ? 'prefetch' : 'person'
      const clicker = moved ? '00000000000000dd' : visitor
      const clicked = { ...labels, traffic, clickKey: key, visitor: clicker } as const
      hits.push(hit(site, at(start - late * 1000), clicked))
    }
    minutes.forEach((minute, place) => {
      const time = at(start + minute * 60_000)
      const who = { ...labels, visitor: visitors[place % visitors.length] ?? visitor }
      const does = what[place]
      const facts = { type: 'custom', name: 'booked', value: '1.5' } as const
      if (does === 'dealers')
        hits.push(
          hit(site, time, { ...who, kind: 'pageview', entry: false, landingPage: 'example.com/dealers/7' }),
        )
      else if (does === 'booked') hits.push(event(site, time, facts, who))
      else if (does === 'dollars') hits.push(event(site, time, { ...facts, currency: 'USD' }, who))
      else if (does === 'bot') hits.push(event(site, time, facts, { ...who, traffic: 'bot' }))
      else if (does === 'order') hits.push(event(site, time, { ...facts, key: `order ${index % 9}` }, who))
      else hits.push(hit(site, time, { ...who, kind: 'pageview', entry: false }))
    })
  })
  return { hits, sessions }
}

const some = (names: string[]) => fc.uniqueArray(pick(...names), { minLength: 1, maxLength: 6 })
const ofConversions = ['conversions', 'value', 'converting_sessions', 'conversion_rate']
const metrics = fc.oneof(some(Object.keys(MODEL)), some(ofConversions))
const dimensionNames = ['channel', 'country', 'entry_page', 'goal', 'time:day'] as const
const dimensions = fc.uniqueArray(pick(...dimensionNames), { maxLength: 3 })
type Filter = [operator: string, dimension: string, values: string[]]
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.tuple(
    pick('is', 'is_not'),
    fc.constant('channel'),
    fc.subarray([...CHANNELS, '(none)'], { minLength: 1 }),
  ),
  fc.tuple(pick('is', 'is_not'), fc.constant('goal'), fc.subarray(['Booked', 'Found'], { minLength: 1 })),
  fc.tuple(pick('is', 'is_not'), fc.constant('entry_page'), fc.constant<string[]>(['example.com/0'])),
)

const question = fc.record({
  metrics,
  dimensions,
  filters: fc.array(filter, { maxLength: 2 }),
  range: fc.tuple(pick(...DAYS), pick(...DAYS)).map(([a, b]): [string, string] => (a < b ? [a, b] : [b, a])),
})

function mayBeAsked(asked: { metrics: string[]; dimensions: string[]; filters: Filter[] }): boolean {
  const named = [...asked.dimensions, ...asked.filters.map(([, name]) => name)]
  return asked.metrics.every((metric) =>
    named.every((name) => {
      const [has, needs] = [DIMENSIONS.get(name), METRICS.get(metric)]
      return has && needs && tablesCounted(needs).every((table) => tablesOf(has).includes(table))
    }),
  )
}

/** Whether a row's values pass the filters; what only conversions have is no matter where there is none. */
function passes(filters: Filter[], values: Values): boolean {
  return filters.every(([operator, name, list]) => {
    const value = values[name as keyof Values]
    if (name === 'goal' && value === undefined) return true
    return list.includes(value ?? '') === (operator === 'is')
  })
}

test('every question about visits is answered as the model answers it', async () => {
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      fc.pre(mayBeAsked(asked))
      const { filters, range } = asked
      const days = (day: string) => day >= range[0] && day <= range[1]
      const { results } = await ask({
        metrics: asked.metrics,
        dimensions: asked.dimensions,
        filters: filters as never,
        date_range: range,
        limit: 10_000,
      })
      const figures = (cells: string[]) =>
        asked.metrics.map((name) =>
          MODEL[name]?.(
            (values) =>
              passes(filters, values) &&
              asked.dimensions.every((dimension, index) => {
                const value = values[dimension]
                return value === cells[index] || (dimension === 'goal' && value === undefined)
              }),
            world,
            days,
          ),
        )
      for (const { dimensions: cells, metrics } of results) {
        expect([...cells, ...metrics.map(close)]).toEqual([...cells, ...figures(cells).map(close)])
      }
      // No row is missing: what adds up over the rows is all there is.
      if (!asked.dimensions.includes('goal')) {
        for (const name of ['clicks', 'sessions', 'conversions', 'value']) {
          const index = asked.metrics.indexOf(name)
          if (index < 0) continue
          const sum = results.reduce((total, { metrics }) => total + (metrics[index] ?? 0), 0)
          const all = MODEL[name]?.((values) => passes(filters, values), world, days) ?? null
          expect(close(sum)).toEqual(close(all))
        }
      }
    }),
    { numRuns: 100 },
  )
}, 120_000)

/** Sums of floats may differ in their last bits. */
function close(figure: number | null | undefined): number | null | undefined {
  return typeof figure === 'number' ? Math.round(figure * 1e9) / 1e9 : figure
}

test('the model’s world holds what the questions are about', () => {
  const all = () => true
  for (const [name, figure] of Object.entries(MODEL))
    expect([name, figure(all, world, all)]).not.toEqual([name, 0])
})
