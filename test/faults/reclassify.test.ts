import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ReclassifyReport } from '../../server/commands/reclassify.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { bitlyLine } from '../support/import-files.ts'
import { createService, type Service, until } from '../support/service.ts'
import { embeddedWarehouse, expectAnsweredOnce } from './ledger.ts'
import { type Load, startLoad } from './load.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/jejak', import.meta.url))
/** Twelve and three quarter hours ahead of UTC, thirteen and three quarters in summer, which ends on 1 April 2012. */
const ZONE = 'Pacific/Chatham'
const FIRST_DAY = '2012-03-28'
const LAST_DAY = '2012-04-04'
const DAYS = 8
const CLICKS_A_DAY = 800
const HITS = DAYS * CLICKS_A_DAY
const RULE = {
  name: 'Partners',
  enabled: true,
  when: { field: 'referrer_host', operator: 'is', values: ['partner.example'] },
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then
  then: { channel: 'Partners' },
}

let folder: string
let service: Service
let load: Load | null
let children: ChildProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-reclassify-service-'))
  load = null
  children = []
  service = await createService()
  await service.start()
  expect((await service.ask('/api/v1/sites/1', { method: 'PATCH', body: { timezone: ZONE } })).status).toBe(
    200,
  )
  const file = join(folder, 'clicks.ndjson')
  writeFileSync(file, lines().join(''))
  expect((await start(['import', 'bitly', file]).ended).code).toBe(0)
  await until('the site stands in its zone', async () => (await clicksByChannel()).days === DAYS)
})

