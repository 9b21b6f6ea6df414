import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type ReclassifyArgs,
  type ReclassifyReport,
  runReclassify,
} from '../../server/commands/reclassify.ts'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createJudge, rulesVersionOf } from '../../server/domain/judge.ts'
import type { RuleDraft } from '../../server/domain/rules/rule.ts'
import type { Site } from '../../server/domain/site.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { type Checkpoint, openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher, type Enricher } from '../../server/loader/enrich.ts'
import { createJudging, type Judging } from '../../server/loader/judging.ts'
import { createLoader, type Loader } from '../../server/loader/loader.ts'
import { tryDay } from '../../server/loader/trial.ts'
import { answerQuestion } from '../../server/reports/answer.ts'
import { parseQuestion } from '../../server/reports/parse/question.ts'
import { encodeHit } from '../../server/spool/record.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import { click, pageview } from '../support/hits.ts'
import { ruleOf } from '../support/rule-cases.ts'
import { openTestWarehouse, type TestWarehouse } from './reports-support.ts'

const quiet = { info() {}, warn() {}, error() {} }
const TABLES = ['raw_hits', 'hits', 'judged_days', 'turned_days']
const PARTNERS: RuleDraft = {
  ...ruleOf({ field: 'referrer_host', operator: 'is', values: ['partner.example'] }),
  id: null,
}
const PARTNER = { referrer: 'https://news.partner.example/story' }
const REFERRAL = { traffic: 'person', reason: '', channel: 'Referral', source: 'news.partner.example' }

let root: string
let store: TestWarehouse
let control: Control
let writer: SpoolWriter
let checkpoint: Checkpoint
let enricher: Enricher
let loader: Loader
let judging: Judging
let site: Site
let sequence = 0
let loaded = 0

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'jejak-reclassify-'))
  for (const table of TABLES) await store.warehouse.command(`TRUNCATE TABLE ${table}`)
  control = await openControl(`sqlite:${join(root, 'control.db')}`, { defaultDomain: 'go.example' })
  await control.sites.update(1, { timezone: 'Europe/Berlin' })
  site = await named('default')
  const directory = join(root, 'spool', 'edge')
  writer = await openSpoolWriter({ directory, durability: 'write', maxBytes: 1e9, reserveBytes: 0 })
  checkpoint = openCheckpoint(join(root, 'loader.db'))
  enricher = createEnricher(createJudge(loadFacts()), control)
  loader = createLoader({
    warehouse: store.warehouse,
    enricher,
    checkpoint,
    spoolRoot: join(root, 'spool'),
    directory: join(root, 'loader'),
    markClicked: async () => {},
    log: quiet,
    poll: 10,
    batchRows: 300,
    // What neighbours say of clicks is left to judging again.
    settling: { quiet: 3_600_000 },
  })
  judging = judgingOf()
  loader.start()
  sequence = 0
  loaded = 0
})
afterEach(async () => {
  await judging.stop()
  await loader.stop(0)
  checkpoint.close()
  await writer.close()
  await control.close()
  rmSync(root, { recursive: true, force: true })
})

function judgingOf(): Judging {
  return createJudging({
    warehouse: store.warehouse,
    enricher,
    loader,
    sites: control.sites,
    rules: control.rules,
    judgedZone: (siteId) => checkpoint.zoneOf(siteId),
  })
}

async function named(name: string): Promise<Site> {
  const found = await control.sites.byName(name)
  if (!found) throw new Error(`there is no site ${name}`)
  return found
}

function spool(hits: readonly RawHit[]): Promise<unknown> {
  loaded += hits.length
  return Promise.all(hits.map((hit) => new Promise((done) => writer.append(encodeHit(hit), done))))
}

function visit(time: number, change: Partial<RawHit> = {}): RawHit {
  return pageview(writer.edgeRun, ++sequence, { siteId: site.id, time, ...change })
}

async function allLoaded(): Promise<void> {
  await expect.poll(() => loader.counts(writer.edgeRun).added, { timeout: 45_000 }).toBe(loaded)
}

async function visits(hits: readonly RawHit[]): Promise<void> {
  await spool(hits)
  await allLoaded()
}

/** Runs the command against this loader. */
async function run(args: Partial<ReclassifyArgs> & { from: string }, through = judging) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runReclassify(
    { to: args.from, json: true, ...args },
    {
      sites: () => control.sites.list(),
      openLoader: async () => ({
        judgedDays: through.days,
        tryDay: through.tryDay,
        judgeAgain: through.judgeDay,
      }),
      stdout,
      stderr,
    },
  )
  stdout.end()
  stderr.end()
  const report: ReclassifyReport = JSON.parse(await text(stdout))
  return { code, report, said: await text(stderr) }
}

