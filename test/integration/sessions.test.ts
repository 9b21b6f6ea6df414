import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EventFacts, type EventType, emptyEvent, emptyHit } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { type CarefulInserter, createCarefulInserter } from '../../server/loader/missing.ts'
import { Sessions } from '../../server/loader/sessions.ts'
import { TouchedVisitors } from '../../server/loader/touched.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import { type Warehouse, WarehouseError } from '../../server/warehouse/warehouse.ts'
import { judgedAs } from '../support/hits.ts'
import { visits } from '../support/session-arbitraries.ts'
import { sessionsOf, storedSessions } from '../support/session-oracle.ts'

let directory: string
let engine: Warehouse
let careful: CarefulInserter
let sessions: Sessions
let site = 0

const quiet = { info() {}, warn() {}, error() {} }
const first = () => 0

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-sessions-'))
  engine = await openEmbeddedWarehouse({ path: join(directory, 'engine') })
  await migrate(engine)
  careful = createCarefulInserter(engine, directory)
  sessions = new Sessions(engine, quiet)
})

afterAll(async () => {
  await engine.close()
  rmSync(directory, { recursive: true, force: true })
})

/** What a batch does: its hits come in, then the sessions of their visitors are written. */
async function bringIn(hits: readonly JudgedHit[], name: string): Promise<void> {
  await careful.insertJudged(hits, 0, name)
  const touched = new TouchedVisitors()
  for (const hit of hits) touched.add(hit)
  await sessions.update(touched, first)
}

async function rebuilt(from: string, to: string): Promise<void> {
  for await (const _ of sessions.rebuild({ siteId: site, from, to }, first)) {
    // A step at a time.
  }
}

/** Hits of a site of their own, cut into batches; `order` shuffles them. */
const batches = fc
  .tuple(visits, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), fc.integer({ min: 1, max: 4 }))
  .map(([hits, order, parts]) => {
    const shuffled = hits
      .map((hit, index) => ({ hit, at: order[index] ?? 0 }))
      .sort((a, b) => a.at - b.at)
      .map(({ hit }) => hit)
    return Array.from({ length: parts }, (_, part) => shuffled.filter((_, index) => index % parts === part))
  })

test('sessions are the same whatever order and batches their hits come in, and equal a rebuild', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (parts) => {
      site++
      const hits = parts.flat().map((hit) => ({ ...hit, siteId: site }))
      for (const [at, part] of parts.entries()) {
        await bringIn(
          part.map((hit) => ({ ...hit, siteId: site })),
          `${site}:${at}`,
        )
      }
      const expected = sessionsOf(hits)
      expect(await storedSessions(engine, site)).toEqual(expected)
      const days = hits.map(({ day }) => day).sort()
      await rebuilt(days[0] ?? '', days.at(-1) ?? '')
      expect(await storedSessions(engine, site)).toEqual(expected)
    }),
    { numRuns: 20, endOnFailure: true },
  )
}, 180_000)

const GIVEN = Date.parse('2026-05-04T10:00Z')
const SECOND = 1_000
const MINUTE = 60 * SECOND
let ids = 0

/** A visitor's hit so many milliseconds after ten o'clock. */
function hit(
  after: number,
  kind: 'pageview' | 'event' | 'engagement',
  change: Partial<JudgedHit> = {},
): JudgedHit {
  const hitId = (++ids).toString(16).padStart(32, '0')
  const raw = { ...emptyHit(), kind, hitId, time: GIVEN + after, visitor: 'a000000000000001', siteId: site }
  return judgedAs(raw, '2026-05-04', { entry: false, channelRule: 'internal', ...change })
}
const page = (after: number, change: Partial<JudgedHit> = {}) => hit(after, 'pageview', change)
const event = (after: number, type: EventType, change: Partial<EventFacts> = {}) =>
  hit(after, 'event', { event: { ...emptyEvent(type), ...change } })
const attention = (after: number, engagedMs: number, scroll = 0) =>
  hit(after, 'engagement', { event: { ...emptyEvent('engagement'), engagedMs, scroll } })
const clicked = (clickKey: string, change: Partial<JudgedHit> = {}): Partial<JudgedHit> => ({
  entry: true,
  landing: 'verified',
  clickKey,
  linkId: 7,
  channelRule: 'link',
  ...change,
})
const tagged = (utmValues: string, entry = true): Partial<JudgedHit> => ({
  utmValues,
  entry,
  channelRule: 'utm-source',
})