afterEach(async () => {
  await load?.stop()
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
  for (const child of running) child.kill('SIGKILL')
  await service.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('beside the running service history moves once, whatever is killed, and live hits go on', async () => {
  const link = { destination: 'https://www.example.com/', slug: 'live' }
  expect((await service.ask('/api/v1/links', { body: link })).status).toBe(201)
  load = startLoad({ port: service.port, slug: 'live', name: 'live', rate: 200 })
  await load.moreAnswers(50)
  await saveRule()
  expect(await clicksByChannel()).toEqual({ days: DAYS, channels: [['Referral', HITS]] })
  const today = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  const range = ['--from', FIRST_DAY, '--to', today]

  const trial = await reclassify([...range, '--dry-run']).ended
  expect(trial).toMatchObject({ code: 0, report: { dryRun: true } })
  expect(movedTo(trial.report, 'Partners')).toBe(HITS)
  expect(await clicksByChannel()).toEqual({ days: DAYS, channels: [['Referral', HITS]] })

  const cut = reclassify(range)
  await cut.said('(3 of')
  cut.child.kill('SIGKILL')
  await cut.ended

  const rest = reclassify(range)
  await rest.said('(1 of')
  service.signal('SIGKILL', service.appPid())
  const end = await rest.ended
  expect(end.code, end.stderr).toBe(0)
  const { judged = 0, skipped = 0 } = end.report.sites[0]?.days ?? {}
  // What the killed command had asked for is done: two days at least, and perhaps the one under way.
  expect(skipped).toBeGreaterThanOrEqual(2)
  expect(judged).toBeLessThanOrEqual(DAYS + 2 - skipped)
  expect(movedTo(end.report, 'Partners')).toBeLessThanOrEqual(HITS - 2 * CLICKS_A_DAY)

  await service.apiUp()
  expect(await clicksByChannel()).toEqual({ days: DAYS, channels: [['Partners', HITS]] })
  const past = ['--from', FIRST_DAY, '--to', LAST_DAY]
  expect((await reclassify(past).ended).report).toMatchObject({
    sites: [{ days: { judged: 0, skipped: DAYS } }],
    moves: [],
  })
  await load.stop()
  expect([load.unanswered.size, ...load.refused]).toEqual([0])
  await expectAnsweredOnce(service, 'live', [load])
  await service.stop()
  await expectTurnedOnce()
})

test('with the service down it works by itself, a dry run writes nothing, and a service that is started takes over', async () => {
  await saveRule()
  await service.stop()
  const range = ['--from', FIRST_DAY, '--to', LAST_DAY, '--site', 'default']
  const before = await stored()
  const trial = await reclassify([...range, '--dry-run']).ended
  expect(trial.code, trial.stderr).toBe(0)
  expect(await stored()).toEqual(before)

  const cut = reclassify(range)
  await cut.said('(3 of')
  cut.child.kill('SIGKILL')
  await cut.ended
  const end = await reclassify(range).ended
  expect(end.code, end.stderr).toBe(0)
  expect(end.report.sites).toMatchObject([
    { days: { judged: expect.any(Number), skipped: expect.any(Number) } },
  ])
  expect(end.report.sites[0]?.days.skipped).toBeGreaterThanOrEqual(3)
  await expectTurnedOnce()

  const again = reclassify([...range, '--again'])
  await again.said('(1 of')
  await service.start()
  // The service did not have to wait until the command had done everything by itself.
  expect(again.child.exitCode).toBeNull()
  expect((await again.ended).report).toMatchObject({
    sites: [{ days: { judged: DAYS, skipped: 0 } }],
    hits: { judged: HITS, moved: 0, unchanged: HITS },
  })
  expect(trial.report.moves).toEqual([
    {
      from: { traffic: 'person', reason: '', channel: 'Referral', source: 'news.partner.example' },
      to: { traffic: 'person', reason: '', channel: 'Partners', source: 'news.partner.example' },
      hits: HITS,
    },
  ])
  expect(await clicksByChannel()).toEqual({ days: DAYS, channels: [['Partners', HITS]] })
})

/** Clicks of each day of the zone, its first and its last millisecond among them. */
function lines(): string[] {
  const zone = localDays(ZONE)
  const all: string[] = []
  for (let place = 0; place < DAYS; place++) {
    const { start, end } = zone.bounds(zone.shift(FIRST_DAY, place))
    for (let click = 0; click < CLICKS_A_DAY; click++) {
      const t = Math.floor((start + ((end - 1 - start) * click) / (CLICKS_A_DAY - 1)) / 1000)
      const r = 'https://news.partner.example/story'
      all.push(`${bitlyLine({ t, r, u: 'http://agency.example.gov/report', h: `s${click % 50}` })}\n`)
    }
  }
  return all
}

async function saveRule(): Promise<void> {
  const saved = await service.ask('/api/v1/sites/1/rules', { body: RULE })
  expect(saved.status, saved.text).toBe(201)
}

function start(args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, PORT: '', JEJAK_DATA_DIR: service.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let stderr = ''
  child.stderr.on('data', (part) => {
    stderr += part
  })
  const stdout = text(child.stdout)
  const exit = once(child, 'exit')
  return {
    child,
    /** Waits until it has said so on standard error. */
    said: (what: string) => until(`it says ${what}`, async () => stderr.includes(what)),
    ended: exit.then(async ([code]) => ({ code: code as number | null, stdout: await stdout, stderr })),
  }
}

function reclassify(args: string[]) {
  const { ended, ...running } = start(['reclassify', ...args, '--json'])
  const read = async () => {
    const { stdout, ...end } = await ended
    return { ...end, report: JSON.parse(stdout || '{}') as ReclassifyReport }
  }
  return { ...running, ended: read() }
}

/** How many hits moved into a channel. */
function movedTo({ moves }: ReclassifyReport, channel: string): number {
  return moves.filter(({ to }) => to.channel === channel).reduce((sum, { hits }) => sum + hits, 0)
}

/** What the service says of the imported days: how many hold clicks, and whence these came. */
async function clicksByChannel() {
  const ask = async (dimension: string) => {
    const answer = await service.ask('/api/v1/query', {
      body: { metrics: ['clicks'], dimensions: [dimension], date_range: [FIRST_DAY, LAST_DAY] },
    })
    expect(answer.status, answer.text).toBe(200)
    return answer.json().results as { dimensions: string[]; metrics: number[] }[]
  }
  const days = (await ask('time:day')).filter(({ metrics }) => metrics[0] === CLICKS_A_DAY).length
  const channels = (await ask('channel')).map(({ dimensions, metrics }) => [dimensions[0], metrics[0]])
  return { days, channels }
}

/** Every row of every table that judging writes. */
function stored() {
  return embeddedWarehouse(service.dataDir)(
    ['hits', 'judged_days', 'turned_days', 'raw_hits'].map(
      (table) => `SELECT count() AS rows, sum(cityHash64(*)) AS all FROM ${table}`,
    ),
  )
}

/** Each imported hit stands once, by today's rules, and no day was turned twice by the rule. */
async function expectTurnedOnce(): Promise<void> {
  const past = `day BETWEEN '${FIRST_DAY}' AND '${LAST_DAY}'`
  const current = `(day, generation) IN (SELECT day, max(generation) FROM turned_days WHERE ${past} GROUP BY day)`
  const [hits, versions, turns] = await embeddedWarehouse(service.dataDir)([
    `SELECT count() AS hits, uniqExact(hit_id) AS ids, uniqExact(day) AS days FROM hits WHERE ${current} AND channel = 'Partners'`,
    `SELECT uniqExact(rules_version) AS versions FROM hits WHERE ${current}`,
    `SELECT count() AS turns FROM (
       SELECT DISTINCT day, generation FROM turned_days AS t
       INNER JOIN (SELECT day, generation FROM judged_days WHERE rules_version % 1000000 = 1) AS j USING (day, generation)
       WHERE ${past})`,
  ])
  expect({ hits, versions, turns }).toEqual({
    hits: [{ hits: HITS, ids: HITS, days: DAYS }],
    versions: [{ versions: 1 }],
    turns: [{ turns: DAYS }],
  })
}
