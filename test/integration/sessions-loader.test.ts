import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { emptyHit } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { type Checkpoint, openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createLoader, type Loader, type LoaderOptions } from '../../server/loader/loader.ts'
import { sweep, type TurnRequest } from '../../server/loader/turn.ts'
import { encodeHit } from '../../server/spool/record.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import { type Warehouse, WarehouseError } from '../../server/warehouse/warehouse.ts'
import { judgedAs, SITE } from '../support/hits.ts'
import { visits, ZONES } from '../support/session-arbitraries.ts'
import { type SessionRow, sessionsOf, storedSessions } from '../support/session-oracle.ts'

const MINUTE = 60_000
const EVERYTHING: Omit<TurnRequest, 'siteId'> = { from: 0, to: Date.UTC(2100, 0, 1), days: null }
const quiet = { info() {}, warn() {}, error() {} }

let engineDirectory: string
let engine: Warehouse
let root: string
let checkpoint: Checkpoint
let writers: SpoolWriter[]
let loader: Loader | undefined
let site = 0
let timezone: string
/** What the rules say of each hit, by its id. */
let said: Map<string, JudgedHit>

beforeAll(async () => {
  engineDirectory = mkdtempSync(join(tmpdir(), 'jejak-sessions-engine-'))
  engine = await openEmbeddedWarehouse({ path: engineDirectory })
  await migrate(engine)
})

afterAll(async () => {
  await engine.close()
  rmSync(engineDirectory, { recursive: true, force: true })
})

beforeEach(open)
afterEach(close)

/** A new site on a new spool with two writers, as of an edge and an import. */
async function open(): Promise<void> {
  root = mkdtempSync(join(tmpdir(), 'jejak-sessions-'))
  checkpoint = openCheckpoint(join(root, 'loader.db'))
  writers = await Promise.all(
    ['edge', 'import'].map((name) =>
      openSpoolWriter({ directory: join(root, 'spool', name), durability: 'write', maxBytes: 1e9 }),
    ),
  )
  for (const table of ['raw_hits', 'hits', 'sessions', 'judged_days', 'turned_days']) {
    await engine.command(`TRUNCATE TABLE ${table}`)
  }
  said = new Map()
  timezone = SITE.timezone
  site++
}

async function close(): Promise<void> {
  await loader?.stop(0)
  for (const writer of writers) await writer.close()
  checkpoint.close()
  rmSync(root, { recursive: true, force: true })
}

function start(change: Partial<LoaderOptions> = {}): Loader {
  loader = createLoader({
    warehouse: engine,
    enricher: createEnricher(
      {
        judge: (hit, { days }) => {
          const judged = said.get(hit.hitId) ?? judgedAs(hit, '')
          return { ...judged, siteId: hit.siteId, day: days.dayOf(hit.time) }
        },
        trafficOf: () => ({ traffic: 'person', reason: '', class: '', previewOf: '' }),
      },
      {
        sites: { list: async () => [{ ...SITE, id: site, timezone }] },
        rules: { all: async () => [] },
        links: { byIds: async () => [] },
        keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
      },
    ),
    checkpoint,
    spoolRoot: join(root, 'spool'),
    directory: join(root, 'loader'),
    markClicked: async () => {},
    log: quiet,
    poll: 5,
    ...change,
  })
  loader.start()
  return loader
}

/** Spools what led to these judgements, each `times` times, on both writers in turn. */
async function spool(hits: readonly JudgedHit[], times = 1): Promise<void> {
  for (const hit of hits) said.set(hit.hitId, hit)
  const repeated = hits.flatMap((hit) => Array.from({ length: hit.kind === 'click' ? 1 : times }, () => hit))
  await Promise.all(
    repeated.map(({ kind, hitId, time, visitor }, index) => {
      const writer = writers[index % writers.length]
      const raw = {
        ...emptyHit(),
        kind,
        hitId,
        time,
        visitor,
        siteId: site,
        receivedAt: time,
        sequence: index + 1,
      }
      return new Promise((done) => writer?.append(encodeHit(raw), done))
    }),
  )
}

/** So many hits of those that were spooled are done with. */
async function settled(hits: number): Promise<void> {
  const done = () => {
    const { added = 0, duplicates = 0 } = loader?.status().totals ?? {}
    return added + duplicates
  }
  await expect.poll(done, { timeout: 25_000, interval: 5 }).toBe(hits)
}

function stored(): Promise<SessionRow[]> {
  return storedSessions(engine, site)
}

function expected(): SessionRow[] {
  const days = localDays(timezone)
  return sessionsOf([...said.values()].map((hit) => ({ ...hit, siteId: site, day: days.dayOf(hit.time) })))
}

