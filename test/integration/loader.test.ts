import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RawHit } from '../../server/domain/hit.ts'
import type { Judge } from '../../server/domain/judge.ts'
import type { Site } from '../../server/domain/site.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { type Checkpoint, openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createLoader, type Loader, type LoaderOptions } from '../../server/loader/loader.ts'
import { sweep } from '../../server/loader/turn.ts'
import { encodeHit } from '../../server/spool/record.ts'
import { listSegments } from '../../server/spool/segments.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import { type InsertFile, type Warehouse, WarehouseError } from '../../server/warehouse/warehouse.ts'
import { click, judgedAs, pageview, SITE } from '../support/hits.ts'

let engineDirectory: string
let engine: Warehouse
let root: string
let checkpoint: Checkpoint
let writer: SpoolWriter
let loader: Loader | null = null
let sequence = 0

const quiet = { info() {}, warn() {}, error() {} }

beforeAll(async () => {
  engineDirectory = mkdtempSync(join(tmpdir(), 'jejak-loader-engine-'))
  engine = await openEmbeddedWarehouse({ path: engineDirectory })
  await migrate(engine)
})

afterAll(async () => {
  await engine.close()
  rmSync(engineDirectory, { recursive: true, force: true })
})

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'jejak-loader-'))
  for (const table of ['raw_hits', 'hits', 'judged_days', 'turned_days'])
    await engine.command(`TRUNCATE TABLE ${table}`)
  checkpoint = openCheckpoint(join(root, 'loader.db'))
  writer = await openWriter()
  sequence = 0
})

afterEach(async () => {
  await loader?.stop(0)
  loader = null
  await writer.close()
  checkpoint.close()
  rmSync(root, { recursive: true, force: true })
})

function openWriter(name = 'edge'): Promise<SpoolWriter> {
  return openSpoolWriter({
    directory: join(root, 'spool', name),
    durability: 'write',
    maxBytes: 1e9,
    reserveBytes: 0,
  })
}

/** So that no click is in a burst of people's. */
const machine = () => ({ traffic: 'bot', reason: 'bot_list', class: 'crawler', previewOf: '' }) as const

/** Judges everything alike, under a rules version that tests can raise. */
function judgeOf(rulesVersion: number): Judge {
  return {
    trafficOf: machine,
    judge: (hit, { days }) =>
      judgedAs(hit, days.dayOf(hit.time), {
        rulesVersion,
        channel: rulesVersion === 1 ? 'Direct' : 'Organic Social',
      }),
  }
}

function enricher(rulesVersion = 1, sites: () => Site[] = () => [SITE]) {
  return createEnricher(judgeOf(rulesVersion), {
    sites: { list: async () => sites() },
    rules: { all: async () => [] },
    links: { byIds: async () => [] },
    keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
  })
}

function start(change: Partial<LoaderOptions> = {}): Loader {
  loader = createLoader({
    warehouse: engine,
    enricher: enricher(),
    checkpoint,
    spoolRoot: join(root, 'spool'),
    directory: join(root, 'loader'),
    markClicked: async () => {},
    log: quiet,
    poll: 10,
    ...change,
  })
  loader.start()
  return loader
}

function write(hits: RawHit[], into = writer): Promise<unknown> {
  return Promise.all(hits.map((hit) => new Promise((done) => into.append(encodeHit(hit), done))))
}

function clicks(count: number, change: Partial<RawHit> = {}): RawHit[] {
  return Array.from({ length: count }, () => click(writer.edgeRun, ++sequence, change))
}

async function settled(running: Loader): Promise<void> {
  for (let quietSince = 0; quietSince < 3; ) {
    await new Promise((done) => setTimeout(done, 30))
    quietSince =
      running.status().pendingBytes === 0 && running.status().batches + running.status().setAside > 0
        ? quietSince + 1
        : 0
  }
}

async function count(table: 'raw_hits' | 'hits', where = '1'): Promise<{ rows: number; ids: number }> {
  const [row] = await engine.query<{ rows: number; ids: number }>(
    `SELECT count() AS rows, uniqExact(hit_id) AS ids FROM ${table} WHERE ${where}`,
  )
  return row ?? { rows: 0, ids: 0 }
}