/** What the rows of each day that a report would count are called. */
async function standing(): Promise<{ day: string; label: string; versions: number[]; hits: number }[]> {
  return store.warehouse.query(
    `SELECT day, concat(channel, ' / ', source) AS label, groupUniqArray(rules_version) AS versions, count() AS hits
     FROM hits AS h LEFT JOIN (SELECT day, max(generation) AS now FROM turned_days GROUP BY day) AS t USING (day)
     WHERE h.generation = t.now GROUP BY day, label ORDER BY day, label`,
  )
}

async function arrivals(day: string) {
  const question = { metrics: ['arrivals'], dimensions: ['channel'], date_range: [day, day] }
  const { results, meta } = await answerQuestion(parseQuestion(question), {
    warehouse: store.warehouse,
    site,
    now: Date.now(),
    completeUntil: Date.now(),
  })
  const rows = results.map(({ dimensions, metrics }) => [dimensions[0], metrics[0]])
  return { rows, version: meta.rulesVersion, warnings: meta.warnings }
}

function everything() {
  return Promise.all(TABLES.map((table) => store.warehouse.query(`SELECT * FROM ${table} ORDER BY ALL`)))
}

function at(day: string, time = '12:00'): number {
  const { start } = localDays(site.timezone).bounds(day)
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return start + (hours * 60 + minutes) * 60_000
}

test('a rule moves no history until reclassify does, which moves what its dry run said, once', async () => {
  const days = ['2026-01-10', '2026-01-11', '2026-01-12']
  for (const [place, day] of days.entries()) {
    await visits([
      ...Array.from({ length: 3 + place }, () => visit(at(day), PARTNER)),
      visit(at(day), { referrer: 'https://www.google.com/' }),
      visit(at(day), { ...PARTNER, userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }),
    ])
  }
  await control.rules.change(site.id, () => [PARTNERS])
  const [first = ''] = days
  const range = { from: first, to: '2026-01-11' }
  const before = await arrivals(first)
  expect(before).toMatchObject({
    rows: [
      ['Referral', 3],
      ['Organic Search', 1],
    ],
    version: rulesVersionOf(0),
  })

  const stored = await everything()
  const trial = await run({ ...range, dryRun: true })
  expect(trial.code).toBe(0)
  expect(trial.said.split('\n')).toEqual([
    'default: 2 days with hits',
    expect.stringMatching(/^default 2026-01-10: 5 hits, 4 would move, \d+\.\d s \(1 of 2\)$/),
    expect.stringMatching(/^default 2026-01-11: 6 hits, 5 would move, \d+\.\d s \(2 of 2\)$/),
    '',
  ])
  expect(await everything()).toEqual(stored)
  expect(await arrivals(first)).toEqual(before)

  const earnest = await run(range)
  expect(earnest).toMatchObject({ code: 0, report: { ...trial.report, dryRun: false } })
  expect(earnest.report).toEqual({
    ...range,
    dryRun: false,
    sites: [{ id: 1, site: 'default', rulesVersion: rulesVersionOf(1), days: { judged: 2, skipped: 0 } }],
    hits: { judged: 11, moved: 9, unchanged: 2 },
    moves: [
      { from: REFERRAL, to: { ...REFERRAL, channel: 'Partners' }, hits: 7 },
      {
        from: { ...REFERRAL, traffic: 'bot', reason: expect.any(String) },
        to: { ...REFERRAL, traffic: 'bot', reason: expect.any(String), channel: 'Partners' },
        hits: 2,
      },
    ],
    error: null,
  })
  expect(await arrivals(first)).toEqual({
    rows: [
      ['Partners', 3],
      ['Organic Search', 1],
    ],
    version: rulesVersionOf(1),
    warnings: [],
  })
  // The day behind the range is left alone.
  expect((await arrivals('2026-01-12')).rows).toEqual([
    ['Referral', 5],
    ['Organic Search', 1],
  ])

  const turned = await everything()
  const second = await run(range)
  expect(second.report.sites[0]?.days).toEqual({ judged: 0, skipped: 2 })
  expect(second.said).toContain('2 stand under today’s rules')
  expect(await everything()).toEqual(turned)

  const again = await run({ ...range, again: true })
  expect(again.report.sites[0]?.days).toEqual({ judged: 2, skipped: 0 })
  expect(again.report.hits).toEqual({ judged: 11, moved: 0, unchanged: 11 })
})