/** How often each day's sessions are seen with so many pageviews, `day: pageviews, …`. */
async function seen(): Promise<string[]> {
  return (await stored()).map(({ day, pageviews }) => `${day}: ${pageviews}`)
}

let ids = 0

/** A pageview of one visitor, at a time of day in Berlin's winter. */
function page(at: string, change: Partial<JudgedHit> = {}): JudgedHit {
  const hitId = (++ids).toString(16).padStart(32, '0')
  const time = Date.parse(`${at}+01:00`)
  return judgedAs(
    { ...emptyHit(), kind: 'pageview', hitId, time, visitor: 'a000000000000001', siteId: site },
    '',
    change,
  )
}

test('sessions loaded in any order, in pieces, by two writers and repeated, are what they are made anew', async () => {
  await fc.assert(
    fc.asyncProperty(
      visits,
      fc.constantFrom(...ZONES),
      fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      fc.integer({ min: 3, max: 12 }),
      fc.integer({ min: 1, max: 2 }),
      async (hits, zone, order, batchRows, times) => {
        await close()
        await open()
        timezone = zone
        const running = start({ batchRows })
        const shuffled = hits
          .map((hit, index) => ({ hit, at: order[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ hit }) => hit)
        await spool(shuffled, times)
        await settled(hits.reduce((sum, { kind }) => sum + (kind === 'click' ? 1 : times), 0))
        expect(await stored()).toEqual(expected())
        await running.judgeAgain({ siteId: site, ...EVERYTHING })
        expect(await stored()).toEqual(expected())
      },
    ),
    { numRuns: 10, endOnFailure: true },
  )
}, 180_000)

test('a late hit between two sessions makes one of them', async () => {
  start()
  await spool([page('2026-01-10T10:00'), page('2026-01-10T10:50'), page('2026-01-10T12:00')])
  await settled(3)
  expect(await seen()).toEqual(['2026-01-10: 1', '2026-01-10: 1', '2026-01-10: 1'])
  await spool([page('2026-01-10T10:25')])
  await settled(4)
  expect(await seen()).toEqual(['2026-01-10: 3', '2026-01-10: 1'])
  expect(await stored()).toEqual(expected())
})

test('a session goes on over midnight under the day’s new key, and counts on the day on which it began', async () => {
  start()
  await spool([
    page('2026-01-11T00:10', { visitor: 'b000000000000002', previousVisitor: 'a000000000000001' }),
  ])
  await settled(1)
  expect(await seen()).toEqual(['2026-01-11: 1'])
  await spool([page('2026-01-10T23:50')])
  await settled(2)
  expect(await seen()).toEqual(['2026-01-10: 2'])
  expect(await stored()).toMatchObject([
    { identity: 'a000000000000001', visitors: ['a000000000000001', 'b000000000000002'] },
  ])
})

test('who consents goes on with the session; two of a household who consent are not one from then on', async () => {
  const household = 'a000000000000001'
  const consents = (at: string, visitor: string) =>
    page(at, { visitor, previousVisitor: household, consent: 'granted' })
  start()
  await spool([
    page('2026-01-10T10:00'),
    consents('2026-01-10T10:05', 'c000000000000001'),
    page('2026-01-10T10:15', { visitor: 'c000000000000001', consent: 'granted' }),
    page('2026-01-10T15:00'),
    consents('2026-01-10T15:01', 'c000000000000002'),
    page('2026-01-11T09:00', { visitor: 'c000000000000001', consent: 'granted' }),
    page('2026-01-11T09:01', { visitor: 'c000000000000002', consent: 'granted' }),
  ])
  await settled(7)
  expect(
    (await stored()).map(({ identity, visitors, pageviews, consent }) => [
      identity,
      visitors.length,
      pageviews,
      consent,
    ]),
  ).toEqual([
    [household, 2, 3, 'granted'],
    [household, 2, 2, 'granted'],
    ['c000000000000001', 1, 1, 'granted'],
    ['c000000000000002', 1, 1, 'granted'],
  ])
})

test('a page that reloads itself for days is cut the same way, whatever came first', async () => {
  const from = Date.parse('2026-03-27T20:00+01:00')
  const hits = Array.from({ length: 170 }, (_, index) => ({
    ...page('2026-01-01T00:00'),
    time: from + index * 29 * MINUTE,
  }))
  start({ batchRows: 30 })
  await spool(hits.filter((_, index) => index % 3 === 1))
  await settled(57)
  await spool(hits.filter((_, index) => index % 3 !== 1))
  await settled(170)
  expect(await stored()).toEqual(expected())
  expect((await stored()).map(({ day }) => day)).toEqual(['2026-03-27'])
  await loader?.judgeAgain({ siteId: site, ...EVERYTHING })
  expect(await stored()).toEqual(expected())
})

/** A warehouse that does not take sessions until told to; `reached` resolves when they are first sent. */
function withoutSessions() {
  let away = true
  let reach: () => void = () => {}
  const reached = new Promise<void>((done) => {
    reach = done
  })
  const warehouse: Warehouse = {
    ...engine,
    async command(sql, params) {
      if (away && sql.includes('INSERT INTO sessions')) {
        reach()
        throw new WarehouseError('unreachable', 'connection refused')
      }
      await engine.command(sql, params)
    },
  }
  return { warehouse, reached, back: () => (away = false) }
}

test('a loader killed between a batch and its sessions leaves them to the next one', async () => {
  const { warehouse, reached } = withoutSessions()
  const killed = start({ warehouse })
  await spool([page('2026-01-10T10:00'), page('2026-01-10T10:10')])
  await reached
  await killed.stop(0)
  expect(await seen()).toEqual([])
  start()
  await settled(2)
  expect(await seen()).toEqual(['2026-01-10: 2'])
})

test('a warehouse that is away when sessions are due is waited for', async () => {
  const { warehouse, reached, back } = withoutSessions()
  start({ warehouse })
  await spool([page('2026-01-10T10:00')])
  await reached
  expect(loader?.status().totals.added).toBe(0)
  back()
  await settled(1)
  expect(await seen()).toEqual(['2026-01-10: 1'])
})

test('a day judged again has its sessions made anew, and those of the days beside it that reach over midnight', async () => {
  const before = page('2026-01-09T23:50')
  const after = page('2026-01-11T00:10', { visitor: 'd000000000000004' })
  const within = [
    page('2026-01-10T00:10'),
    page('2026-01-10T12:00', { channel: 'Direct' }),
    page('2026-01-10T23:50', { visitor: 'd000000000000004' }),
  ]
  start()
  await spool([before, ...within, after])
  await settled(5)
  expect(await seen()).toEqual(['2026-01-09: 2', '2026-01-10: 1', '2026-01-10: 2'])

  const [early, noon, late] = within
  if (!early || !noon || !late) throw new Error('no hits')
  said.set(early.hitId, { ...early, traffic: 'bot' })
  said.set(noon.hitId, { ...noon, channel: 'Organic Social', channelRule: 'referrer', entry: true })
  said.set(late.hitId, { ...late, traffic: 'bot' })
  const { start: from, end: to } = localDays(timezone).bounds('2026-01-10')
  await loader?.judgeAgain({ siteId: site, from, to, days: ['2026-01-10'] })
  expect(await seen()).toEqual(['2026-01-09: 1', '2026-01-10: 1', '2026-01-11: 1'])
  expect((await stored())[1]?.origin.channel).toBe('Organic Social')
  expect(await stored()).toEqual(expected())

  const generations = () =>
    engine.query<{ generation: number }>(
      "SELECT DISTINCT generation FROM sessions WHERE site = {site:UInt32} AND day = '2026-01-10' ORDER BY generation",
      { site },
    )
  expect(await generations()).toEqual([{ generation: 0 }, { generation: 1 }])
  await sweep(engine)
  expect(await generations()).toEqual([{ generation: 1 }])
})

test('hits that come while a day is judged again are in its sessions once it has turned', async () => {
  const time = Date.parse('2026-01-10T12:00+01:00')
  const crowd = Array.from({ length: 300 }, (_, index) => ({
    ...page('2026-01-10T12:00', { visitor: (index % 60).toString(16).padStart(16, 'e') }),
    time: time + index * MINUTE,
  }))
  start({ batchRows: 20 })
  await spool(crowd.filter((_, index) => index % 2 === 0))
  await settled(150)
  const { start: from, end: to } = localDays(timezone).bounds('2026-01-10')
  const turned = loader?.judgeAgain({ siteId: site, from, to, days: ['2026-01-10'] })
  await spool(crowd.filter((_, index) => index % 2 === 1))
  await turned
  await settled(300)
  expect(await stored()).toEqual(expected())
  expect((await stored()).length).toBeGreaterThan(60)
})

test('a site that changes its time zone has its sessions on the days of the new one', async () => {
  start()
  await spool([page('2026-01-10T23:50'), page('2026-01-11T00:10'), page('2026-01-11T05:00')])
  await settled(3)
  expect(await seen()).toEqual(['2026-01-10: 2', '2026-01-11: 1'])
  timezone = 'America/New_York'
  await expect.poll(seen, { timeout: 20_000, interval: 200 }).toEqual(['2026-01-10: 2', '2026-01-10: 1'])
  expect(await stored()).toEqual(expected())
})