/** Rows that a report would count. */
function currentRows(day: string) {
  return engine.query<{ generation: number; rules_version: number; rows: number; ids: number }>(
    `SELECT generation, rules_version, count() AS rows, uniqExact(hit_id) AS ids FROM hits
     WHERE site = 1 AND day = {day:Date}
       AND generation = (SELECT max(generation) FROM turned_days WHERE site = 1 AND day = {day:Date})
     GROUP BY generation, rules_version ORDER BY rules_version`,
    { day },
  )
}

test('what is spooled is in both tables once, whatever it holds, and loaded segments are deleted', async () => {
  const nasty = click(writer.edgeRun, ++sequence, {
    slug: 'ta\tb\nnew\\line\r\0é漢',
    referrer: "'); DROP TABLE hits; --",
    headers: { accept: 'a\\b"c\t' },
    cut: ['userAgent', 'referrer'],
    clickIdKinds: ['fbclid', 'gclid'],
    time: Date.UTC(1999, 11, 31, 23, 59, 59, 999),
  })
  const running = start()
  await write([...clicks(500), nasty])
  await writer.close()
  await settled(running)
  expect(await count('raw_hits')).toEqual({ rows: 501, ids: 501 })
  expect(await count('hits')).toEqual({ rows: 501, ids: 501 })
  const [row] = await engine.query<{
    slug: string
    referrer: string
    headers: string
    cut: string
    ms: number
  }>(
    "SELECT slug, referrer, headers, cut, toUnixTimestamp64Milli(time) AS ms FROM raw_hits WHERE host = 'go.example' AND slug != 'spring'",
  )
  expect(row).toEqual({
    slug: nasty.slug,
    referrer: nasty.referrer,
    headers: JSON.stringify(nasty.headers),
    cut: ['userAgent', 'referrer'],
    ms: nasty.time,
  })
  await expect.poll(() => listSegments(join(root, 'spool')).length, { timeout: 5_000 }).toBe(0)
  expect(readdirSync(join(root, 'loader'))).toEqual([])
  expect(running.counts(writer.edgeRun)).toEqual({ added: 501, duplicates: 0, refused: 0 })
})

test('a page event that comes twice counts once: in a batch, in another batch, through another edge, after a restart', async () => {
  const other = await openWriter('other')
  const once = pageview(writer.edgeRun, ++sequence)
  const twice = { ...once, sequence: ++sequence }
  await write([once, twice])
  let running = start()
  await settled(running)
  await write([{ ...once, edgeRun: other.edgeRun }], other)
  await expect.poll(() => running.counts(other.edgeRun).duplicates).toBe(1)
  await running.stop(1_000)
  running = start()
  await write([{ ...once, sequence: ++sequence }])
  await expect.poll(() => running.counts(writer.edgeRun)).toEqual({ added: 1, duplicates: 2, refused: 0 })
  expect(await count('hits')).toEqual({ rows: 1, ids: 1 })
  await other.close()
})

test('hits over many months are cut into batches that the engine takes', async () => {
  const years = Array.from({ length: 25 * 12 }, (_, month) =>
    click(writer.edgeRun, ++sequence, { time: Date.UTC(1998, month, 3) }),
  )
  await write(years)
  const running = start()
  await settled(running)
  expect(await count('raw_hits')).toEqual({ rows: 300, ids: 300 })
  expect(running.status()).toMatchObject({ retries: 0, setAside: 0, batches: 6 })
})

test('a batch whose answer is lost goes again under the same token and is in once', async () => {
  let lost = 0
  const forgetful: Warehouse = {
    ...engine,
    async insert(file: InsertFile) {
      await engine.insert(file)
      if (lost < 3) {
        lost++
        throw new WarehouseError('unreachable', 'the answer was lost')
      }
    },
  }
  await write(clicks(100))
  const running = start({ warehouse: forgetful })
  await settled(running)
  expect(lost).toBe(3)
  expect(await count('raw_hits')).toEqual({ rows: 100, ids: 100 })
  expect(await count('hits')).toEqual({ rows: 100, ids: 100 })
  expect(running.counts(writer.edgeRun)).toEqual({ added: 100, duplicates: 0, refused: 0 })
})