test('days are those of the site’s zone, of 23, 24 and 25 hours and a quarter past', async () => {
  await control.sites.create({ ...site, name: 'islands', hostnames: [], timezone: 'Pacific/Chatham' })
  site = await named('islands')
  const zone = localDays(site.timezone)
  // Clocks go back on 5 April and forward on 27 September, at a quarter to four.
  for (const day of ['2026-04-05', '2026-04-06', '2026-09-27']) {
    const { start, end } = zone.bounds(day)
    expect((end - start) / 3_600_000).toBe({ '2026-04-05': 25, '2026-09-27': 23 }[day] ?? 24)
    for (const time of [start - 1, start, start + 7_200_000, end - 1, end])
      await spool([visit(time, PARTNER)])
  }
  await allLoaded()
  await control.rules.change(site.id, () => [PARTNERS])
  const { report } = await run({ from: '2026-04-05', to: '2026-09-27', site: 'islands' })
  expect(report.sites).toMatchObject([{ site: 'islands', days: { judged: 5, skipped: 0 } }])
  const stands = (day: string, hits: number, label: string, revision: number) => ({
    day,
    label: `${label} / news.partner.example`,
    versions: [rulesVersionOf(revision)],
    hits,
  })
  expect(await standing()).toEqual([
    stands('2026-04-04', 1, 'Referral', 0),
    stands('2026-04-05', 4, 'Partners', 1),
    stands('2026-04-06', 4, 'Partners', 1),
    stands('2026-04-07', 1, 'Partners', 1),
    stands('2026-09-26', 1, 'Partners', 1),
    stands('2026-09-27', 3, 'Partners', 1),
    stands('2026-09-28', 1, 'Referral', 0),
  ])
})

test('hits of a day that come while it is judged are neither lost nor doubled', async () => {
  const day = '2026-03-29'
  const { start, end } = localDays(site.timezone).bounds(day)
  const some = (count: number) =>
    Array.from({ length: count }, () => visit(start + Math.floor(Math.random() * (end - start)), PARTNER))
  await visits(some(2_000))
  await control.rules.change(site.id, () => [PARTNERS])
  let live = true
  const late = (async () => {
    while (live) {
      await spool(some(20))
      await sleep(5)
    }
  })()
  const runs = [await run({ from: day }), await run({ from: day, again: true })]
  live = false
  await late
  await allLoaded()
  expect(runs.map(({ code }) => code)).toEqual([0, 0])
  expect(loaded).toBeGreaterThan(2_100)
  expect(await standing()).toEqual([
    { day, label: 'Partners / news.partner.example', versions: [rulesVersionOf(1)], hits: loaded },
  ])
  const [ids] = await store.warehouse.query<{ raw: number; judged: number }>(
    `SELECT (SELECT uniqExact(hit_id) FROM raw_hits) AS raw,
       (SELECT uniqExact(hit_id) FROM hits WHERE generation = (SELECT max(generation) FROM turned_days)) AS judged`,
  )
  expect(ids).toEqual({ raw: loaded, judged: loaded })
})

test('a day is skipped by what stands in it: mixed rows are judged, what other generations hold is not looked at', async () => {
  const days = ['2026-01-10', '2026-01-11', '2026-01-12']
  for (const day of days) await visits([visit(at(day), PARTNER)])
  await control.rules.change(site.id, () => [PARTNERS])
  await enricher.refresh()
  // A late hit makes the first day mixed; the second one is turned, the third only in part.
  await visits([visit(at('2026-01-10'), PARTNER)])
  await run({ from: '2026-01-11' })
  const note = (day: string, generation: number, version: number) =>
    store.warehouse.command(
      'INSERT INTO judged_days VALUES ({site:UInt32}, {day:Date}, {generation:UInt32}, {version:UInt32})',
      { site: site.id, day, generation, version },
    )
  await note('2026-01-11', 9, rulesVersionOf(0))
  await note('2026-01-12', 9, rulesVersionOf(1))
  expect(await judging.days(site.id, '2026-01-01', '2026-01-31')).toEqual({
    rulesVersion: rulesVersionOf(1),
    days: [
      { day: '2026-01-10', hits: 2, isCurrent: false },
      { day: '2026-01-11', hits: 1, isCurrent: true },
      { day: '2026-01-12', hits: 1, isCurrent: false },
    ],
  })
  const { report } = await run({ from: '0001-01-01', to: '9999-12-31' })
  expect(report).toMatchObject({
    sites: [{ days: { judged: 2, skipped: 1 } }],
    hits: { judged: 3, moved: 2, unchanged: 1 },
  })
  expect((await standing()).map(({ label }) => label)).toEqual(
    days.map(() => 'Partners / news.partner.example'),
  )
})

