import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { burstClickOf, burstsOf } from '../../server/domain/bots/burst.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createJudge } from '../../server/domain/judge.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { findBursts } from '../../server/loader/bursts.ts'
import { type Checkpoint, openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createLoader, type Loader, type LoaderOptions } from '../../server/loader/loader.ts'
import { Settler, type SettlingOptions } from '../../server/loader/settler.ts'
import { encodeHit } from '../../server/spool/record.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import { type Warehouse, WarehouseError } from '../../server/warehouse/warehouse.ts'
import { click, SITE } from '../support/hits.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const BROWSER_HEADERS = { 'accept-language': 'de-DE,de;q=0.9', 'sec-fetch-mode': 'navigate' }
const NOON = Date.UTC(2026, 5, 1, 12)
const DAY = '2026-06-01'
/** Looks as soon as it can, as often as it can. */
const EAGER: SettlingOptions = { quiet: 20, turnsApart: 0, rest: 0, retry: 20 }
const NEVER: SettlingOptions = { quiet: 3_600_000 }

const quiet = { info() {}, warn() {}, error() {} }
const days = localDays(SITE.timezone)
const judge = createJudge(loadFacts())

let engineDirectory: string
let engine: Warehouse
let root: string
let checkpoint: Checkpoint
let edges: SpoolWriter[]
let loader: Loader | null = null
let sequence = 0

beforeAll(async () => {
  engineDirectory = mkdtempSync(join(tmpdir(), 'jejak-bursts-engine-'))
  engine = await openEmbeddedWarehouse({ path: engineDirectory })
  await migrate(engine)
})

afterAll(async () => {
  await engine.close()
  rmSync(engineDirectory, { recursive: true, force: true })
})

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'jejak-bursts-'))
  await empty('raw_hits', 'hits', 'judged_days', 'turned_days')
  checkpoint = openCheckpoint(join(root, 'loader.db'))
  edges = await Promise.all(
    ['here', 'there'].map((name) =>
      openSpoolWriter({
        directory: join(root, 'spool', name),
        durability: 'write',
        maxBytes: 1e9,
        reserveBytes: 0,
      }),
    ),
  )
})

afterEach(async () => {
  await loader?.stop(0)
  loader = null
  for (const edge of edges) await edge.close()
  checkpoint.close()
  rmSync(root, { recursive: true, force: true })
})

async function empty(...tables: string[]): Promise<void> {
  for (const table of tables) await engine.command(`TRUNCATE TABLE ${table}`)
}

const enricher = createEnricher(judge, {
  sites: { list: async () => [SITE] },
  rules: { all: async () => [] },
  links: { byIds: async () => [] },
  keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
})

function start(settling: SettlingOptions, change: Partial<LoaderOptions> = {}): Loader {
  loader = createLoader({
    warehouse: engine,
    enricher,
    checkpoint,
    spoolRoot: join(root, 'spool'),
    directory: join(root, 'loader'),
    markClicked: async () => {},
    log: quiet,
    poll: 10,
    settling,
    ...change,
  })
  loader.start()
  return loader
}

/** Somebody's click, seconds after noon, in the spool of one of the two edges. */
async function visit(seconds: number, change: Partial<RawHit> = {}, edge = 0): Promise<RawHit> {
  const writer = edges[edge]
  if (!writer) throw new RangeError(`no edge ${edge}`)
  const time = NOON + Math.round(seconds * 1_000)
  const hit = click(writer.edgeRun, ++sequence, { time, headers: BROWSER_HEADERS, ...change })
  await new Promise((done) => writer.append(encodeHit(hit), done))
  return hit
}

const head = (seconds: number, userAgent: string, edge = 0, change: Partial<RawHit> = {}) =>
  visit(seconds, { method: 'HEAD', userAgent, headers: {}, ...change }, edge)

async function scan(seconds: number, edge = 0, change: Partial<RawHit> = {}): Promise<void> {
  await head(seconds, IPHONE, edge, change)
  await head(seconds + 0.1, CHROME, edge, change)
  await head(seconds + 0.2, '', edge, change)
}