test('an engine that knows a batch’s tokens and has lost its rows gets them all the same, once', async () => {
  const deaths: string[] = []
  const dying: Warehouse = {
    ...engine,
    async insert(file: InsertFile) {
      await engine.insert(file)
      const known = deaths.filter((death) => death.startsWith(`${file.table} `))
      if (known.length === 2 || known.includes(`${file.table} ${file.token}`)) return
      // As one that is killed after it has noted the token and before the rows have taken their place.
      deaths.push(`${file.table} ${file.token}`)
      await engine.command(`DELETE FROM ${file.table} WHERE 1`)
      await engine.insert(file)
      expect(await count(file.table === 'hits' ? 'hits' : 'raw_hits')).toEqual({ rows: 0, ids: 0 })
      throw new WarehouseError('unreachable', 'the engine has died')
    },
  }
  await write([...clicks(100), pageview(writer.edgeRun, ++sequence)])
  const running = start({ warehouse: dying })
  await settled(running)
  expect(deaths.map((death) => death.split(' ')[0])).toEqual(['raw_hits', 'hits', 'raw_hits', 'hits'])
  expect(await count('raw_hits')).toEqual({ rows: 101, ids: 101 })
  expect(await count('hits')).toEqual({ rows: 101, ids: 101 })
  expect(running.counts(writer.edgeRun)).toEqual({ added: 101, duplicates: 0, refused: 0 })
})

test('a loader that ends between the answer and its checkpoint sends the same range again', async () => {
  await write(clicks(200))
  let ended: () => void = () => {}
  const reached = new Promise<void>((done) => {
    ended = done
  })
  start({
    afterInsert: () => {
      ended()
      return new Promise(() => {})
    },
  })
  await reached
  loader = null // it hangs for ever, as a killed process would: nothing more comes from it
  await write(clicks(50))
  const running = start()
  await settled(running)
  expect(await count('raw_hits')).toEqual({ rows: 250, ids: 250 })
  expect(await count('hits')).toEqual({ rows: 250, ids: 250 })
})

test('beside other loaders, a batch that was long under way is looked up: its token may be forgotten', async () => {
  const tables = ['raw_hits', 'hits']
  const remember = (blocks: number) =>
    Promise.all(
      tables.map((table) =>
        engine.command(`ALTER TABLE ${table} MODIFY SETTING non_replicated_deduplication_window = ${blocks}`),
      ),
    )
  const hang = () => new Promise<never>(() => {})
  await remember(1)
  try {
    await write(clicks(60))
    let reached: () => void = () => {}
    const inserted = new Promise<void>((done) => {
      reached = done
    })
    start({
      afterInsert: () => {
        reached()
        return hang()
      },
    })
    await inserted
    loader = null
    // Another machine's loader writes on.
    const foreign = join(root, 'foreign')
    const elsewhere = await openSpoolWriter({
      directory: join(foreign, 'edge'),
      durability: 'write',
      maxBytes: 1e9,
    })
    await write([click(elsewhere.edgeRun, 1, { linkId: 0 })], elsewhere)
    const theirs = openCheckpoint(join(root, 'theirs.db'))
    const other = createLoader({
      warehouse: engine,
      enricher: enricher(),
      checkpoint: theirs,
      spoolRoot: foreign,
      directory: join(root, 'theirs'),
      markClicked: async () => {},
      log: quiet,
    })
    other.start()
    await expect.poll(() => other.counts(elsewhere.edgeRun).added).toBe(1)
    await other.stop(0)
    await elsewhere.close()
    theirs.close()

    const longAgo = {
      ...checkpoint,
      intents: () => checkpoint.intents().map((one) => ({ ...one, madeAt: 0 })),
    }
    const running = start({ checkpoint: longAgo, shared: true })
    await expect.poll(() => running.counts(writer.edgeRun).added).toBe(60)
    expect(await count('raw_hits')).toEqual({ rows: 61, ids: 61 })
    expect(await count('hits')).toEqual({ rows: 61, ids: 61 })
  } finally {
    await remember(10_000)
  }
})

test('hits that the engine refuses for good are set aside alone, and all others are in', async () => {
  const bad = new Set([17, 18, 63])
  const hits = clicks(100).map((hit, index) => (bad.has(index) ? { ...hit, status: 70_000 as number } : hit))
  const strict: Warehouse = {
    ...engine,
    async insert(file) {
      if (file.table === 'raw_hits' && readFileSync(file.path, 'utf8').includes(',70000,')) {
        throw new WarehouseError('refused', 'status out of range', { code: 27 })
      }
      await engine.insert(file)
    },
  }
  await write(hits)
  const running = start({ warehouse: strict })
  await settled(running)
  expect(await count('raw_hits')).toEqual({ rows: 97, ids: 97 })
  expect(await count('hits')).toEqual({ rows: 97, ids: 97 })
  expect(running.counts(writer.edgeRun)).toEqual({ added: 97, duplicates: 0, refused: 3 })
  const aside = readFileSync(join(root, 'loader', 'set-aside.ndjson'), 'utf8')
    .trim()
    .split('\n')
  expect(aside).toHaveLength(3)
  expect(aside[0]).toContain('status out of range')
})