test('pages hold each hit once, whatever its id, though all come at the same instant', async () => {
  const day = '2026-01-10'
  const { start, end } = localDays(site.timezone).bounds(day)
  const sources = ['a', 'b', 'c'].map((name) => ({ referrer: `https://${name}.partner.example/` }))
  const hits = Array.from({ length: 200 }, (_, place) =>
    visit(place < 150 ? start : start + (place % 3), sources[place % 3]),
  )
  const extreme = [
    { hitId: '0'.repeat(32) },
    { hitId: 'f'.repeat(32) },
    { hitId: `${'0'.repeat(16)}${'f'.repeat(16)}` },
    { hitId: `${'f'.repeat(16)}${'0'.repeat(16)}` },
  ].map((change) => visit(start, { ...change, ...sources[0] }))
  await visits([...hits, ...extreme, visit(start - 1, sources[0]), visit(end, sources[0])])
  await control.rules.change(site.id, () => [PARTNERS])
  const request = { siteId: site.id, day, from: start, to: end }
  for (const pageRows of [1, 7, 150, 204, 1_000]) {
    const trial = await tryDay(request, { warehouse: store.warehouse, enricher, pageRows })
    expect({ pageRows, hits: trial.hits, unchanged: trial.unchanged }).toEqual({
      pageRows,
      hits: 204,
      unchanged: 0,
    })
    expect(trial.moves.map(({ from, hits }) => [from.source, hits])).toEqual([
      ['a.partner.example', 71],
      ['b.partner.example', 67],
      ['c.partner.example', 66],
    ])
  }
})

test('what is kept otherwise than it was sent has not moved', async () => {
  const day = '2026-01-10'
  const odd = ['half \ud83d a pair', 'tab\tline\nback\\slash\0', 'quote\'"', '😀 Größe']
  await visits(
    odd.map((source) =>
      visit(at(day), { utm: { source, medium: 'email', campaign: source, term: '', content: '' } }),
    ),
  )
  const { report } = await run({ from: day, again: true })
  expect(report.hits).toEqual({ judged: 4, moved: 0, unchanged: 4 })
})

test('clicks are tried with their neighbours in time, as they are judged', async () => {
  const day = '2026-01-10'
  const looks = ['HEAD', 'GET', 'HEAD', 'HEAD'].map((method, place) =>
    click(writer.edgeRun, ++sequence, {
      siteId: site.id,
      time: at(day) + 100 * place,
      method,
      origin: 'edge',
    }),
  )
  const later = click(writer.edgeRun, ++sequence, {
    siteId: site.id,
    time: at(day, '18:00'),
    origin: 'edge',
    headers: { 'accept-language': 'de' },
  })
  await visits([...looks, later])
  const direct = { traffic: 'person', reason: '', channel: 'Direct', source: '' }
  const moves = [{ from: direct, to: { ...direct, traffic: 'bot', reason: 'burst_head' }, hits: 1 }]
  const hits = { judged: 5, moved: 1, unchanged: 4 }
  const trial = await run({ from: day, again: true, dryRun: true })
  expect(trial.report).toMatchObject({ moves, hits })
  expect((await run({ from: day, again: true })).report).toMatchObject({ moves, hits })
  expect((await run({ from: day, again: true })).report).toMatchObject({ moves: [], hits: { unchanged: 5 } })
})

test('a day that turns while it is tried is tried anew', async () => {
  const day = '2026-01-10'
  await visits(Array.from({ length: 40 }, () => visit(at(day), PARTNER)))
  await control.rules.change(site.id, () => [PARTNERS])
  const { start: from, end: to } = localDays(site.timezone).bounds(day)
  let pages = 0
  const turning: typeof store.warehouse = {
    ...store.warehouse,
    async query(sql, params, options) {
      if (sql.startsWith('SELECT record') && ++pages === 3) {
        await loader.judgeAgain({ siteId: site.id, from, to, days: [day] })
        // As the sweeper does a while later.
        await store.warehouse.command('DELETE FROM hits WHERE generation = 0')
      }
      return store.warehouse.query(sql, params, options)
    },
  }
  const trial = await tryDay(
    { siteId: site.id, day, from, to },
    { warehouse: turning, enricher, pageRows: 10 },
  )
  expect(trial).toEqual({ hits: 40, unchanged: 40, moves: [] })
})