/** All that is spooled is loaded, and no click waits to be looked at. */
async function settled(hits: number): Promise<void> {
  await loaded(hits)
  await expect.poll(() => checkpoint.unsettled(), { timeout: 10_000 }).toEqual([])
}

async function loaded(hits: number): Promise<void> {
  await expect.poll(() => loader?.status().totals.added, { timeout: 10_000 }).toBe(hits)
}

/** What a report would say of each hit: `hit id → traffic reason`, people left out. */
async function standing(): Promise<Map<string, string>> {
  const rows = await engine.query<{ id: string; reason: string }>(
    `SELECT replaceAll(toString(hit_id), '-', '') AS id, concat(traffic, ' ', traffic_reason) AS reason FROM hits
     LEFT JOIN (SELECT site, day, max(generation) AS current FROM turned_days GROUP BY site, day) AS t USING (site, day)
     WHERE generation = t.current AND traffic != 'person' ORDER BY id`,
  )
  return new Map(rows.map(({ id, reason }) => [id, reason]))
}

async function generationOf(day: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    'SELECT max(generation) AS n FROM turned_days WHERE site = 1 AND day = {day:Date}',
    { day },
  )
  return row?.n ?? 0
}

/** Judges the day anew from raw hits, as if nothing had ever been judged. */
async function rebuilt(day = DAY): Promise<Map<string, string>> {
  await loader?.stop(0)
  await empty('hits', 'judged_days', 'turned_days')
  const { start: from, end: to } = days.bounds(day)
  await start(NEVER).judgeAgain({ siteId: SITE.id, from, to, days: [day] })
  return standing()
}

test('what X sends when a link is posted is told from people, whichever edge saw which part of it', async () => {
  start(EAGER)
  const fetched = await visit(0)
  await settled(1)
  expect(await standing()).toEqual(new Map())
  // The HEADs came by another machine, and only after the GET had been judged.
  await scan(1, 1)
  await visit(120)
  await visit(3, { linkId: 8, slug: 'other' }, 1)
  await settled(6)
  const verdicts = await standing()
  expect(verdicts.get(fetched.hitId)).toBe('bot burst_head')
  expect([...verdicts.values()].sort()).toEqual([
    'bot burst_head',
    'head head_request',
    'head head_request',
    'head head_request',
  ])
  expect(await rebuilt()).toEqual(verdicts)
})

test('servers that fetch a post at once are told from people, however they were batched', async () => {
  start(EAGER, { batchRows: 3 })
  const userAgent = 'Mastodon/4.4.1 (http.rb/5.3.1; +https://mastodon.example/)'
  for (let i = 0; i < 12; i++) await visit(i, { userAgent, headers: {} }, i % 2)
  const posing = await visit(5, { headers: {} })
  await visit(6)
  await settled(14)
  const verdicts = await standing()
  expect(verdicts.get(posing.hitId)).toBe('bot burst_fanout')
  expect(verdicts.size).toBe(13)
  expect(await rebuilt()).toEqual(verdicts)
})

test('a busy link that X looks at all the time keeps its people, and no day is judged again for it', async () => {
  start(EAGER)
  for (let i = 0; i < 300; i++) await visit(i, { userAgent: i % 2 ? CHROME : IPHONE }, i % 2)
  for (let i = 0; i < 60; i++) await scan(i * 5, i % 2)
  await settled(480)
  expect([...new Set((await standing()).values())]).toEqual(['head head_request'])
  expect(await generationOf(DAY)).toBe(0)
  expect((await rebuilt()).size).toBe(180)
})

test('a verdict that a late click of somebody else makes untenable is taken back', async () => {
  start(EAGER)
  const hit = await visit(0)
  await scan(1)
  await settled(4)
  expect((await standing()).get(hit.hitId)).toBe('bot burst_head')
  await visit(-300, {}, 1)
  await settled(5)
  const verdicts = await standing()
  expect(verdicts.has(hit.hitId)).toBe(false)
  expect(await rebuilt()).toEqual(verdicts)
})