test('judged rows refused after the raw ones went in double nothing', async () => {
  let refusals = 0
  const strict: Warehouse = {
    ...engine,
    async insert(file) {
      if (file.table === 'hits' && refusals++ === 0) throw new WarehouseError('refused', 'once', { code: 27 })
      await engine.insert(file)
    },
  }
  await write(clicks(41))
  const running = start({ warehouse: strict })
  await settled(running)
  expect(await count('raw_hits')).toEqual({ rows: 41, ids: 41 })
  expect(await count('hits')).toEqual({ rows: 41, ids: 41 })
  expect(running.counts(writer.edgeRun)).toEqual({ added: 41, duplicates: 0, refused: 0 })
})

test('a warehouse that is away is waited for, and the lag shows', async () => {
  let away = true
  const flaky: Warehouse = {
    ...engine,
    async insert(file) {
      if (away) throw new WarehouseError('unreachable', 'connection refused')
      await engine.insert(file)
    },
  }
  const running = start({ warehouse: flaky })
  await write(clicks(10))
  await expect.poll(() => running.status().failing).toBe('connection refused')
  const behind = running.status().completeUntil
  expect(behind).toBeLessThanOrEqual(Date.now())
  away = false
  await settled(running)
  expect(running.status().failing).toBeNull()
  expect(running.status().completeUntil).toBeGreaterThan(behind)
  expect(await count('hits')).toEqual({ rows: 10, ids: 10 })
})

test('a day judged again beside a live loader equals a rebuild from raw, and no reader sees half of it', async () => {
  const day = '2026-03-29' // 23 hours in Berlin
  const { start: from, end: to } = localDays(SITE.timezone).bounds(day)
  const within = () => ({ time: from + Math.floor(Math.random() * (to - from)) })
  const outside = { time: to + 1_000 }
  const running = start({ enricher: enricher(1), batchRows: 700 })
  await write(Array.from({ length: 3_000 }, () => click(writer.edgeRun, ++sequence, within())))
  await write(clicks(100, outside))
  await settled(running)
  await running.stop(1_000)

  // The rules change with a restart; hits of that day keep coming while it is judged again.
  const again = start({ enricher: enricher(2), batchRows: 300 })
  let live = true
  const late = (async () => {
    for (let i = 0; live && i < 200; i++) {
      await write(Array.from({ length: 20 }, () => click(writer.edgeRun, ++sequence, within())))
      await new Promise((done) => setTimeout(done, 5))
    }
  })()
  const seen: Promise<unknown>[] = []
  const watcher = (async () => {
    while (live) {
      const rows = await currentRows(day)
      const old = rows.find((row) => row.rules_version === 1)?.rows ?? 0
      // Before the turn all 3,000 old rows are seen, after it none.
      expect([0, 3_000]).toContain(old)
    }
  })()
  seen.push(watcher)
  const summary = await again.judgeAgain({ siteId: 1, from, to, days: [day] })
  await new Promise((done) => setTimeout(done, 50))
  live = false
  await Promise.all([late, ...seen])
  await settled(again)

  expect(summary).toMatchObject({ days: [day] })
  const raw = await count('raw_hits', `toDate(time, '${SITE.timezone}') = '${day}'`)
  expect(raw.rows).toBe(raw.ids)
  expect(await currentRows(day)).toEqual([
    { generation: summary.generation, rules_version: 2, rows: raw.rows, ids: raw.rows },
  ])
  expect(await count('hits', `day != '${day}'`)).toEqual({ rows: 100, ids: 100 })

  const swept = await sweep(engine)
  expect(swept).toBeGreaterThan(0)
  expect(await count('hits', `day = '${day}'`)).toEqual({ rows: raw.rows, ids: raw.rows })
})

