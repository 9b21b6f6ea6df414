import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MODELS } from '../../server/domain/attribution/contract.ts'
import { runModel } from '../../server/domain/attribution/models.ts'
import { collectPaths } from '../../server/domain/attribution/paths.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { NO_TOUCH } from '../../server/reports/attribution/contract.ts'
import { type Journey, type JourneysWorld, journeysOf } from '../support/attribution-oracle.ts'
import { attributedSite } from './attribution-support.ts'
import { event, hit, openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let engine: TestWarehouse
beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())

const FROM = Date.parse('2026-10-25T00:00:00Z')
const START = Date.parse('2026-11-01T00:00:00Z')
const END = Date.parse('2026-12-01T00:00:00Z')
const CHANNELS = ['Organic Social', 'Organic Search', 'Direct', 'Referral']
/** Coarse, so that instants, windows and half hours meet. */
const STEP = 10 * 60_000

const moment = fc.oneof(fc.integer({ min: 0, max: 3 * 144 }), fc.integer({ min: 0, max: 40 * 144 }))
const deed = fc.record({
  what: fc.constantFrom('visit', 'visit', 'click', 'landed click', 'link visit', 'book', 'book', 'consent'),
  at: moment,
  channel: fc.constantFrom(...CHANNELS),
  link: fc.integer({ min: 1, max: 2 }),
  /** Under a key of the day, or the lasting one. */
  cookieless: fc.boolean(),
  value: fc.integer({ min: 0, max: 300 }),
})
const people = fc.array(fc.array(deed, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 14 })
const options = fc.record({
  collapse: fc.boolean(),
  direct: fc.boolean(),
  reuse: fc.boolean(),
  nulls: fc.boolean(),
  halfLife: fc.constantFrom(0.01, 7, 365),
  position: fc.constantFrom<[number, number, number]>([0.4, 0.2, 0.4], [0, 1, 0], [1, 0, 3], [0, 0, 1]),
  order: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
})

test('the engine’s paths and credits are those of the models over plain arrays', async () => {
  await fc.assert(
    fc.asyncProperty(people, options, fc.constantFrom(0.25, 1, 7, 30), async (lives, asked, window) => {
      const site = attributedSite(engine.warehouse, { now: Date.parse('2027-03-01T00:00:00Z') })
      const world = worldOf(lives, site.site)
      if (world.hits.length > 0) await site.add(...world.hits)
      await site.addSessions(...world.sessions)
      const answer = await site.attribute({
        window,
        options: asked,
        models: [...MODELS],
        paths: 1000,
      })
      const about = { start: START, end: END, windowMs: window * 86_400_000 }
      const journeys = journeysOf(world, { ...about, options: asked })

      expect(
        answer.topPaths
          .map(({ path, conversions, value, nulls }) => [path.join(), conversions, value, nulls ?? 0])
          .sort(),
      ).toEqual(countedPaths(journeys))
      const without = journeys.filter(({ touches }) => touches.length === 0)
      const paths = journeys.filter(({ touches }) => touches.length > 0)
      expect(answer.coverage.withoutTouch).toBe(without.length)
      expect(answer.totals.conversions).toBe(journeys.filter(({ conversions }) => conversions > 0).length)
      const collapsed = collectPaths(paths)
      const asTheyAre = collectPaths(
        journeysOf(world, { ...about, options: { ...asked, collapse: false } }).filter(
          ({ touches }) => touches.length > 0,
        ),
      )
      for (const model of paths.length > 0 ? MODELS : []) {
        const set = model === 'markov' ? asTheyAre : collapsed
        const { credits } = runModel(model, set, asked)
        for (const [index, key] of set.keys.entries()) {
          const given = answer.results.find((row) => row.key === key)?.credits[model]
          close(given?.conversions ?? 0, credits.conversions[index] ?? 0)
          close(given?.value ?? 0, credits.values[index] ?? 0)
        }
        const sum = answer.results.reduce(
          (total, { credits }) => total + (credits[model]?.conversions ?? 0),
          0,
        )
        close(sum, answer.totals.conversions)
        const none = answer.results.find(({ key }) => key === NO_TOUCH)?.credits[model]
        expect(none?.conversions ?? 0).toBe(without.length)
      }
      const counted = await site.ask({
        metrics: ['conversions', 'value'],
        date_range: ['2026-11-01', '2026-11-30'],
      })
      expect(counted.results[0]?.metrics).toEqual([answer.totals.conversions, answer.totals.value])
    }),
    { numRuns: 8, endOnFailure: true },
  )
}, 240_000)

function close(mine: number, theirs: number): void {
  expect(Math.abs(mine - theirs)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(theirs)))
}

function countedPaths(journeys: readonly Journey[]) {
  const counts = new Map<string, [number, number, number]>()
  for (const { touches, conversions, value, nulls } of journeys) {
    if (touches.length === 0) continue
    const count = counts.get(touches.join()) ?? [0, 0, 0]
    counts.set(touches.join(), [count[0] + conversions, count[1] + value, count[2] + nulls])
  }
  return [...counts].map(([path, count]) => [path, ...count]).sort()
}

/** Each person has a lasting key and one key for all days, which is enough to be told apart by or to be joined by. */
function worldOf(lives: readonly (readonly Deed[])[], site: Parameters<typeof hit>[0]): JourneysWorld {
  const hits: JudgedHit[] = []
  const sessions: JourneysWorld['sessions'][number][] = []
  let made = 0
  const id = () => (++made).toString(16).padStart(32, '0')
  for (const [person, deeds] of lives.entries()) {
    const lasting = `a${person.toString(16).padStart(15, '0')}`
    const ofDay = `d${person.toString(16).padStart(15, '0')}`
    for (const { what, at, channel, link, cookieless, value } of deeds) {
      const time = FROM + at * STEP
      const iso = new Date(time).toISOString()
      const visitor = cookieless ? ofDay : lasting
      const origin = { channel, linkId: link, link: `go.example.com/${link}` }
      const visit = (fields: Partial<(typeof sessions)[number]> = {}) =>
        sessions.push({ start: iso, sessionId: uuid(id()), visitors: [visitor], channel, ...fields })
      if (what === 'visit') visit()
      if (what === 'link visit') visit(origin)
      if (what === 'click')
        hits.push(hit(site, iso, { ...origin, visitor, hitId: id(), clickKey: String(++made) }))
      if (what === 'landed click') {
        const clickKey = String(++made)
        hits.push(hit(site, iso, { ...origin, visitor: ofDay, hitId: id(), clickKey }))
        hits.push(
          hit(site, iso, {
            kind: 'pageview',
            entry: true,
            visitor,
            hitId: id(),
            clickKey,
            landing: 'verified',
          }),
        )
        visit({ ...origin, clickKey })
      }
      if (what === 'consent')
        hits.push(
          hit(site, iso, {
            kind: 'pageview',
            entry: false,
            visitor: lasting,
            previousVisitor: ofDay,
            consent: 'granted',
            hitId: id(),
          }),
        )
      if (what === 'book') {
        visit()
        hits.push(
          event(
            site,
            iso,
            { type: 'custom', name: 'booked', value: String(value) },
            { visitor, hitId: id() },
          ),
        )
      }
    }
  }
  return { hits, sessions }
}

type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