test('a burst around midnight is seen from both days, and only the day that it changes is judged again', async () => {
  const midnight = (days.bounds(DAY).end - NOON) / 1_000
  start(EAGER)
  const hit = await visit(midnight - 2)
  await scan(midnight + 2, 1)
  await settled(4)
  const verdicts = await standing()
  expect(verdicts.get(hit.hitId)).toBe('bot burst_head')
  expect([await generationOf(DAY), await generationOf(days.shift(DAY, 1))]).toEqual([1, 0])
  expect((await rebuilt()).get(hit.hitId)).toBe('bot burst_head')
})

test('a loader that dies before it has settled what it loaded leaves that to the next one', async () => {
  start(NEVER)
  const first = await visit(0)
  await scan(1, 1)
  await loaded(4)
  await loader?.stop(0)
  // One more dies between the answer of the engine and its checkpoint.
  let reached: () => void = () => {}
  const inserted = new Promise<void>((done) => {
    reached = done
  })
  start(EAGER, {
    afterInsert: () => {
      reached()
      return new Promise(() => {})
    },
  })
  const second = await visit(3_600)
  await inserted
  loader = null
  await scan(3_601, 1)
  checkpoint.close()
  checkpoint = openCheckpoint(join(root, 'loader.db'))
  start(EAGER)
  await settled(8)
  const verdicts = await standing()
  expect([verdicts.get(first.hitId), verdicts.get(second.hitId)]).toEqual([
    'bot burst_head',
    'bot burst_head',
  ])
  expect(await rebuilt()).toEqual(verdicts)
})

test('clicks are looked at only once their batch is in', () => {
  const intent = {
    segment: 's',
    start: 0,
    end: 9,
    root: 's:0',
    half: false,
    madeAt: 0,
    generations: {},
  }
  checkpoint.intend(intent, [{ siteId: 1, from: 5, to: 8 }])
  expect(checkpoint.unsettled()).toEqual([])
  checkpoint.halve(intent, [
    { ...intent, half: true, end: 4 },
    { ...intent, half: true, start: 4 },
  ])
  checkpoint.done({ segment: 's', start: 0, end: 4 }, new Map())
  expect(checkpoint.unsettled()).toEqual([])
  checkpoint.done({ segment: 's', start: 4, end: 9 }, new Map())
  expect(checkpoint.unsettled()).toMatchObject([{ siteId: 1, from: 5, to: 8 }])
})

test('a day is not judged again so often that it costs much', async () => {
  let looks = 0
  const watched: Warehouse = {
    ...engine,
    query(sql, params, options) {
      if (sql.includes('traffic_reason IN')) looks++
      return engine.query(sql, params, options)
    },
  }
  // Quiet enough for a burst to be in as a whole before it is looked at.
  start({ ...EAGER, quiet: 500, turnsApart: 3_600_000 }, { warehouse: watched })
  await visit(0)
  await scan(1)
  await settled(4)
  expect(await generationOf(DAY)).toBe(1)
  const before = looks
  const late = await visit(3_600)
  await scan(3_601)
  await loaded(8)
  await expect.poll(() => looks).toBe(before + 1)
  // The look has found what there is to do, and waits with it.
  await visit(7_200)
  await loaded(9)
  expect([await generationOf(DAY), looks, checkpoint.unsettled().length > 0]).toEqual([1, before + 1, true])
  await loader?.stop(0)
  start(EAGER)
  await settled(9)
  expect((await standing()).get(late.hitId)).toBe('bot burst_head')
  expect(await generationOf(DAY)).toBe(2)
})

test('loading does not wait for a look, and a look that fails is taken again', async () => {
  let release: () => void = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  let failures = 0
  const ailing: Warehouse = {
    ...engine,
    async query(sql, params, options) {
      if (sql.includes('arrayJoin([-1, 0, 1])') && !options?.reserved) {
        await held
        if (failures++ < 2) throw new WarehouseError('unreachable', 'no answer')
      }
      return engine.query(sql, params, options)
    },
  }
  start(EAGER, { warehouse: ailing })
  const hit = await visit(0)
  await loaded(1)
  await scan(1)
  await loaded(4)
  expect(loader?.status().failing).toBeNull()
  release()
  await settled(4)
  expect(failures).toBeGreaterThan(2)
  expect((await standing()).get(hit.hitId)).toBe('bot burst_head')
})