test('a turn that dies half-way changes nothing, and the next one is right', async () => {
  const day = '2026-01-10'
  const { start: from, end: to } = localDays(SITE.timezone).bounds(day)
  const running = start({ batchRows: 100 })
  await write(clicks(250, { time: from + 1 }))
  await settled(running)
  await running.stop(0)

  let judgedInserts = 0
  const dying: Warehouse = {
    ...engine,
    async insert(file) {
      await engine.insert(file)
      if (file.table === 'hits' && judgedInserts++ === 0) throw new Error('died')
    },
  }
  const second = start({ warehouse: dying, enricher: enricher(2) })
  await expect(second.judgeAgain({ siteId: 1, from, to, days: [day] })).rejects.toThrow('died')
  expect(await currentRows(day)).toEqual([{ generation: 0, rules_version: 1, rows: 250, ids: 250 }])
  await second.stop(0)

  const third = start({ enricher: enricher(2) })
  const { generation } = await third.judgeAgain({ siteId: 1, from, to, days: [day] })
  expect(await currentRows(day)).toEqual([{ generation, rules_version: 2, rows: 250, ids: 250 }])
})

test('a segment of a newer version waits, says so, and holds up nobody else', async () => {
  const other = await openWriter('other')
  await write([click(other.edgeRun, 1)], other)
  await other.close()
  const [file] = listSegments(join(root, 'spool'))
  if (!file) throw new Error('no segment')
  const bytes = readFileSync(file.path)
  bytes[8] = 99
  rmSync(file.path)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(file.path, bytes)
  const running = start()
  await write(clicks(5))
  await expect.poll(() => running.status().blocked).toHaveLength(1)
  await expect.poll(async () => (await count('hits')).rows).toBe(5)
})

test('a site that changes its time zone has its hits judged into the days of the new one, all at once', async () => {
  let timezone = 'Europe/Berlin'
  const sites = () => [{ ...SITE, timezone }]
  const time = Date.UTC(2026, 5, 1, 22, 30) // 2 June in Berlin, 1 June in New York
  const running = start({ enricher: enricher(1, sites) })
  await write(clicks(40, { time }))
  await settled(running)
  expect(await currentRows('2026-06-02')).toMatchObject([{ rows: 40 }])
  timezone = 'America/New_York'
  await expect
    .poll(() => currentRows('2026-06-01'), { timeout: 15_000, interval: 100 })
    .toMatchObject([{ rows: 40, ids: 40 }])
  expect(await currentRows('2026-06-02')).toEqual([])
  await write(clicks(2, { time }))
  await expect.poll(async () => (await currentRows('2026-06-01'))[0]?.rows).toBe(42)
})

/** A warehouse that takes (t) or refuses (r) inserts as planned, and never answers the one after: its loader is dead. */
function dyingAfter(plan: string) {
  let inserts = 0
  let died: () => void = () => {}
  const dead = new Promise<void>((done) => {
    died = done
  })
  const warehouse: Warehouse = {
    ...engine,
    async insert(file) {
      const step = plan[inserts++]
      if (step === 'r') throw new WarehouseError('refused', 'not this one', { code: 27 })
      if (step === 't') return engine.insert(file)
      died()
      return new Promise<never>(() => {})
    },
  }
  return { warehouse, dead }
}

test('a loader killed among the halves of a refused batch doubles nothing, whichever insert was the last', async () => {
  let hits = 0
  // Raw rows go in and judged ones are refused, or raw rows are refused; then the halves' inserts one by one.
  for (const plan of ['tr', 'trt', 'r', 'rt', 'rtt', 'rttt']) {
    const { warehouse, dead } = dyingAfter(plan)
    await write(clicks(40))
    hits += 40
    start({ warehouse })
    await dead
    loader = null
    const running = start()
    await expect.poll(() => running.counts(writer.edgeRun).added, { timeout: 10_000 }).toBe(hits)
    await running.stop(0)
    expect({ plan, ...(await count('raw_hits')) }).toEqual({ plan, rows: hits, ids: hits })
    expect({ plan, ...(await count('hits')) }).toEqual({ plan, rows: hits, ids: hits })
  }
})

test('halves that a new loader finishes are written under the generation of their day', async () => {
  const day = '2026-02-02'
  const { start: from, end: to } = localDays(SITE.timezone).bounds(day)
  let running = start()
  await write(clicks(10, { time: from }))
  await settled(running)
  const { generation } = await running.judgeAgain({ siteId: 1, from, to, days: [day] })
  await running.stop(0)

  const { warehouse, dead } = dyingAfter('rtt')
  await write(clicks(40, { time: from }))
  start({ warehouse })
  await dead
  loader = null
  running = start()
  await expect.poll(() => running.counts(writer.edgeRun).added).toBe(50)
  expect(await currentRows(day)).toEqual([{ generation, rules_version: 1, rows: 50, ids: 50 }])
})