/** What happens, and how many pageviews and events each session has. */
const CASES: [what: string, hits: () => JudgedHit[], sessions: string[]][] = [
  ['half an hour of silence', () => [page(0), page(30 * MINUTE)], ['2 pages']],
  ['a millisecond more', () => [page(0), page(30 * MINUTE + 1)], ['1 page', '1 page']],
  ['attention in between', () => [page(0), attention(20 * MINUTE, 5_000), page(45 * MINUTE)], ['2 pages']],
  ['attention alone', () => [attention(0, 5_000), attention(MINUTE, 5_000)], []],
  ['attention before the first page', () => [attention(0, 9_999), page(MINUTE)], ['1 page']],
  ['a goal long after the page', () => [page(0), event(60 * MINUTE, 'custom')], ['1 page', '1 event']],
  ['being identified long after', () => [page(0), event(60 * MINUTE, 'identify')], ['1 page']],
  ['consent in between', () => [page(0), event(20 * MINUTE, 'consent'), page(45 * MINUTE)], ['2 pages']],
  ['a click', () => [page(0), page(MINUTE, clicked('5'))], ['1 page', '1 page']],
  [
    'the same click again',
    () => [page(0, clicked('5')), page(MINUTE), page(2 * MINUTE, clicked('5'))],
    ['3 pages'],
  ],
  [
    'two clicks in turn',
    () => ['5', '6', '5'].map((key, at) => page(at * MINUTE, clicked(key))),
    ['1 page', '1 page', '1 page'],
  ],
  [
    'a click whose id is the largest there is',
    () => [page(0, clicked('18446744073709551614')), page(MINUTE, clicked('18446744073709551615'))],
    ['1 page', '1 page'],
  ],
  [
    'the same click again, by a tagged banner',
    () => [page(0, clicked('5')), page(MINUTE, clicked('5', tagged('a|b|||', false)))],
    ['2 pages'],
  ],
  [
    'a click that came late',
    () => [page(0), page(MINUTE, clicked('5', { landing: 'expired' }))],
    ['2 pages'],
  ],
  ['a forged click', () => [page(0), page(MINUTE, clicked('5', { landing: 'forged' }))], ['2 pages']],
  [
    'ids that name only the link, the same one',
    () => [page(0, clicked('0')), page(MINUTE, clicked('0'))],
    ['2 pages'],
  ],
  [
    'ids that name only the link, another one',
    () => [page(0, clicked('0')), page(MINUTE, clicked('0', { linkId: 8 }))],
    ['1 page', '1 page'],
  ],
  [
    'other tags from outside',
    () => [page(0, tagged('a|b|||')), page(MINUTE, tagged('a|c|||'))],
    ['1 page', '1 page'],
  ],
  [
    'the same tags again',
    () => [page(0, tagged('a|b|||')), page(MINUTE), page(2 * MINUTE, tagged('a|b|||'))],
    ['3 pages'],
  ],
  ['tags after none', () => [page(0), page(MINUTE, tagged('a|b|||'))], ['1 page', '1 page']],
  ['a tagged banner of the site itself', () => [page(0), page(MINUTE, tagged('a|b|||', false))], ['2 pages']],
  [
    'back from outside without tags',
    () => [page(0, tagged('a|b|||')), page(MINUTE, { entry: true })],
    ['2 pages'],
  ],
  [
    'a bot with the same key',
    () => [page(0), page(20 * MINUTE, { traffic: 'bot' }), page(45 * MINUTE)],
    ['1 page', '1 page'],
  ],
]