test('hits that come while a day is judged again are settled after it', async () => {
  start(NEVER)
  const hit = await visit(0)
  await loaded(1)
  await loader?.stop(0)
  // The turn has judged the GET when the HEADs come.
  let wrote: () => void = () => {}
  const written = new Promise<void>((done) => {
    wrote = done
  })
  let release: () => void = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  const slow: Warehouse = {
    ...engine,
    async insert(file) {
      await engine.insert(file)
      if (file.token.startsWith('turn:1:1:0')) {
        wrote()
        await held
      }
    },
  }
  const { start: from, end: to } = days.bounds(DAY)
  const turned = start(EAGER, { warehouse: slow }).judgeAgain({ siteId: 1, from, to, days: [DAY] })
  await written
  await scan(1)
  release()
  await turned
  await settled(4)
  const verdicts = await standing()
  expect(verdicts.get(hit.hitId)).toBe('bot burst_head')
  expect(await rebuilt()).toEqual(verdicts)
})

test('while a day turns, what stands of it is not looked at', async () => {
  let isTurning = true
  let asked = 0
  const settler = new Settler(
    {
      warehouse: engine,
      enricher,
      checkpoint,
      judgeAgain: () => Promise.reject(new Error('there is nothing to judge again')),
      isTurning: () => {
        asked++
        return isTurning
      },
      log: quiet,
    },
    { ...EAGER, quiet: 0 },
  )
  checkpoint.unsettle({ siteId: SITE.id, from: NOON, to: NOON + 1 })
  const look = () => {
    settler.look()
    return asked
  }
  await expect.poll(look).toBeGreaterThan(2)
  expect(checkpoint.unsettled()).toHaveLength(1)
  isTurning = false
  await expect
    .poll(() => {
      look()
      return checkpoint.unsettled()
    })
    .toEqual([])
  await settler.stop()
})

test('bursts found in the warehouse are those of all clicks on a link together, over any range', async () => {
  start(NEVER)
  const hits: RawHit[] = []
  // Seven hours of links with scans, fan-outs and people at made-up moments, some on the edges of the warehouse's slices.
  for (let i = 0; i < 40; i++) {
    const at = (i * 631) % 25_200
    const on = { linkId: 1 + (i % 5) }
    hits.push(await visit(at, on))
    if (i % 2 === 0) {
      hits.push(await head(at + 2, CHROME, 1, on), await head(at + (i % 3) * 5, IPHONE, 0, on))
    }
    if (i % 4 === 1) {
      for (let n = 0; n < 13; n++) hits.push(await visit(at + n * 2.4, { ...on, headers: {} }, n % 2))
    }
  }
  await loaded(hits.length)
  const expected = new Map<string, string>()
  for (const link of new Set(hits.map(({ linkId }) => linkId))) {
    const ofLink = hits.filter(({ linkId }) => linkId === link)
    const clicks = ofLink.flatMap((hit) => burstClickOf(hit, judge.trafficOf) ?? [])
    for (const [id, reason] of burstsOf(clicks)) expected.set(id, reason)
  }
  expect([...new Set(expected.values())].sort()).toEqual(['burst_fanout', 'burst_head'])
  const find = (from: number, to: number) =>
    findBursts(engine, judge.trafficOf, { siteId: SITE.id, from: NOON + from, to: NOON + to })
  const whole = await find(-3_600_000, 30 * 24 * 3_600_000)
  expect(whole).toEqual(expected)
  for (const cut of [1_000, 631_000, 4_417_500, 12_345_678]) {
    const parts = [...(await find(-1, cut)), ...(await find(cut, 30_000_000))]
    expect(new Map(parts)).toEqual(expected)
    expect(parts.length).toBe(expected.size)
  }
})