test('a day judged again leaves the days beside it alone, to the millisecond', async () => {
  const day = '2026-01-10'
  const { start: from, end: to } = localDays(SITE.timezone).bounds(day)
  const running = start()
  for (const time of [from - 1, from - 2, from, to - 1, to]) await write(clicks(3, { time }))
  await settled(running)
  const { days, hits } = await running.judgeAgain({ siteId: 1, from, to, days: [day] })
  expect({ days, hits }).toEqual({ days: [day], hits: 6 })
  expect(await currentRows('2026-01-09')).toMatchObject([{ generation: 0, rows: 6 }])
  expect(await currentRows(day)).toMatchObject([{ generation: 1, rows: 6 }])
  expect(await currentRows('2026-01-11')).toMatchObject([{ generation: 0, rows: 3 }])
})

test('what was imported of twenty years is judged again as well: no insert holds more months than the engine takes', async () => {
  const running = start()
  await write(
    Array.from({ length: 240 }, (_, month) =>
      click(writer.edgeRun, ++sequence, { time: Date.UTC(2003, month, 3) }),
    ),
  )
  await settled(running)
  const { hits } = await running.judgeAgain({ siteId: 1, from: 0, to: Date.UTC(2100, 0, 1), days: null })
  expect(hits).toBe(240)
  expect(await count('hits', 'generation = 1')).toEqual({ rows: 240, ids: 240 })
})

test('a checkpoint that cannot be written for a while stops nothing for good and doubles nothing', async () => {
  const failing = new Map([
    ['intend', 2],
    ['done', 2],
  ])
  const fail = (name: string) => {
    const left = failing.get(name) ?? 0
    failing.set(name, left - 1)
    if (left > 0) throw new Error('database or disk is full')
  }
  const full: Checkpoint = {
    ...checkpoint,
    intend: (intent) => {
      fail('intend')
      checkpoint.intend(intent)
    },
    done: (intent, counts) => {
      fail('done')
      checkpoint.done(intent, counts)
    },
  }
  await write(clicks(30))
  const running = start({ checkpoint: full })
  await expect.poll(() => running.status().failing, { interval: 5 }).toContain('disk is full')
  await expect.poll(() => running.counts(writer.edgeRun).added, { timeout: 15_000 }).toBe(30)
  expect(await count('raw_hits')).toEqual({ rows: 30, ids: 30 })
  expect(await count('hits')).toEqual({ rows: 30, ids: 30 })
})

test('a loader that waits for its turn to write can be stopped', async () => {
  await write(clicks(1))
  const running = start({ exclusively: () => new Promise<never>(() => {}) })
  await new Promise((done) => setTimeout(done, 100))
  await running.stop(0)
})

test('a segment that an operator has moved away is no longer complained of', async () => {
  const path = join(root, 'spool', 'edge', '00000000000001-strange.seg')
  writeFileSync(path, 'x'.repeat(100))
  const running = start()
  await expect.poll(() => running.status().blocked).toEqual([path])
  rmSync(path)
  await expect.poll(() => running.status().blocked).toEqual([])
})

test('a damaged stretch is set aside once, with its bytes, and what stands around it is loaded', async () => {
  await write(clicks(3))
  await writer.close()
  const [file] = listSegments(join(root, 'spool'))
  if (!file) throw new Error('no segment')
  // What a power cut leaves of a file that was growing: its new length, and zeros.
  writeFileSync(file.path, Buffer.concat([readFileSync(file.path), Buffer.alloc(30_000)]))
  const running = start()
  await expect.poll(() => listSegments(join(root, 'spool')), { timeout: 10_000 }).toEqual([])
  expect(await count('raw_hits')).toEqual({ rows: 3, ids: 3 })
  expect(running.status().setAside).toBeLessThanOrEqual(2)
  const aside = readFileSync(join(root, 'loader', 'set-aside.ndjson'), 'utf8')
    .trim()
    .split('\n')
  const bytes = aside.map((line) => Buffer.from(JSON.parse(line).payload, 'base64'))
  expect(Buffer.concat(bytes)).toEqual(Buffer.alloc(30_000))
})

test('the spool directory of an import goes with its last segment', async () => {
  const directory = 'import-0011223344556677'
  const once = await openWriter(directory)
  await write([pageview(once.edgeRun, 1)], once)
  const running = start()
  await settled(running)
  await once.close()
  await write(clicks(1))
  await expect.poll(() => readdirSync(join(root, 'spool')), { timeout: 5_000 }).toEqual(['edge'])
})