test.each(CASES)('%s', async (_, hits, counts) => {
  site++
  const list = hits()
  await bringIn(list, `case ${site}`.replace(' ', ':'))
  const rows = await storedSessions(engine, site)
  expect(rows).toEqual(sessionsOf(list))
  const many = (count: number, word: string) =>
    count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`
  expect(rows.map((row) => `${many(row.pageviews, 'page')}${many(row.events, 'event')}`)).toEqual(counts)
})

test('a session tells what happened in it, and what brought it', async () => {
  site++
  await bringIn(
    [
      page(0, {
        entry: true,
        channelRule: 'direct',
        landingPage: 'cars.example/',
        country: 'DE',
        campaign: 'none',
      }),
      page(10 * SECOND, tagged('banner||||', false)),
      page(20 * SECOND, {
        entry: true,
        channelRule: 'referrer',
        channel: 'Organic Search',
        side: 'Search',
        source: 'google',
      }),
      event(30 * SECOND, 'form'),
      event(31 * SECOND, 'consent'),
      attention(40 * SECOND, 6_000, 80),
      page(50 * SECOND, { landingPage: 'cars.example/thanks', consent: 'granted' }),
      attention(60 * SECOND, 3_000, 20),
    ],
    'told',
  )
  expect(await storedSessions(engine, site)).toMatchObject([
    {
      pageviews: 4,
      events: 1,
      engaged_ms: 9_000,
      scroll: 80,
      bounce: 0,
      start: GIVEN,
      end: GIVEN + MINUTE,
      entry_page: 'cars.example/',
      exit_page: 'cars.example/thanks',
      consent: 'unasked',
      click_key: '0',
      origin: { channel: 'Organic Search', side: 'Search', source: 'google', channel_rule: 'referrer' },
    },
  ])
})

test.each([
  ['a page that is left at once bounces', [page(0)], 1],
  ['a page looked at for less than ten seconds bounces', [page(0), attention(SECOND, 9_999)], 1],
  ['ten seconds make no bounce', [page(0), attention(SECOND, 5_000), attention(2 * SECOND, 5_000)], 0],
  ['an event makes no bounce', [page(0), event(SECOND, 'tel')], 0],
  ['a second page makes no bounce', [page(0), page(SECOND)], 0],
])('%s', async (_, hits, bounce) => {
  site++
  await bringIn(
    hits.map((one) => ({ ...one, siteId: site })),
    `bounce:${site}`,
  )
  expect(await storedSessions(engine, site)).toMatchObject([{ bounce }])
})

test('a visit of nine hours stays one session, whichever of its hits comes last', async () => {
  const hits = Array.from({ length: 28 }, (_, at) => page(at * 20 * MINUTE))
  for (const last of [0, 13, 27]) {
    site++
    const here = hits.map((one) => ({ ...one, siteId: site }))
    await bringIn(
      here.filter((_, at) => at !== last),
      `long:${site}:1`,
    )
    await bringIn(
      here.filter((_, at) => at === last),
      `long:${site}:2`,
    )
    expect(await storedSessions(engine, site)).toMatchObject([{ pageviews: 28 }])
  }
})

test('what is too much for the engine at once goes in parts', async () => {
  site++
  const crowd = Array.from({ length: 40 }, (_, at) => {
    const visitor = (at * 6_311).toString(16).padStart(4, '0').padEnd(16, '0')
    return [
      page(0, { visitor }),
      page(MINUTE, { visitor: `${visitor.slice(0, 15)}1`, previousVisitor: visitor }),
    ]
  }).flat()
  let refused = 0
  const small: Warehouse = {
    ...engine,
    async command(sql, parameters = {}) {
      const { keys, atLeast, below } = parameters
      const width =
        Number.parseInt(String(below).replace('~', '10000'), 16) - Number.parseInt(`0${atLeast}`, 16)
      if ((Array.isArray(keys) && keys.length > 6) || width > 0x4000) {
        refused++
        throw new WarehouseError('limit', 'Memory limit exceeded', { code: 241 })
      }
      await engine.command(sql, parameters)
    },
  }
  await careful.insertJudged(crowd, 0, 'crowd')
  const touched = new TouchedVisitors()
  for (const one of crowd) touched.add(one)
  const patient = new Sessions(small, quiet)
  await patient.update(touched, first)
  expect(await storedSessions(engine, site)).toEqual(sessionsOf(crowd))
  expect(refused).toBeGreaterThan(5)

  await engine.command(`DELETE FROM sessions WHERE site = {site:UInt32}`, { site })
  for await (const _ of patient.rebuild({ siteId: site, from: '2026-05-04', to: '2026-05-04' }, first)) {
    // A step at a time.
  }
  expect(await storedSessions(engine, site)).toEqual(sessionsOf(crowd))
})

test('one visitor who is too much for the engine is left as he was, said so, and holds up nobody', async () => {
  site++
  const errors: unknown[] = []
  const robot = 'e000000000000000'
  const strict: Warehouse = {
    ...engine,
    async command(sql, parameters = {}) {
      const { keys } = parameters
      if (Array.isArray(keys) && keys.includes(robot))
        throw new WarehouseError('limit', 'too much', { code: 241 })
      await engine.command(sql, parameters)
    },
  }
  const hits = [page(0), page(0, { visitor: robot }), page(0, { visitor: 'f000000000000000' })]
  await careful.insertJudged(hits, 0, 'robot')
  const touched = new TouchedVisitors()
  for (const one of hits) touched.add(one)
  await new Sessions(strict, { ...quiet, error: (facts) => errors.push(facts) }).update(touched, first)
  const rows = await storedSessions(engine, site)
  expect(rows.map(({ identity }) => identity)).toEqual(['a000000000000001', 'f000000000000000'])
  expect(errors).toMatchObject([{ site, error: 'too much' }])
})

test('a visitor’s sessions that were there before under a later clock are replaced all the same', async () => {
  site++
  await bringIn([page(0), page(40 * MINUTE)], 'clock:1')
  await engine.command(
    'INSERT INTO sessions SELECT * REPLACE (version + 3600000000 AS version) FROM sessions WHERE site = {site:UInt32}',
    { site },
  )
  await bringIn([page(20 * MINUTE)], 'clock:2')
  expect(await storedSessions(engine, site)).toMatchObject([{ pageviews: 3 }])
})