test('two runs at once turn each day once', async () => {
  const days = ['2026-01-10', '2026-01-11', '2026-01-12', '2026-01-13']
  for (const day of days) await visits([visit(at(day), PARTNER)])
  await control.rules.change(site.id, () => [PARTNERS])
  const range = { from: '2026-01-01', to: '2026-01-31' }
  await Promise.all([run(range), run(range), run(range)])
  expect(
    await store.warehouse.query('SELECT day, count() AS turns FROM turned_days GROUP BY day ORDER BY day'),
  ).toEqual(days.map((day) => ({ day, turns: 1 })))
  expect((await standing()).map(({ versions }) => versions)).toEqual(days.map(() => [rulesVersionOf(1)]))
})

test('rules that change during a run are noticed, and the next run goes on with them', async () => {
  const days = ['2026-01-10', '2026-01-11']
  for (const day of days) await visits([visit(at(day), PARTNER)])
  await control.rules.change(site.id, () => [PARTNERS])
  const range = { from: '2026-01-01', to: '2026-01-31' }
  const first = await run(range, {
    ...judging,
    async judgeDay(request) {
      const summary = await judging.judgeDay(request)
      if (request.day === days[0]) await control.rules.change(site.id, () => [])
      return summary
    },
  })
  expect(first.said).toContain('default: the rules have changed meanwhile, 1 day hold hits judged by others')
  const second = await run(range)
  expect(second.report).toMatchObject({
    sites: [{ rulesVersion: rulesVersionOf(2), days: { judged: 1, skipped: 1 } }],
    hits: { moved: 1, unchanged: 0 },
  })
  expect((await run(range)).report.sites[0]?.days).toEqual({ judged: 0, skipped: 2 })
})

test('a turn that fails leaves its day, says which one, and the next run goes on there', async () => {
  const days = ['2026-01-10', '2026-01-11', '2026-01-12']
  for (const day of days) await visits([visit(at(day), PARTNER)])
  await control.rules.change(site.id, () => [PARTNERS])
  const range = { from: '2026-01-01', to: '2026-01-31' }
  const first = await run(range, {
    ...judging,
    judgeDay: (request) =>
      request.day === days[1] ? Promise.reject(new Error('the disk is full')) : judging.judgeDay(request),
  })
  expect(first).toMatchObject({
    code: 1,
    report: {
      error: '2026-01-11 of default: the disk is full',
      sites: [{ days: { judged: 1 } }],
      hits: { judged: 1, moved: 1 },
    },
  })
  expect(first.said).toContain('run it again, and it goes on where it stopped')
  expect((await run(range)).report.sites[0]?.days).toEqual({ judged: 2, skipped: 1 })
})

test('while a site’s days are made anew in another zone, reclassify waits and then knows the new days', async () => {
  // 11 January in Berlin, still the 10th in New York.
  await visits([visit(Date.UTC(2026, 0, 11, 2), PARTNER)])
  await expect.poll(() => checkpoint.zoneOf(site.id), { timeout: 10_000 }).toBe('Europe/Berlin')
  await control.rules.change(site.id, () => [PARTNERS])
  await control.sites.update(site.id, { timezone: 'America/New_York' })
  const { report } = await run({ from: '2026-01-01', to: '2026-01-31' })
  // Its days were made anew by today's rules.
  expect(report.sites[0]?.days).toEqual({ judged: 0, skipped: 1 })
  expect(await standing()).toMatchObject([{ day: '2026-01-10', label: 'Partners / news.partner.example' }])

  const idle = createJudging({
    warehouse: store.warehouse,
    enricher,
    loader,
    sites: control.sites,
    rules: control.rules,
    judgedZone: () => 'Europe/Berlin',
    idle: true,
  })
  await expect(idle.days(site.id, '2026-01-01', '2026-01-31')).rejects.toThrow('has a new time zone')
})

test('an app that stops does not wait for a trial, and begins nothing', async () => {
  await visits([visit(at('2026-01-10'), PARTNER)])
  const stopped = judgingOf()
  const pending = Promise.allSettled([
    stopped.tryDay({ siteId: site.id, day: '2026-01-10' }),
    stopped.judgeDay({ siteId: site.id, day: '2026-01-10' }),
  ])
  await stopped.stop()
  const [, turn] = await pending
  expect(turn).toMatchObject({ status: 'rejected', reason: new Error('the app is stopping') })
  expect(await store.warehouse.query('SELECT count() AS n FROM turned_days')).toEqual([{ n: 0 }])
})
