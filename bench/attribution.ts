/**
 * `npm run bench -- attribution [CONVERSIONS]`: as many conversions as said, each by a visitor with five visits in the
 * window, through the whole of `answerAttribution`: the six heuristic models, which ClickHouse computes in one pass,
 * then the models that need all paths at once. Beside them the same conversions by channel, through `answerQuestion`:
 * what it takes to know which conversions there are at all. Seconds by the clock and of all threads, and
 * the most memory the process ever held.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HEURISTIC_MODELS, type Model } from '../server/domain/attribution/contract.ts'
import type { Goal } from '../server/domain/goals/goal.ts'
import type { Site } from '../server/domain/site.ts'
import { answerQuestion } from '../server/reports/answer.ts'
import { answerAttribution } from '../server/reports/attribution/answer.ts'
import { parseAttribution } from '../server/reports/attribution/parse.ts'
import { parseQuestion } from '../server/reports/parse/question.ts'
import { openEmbeddedWarehouse } from '../server/warehouse/embedded.ts'
import { migrate } from '../server/warehouse/migrate.ts'
import type { Warehouse } from '../server/warehouse/warehouse.ts'

const CONVERSIONS = Number(process.argv[2] ?? 1_000_000)
const TOUCHES = 5
const ROUNDS = 3
const DAYS = ['2026-08-01', '2026-10-31'] as [string, string]
const NOW = Date.UTC(2027, 0, 1)
const SITE: Site = {
  id: 1,
  name: 'default',
  hostnames: ['example.com'],
  timezone: 'UTC',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}
const GOAL: Goal = {
  id: 1,
  name: 'Booked',
  template: null,
  match: { type: 'event', name: 'booked' },
  value: { type: 'fixed', amount: 100 },
  count: 'every',
}
const context = {
  site: SITE,
  completeUntil: NOW,
  now: NOW,
  goals: async () => [GOAL],
}

/** Each visitor's visits lie up to nine days apart, and the last one ends with a booking. */
async function fill(warehouse: Warehouse): Promise<void> {
  const first = `toUnixTimestamp64Milli(toDateTime64('${DAYS[0]} 00:00:00', 3, 'UTC'))`
  const key = (visitor: string) => `leftPad(lower(hex(${visitor} * 7919 + 11)), 16, '0')`
  const instant = (milliseconds: string) =>
    `fromUnixTimestamp64Milli(toInt64(${first} + ${milliseconds}), 'UTC')`
  const begin = (number: string, visitor: string, visit: string) =>
    instant(
      `(${visitor} % 60 + ${visit} * 5 + cityHash64(${number}) % 5) * 86400000 + cityHash64(${number}, 1) % 80000000`,
    )
  const channels = `['Organic Search', 'Organic Social', 'Direct', 'Referral', 'Email', 'Paid Search', 'Paid Social', 'Display',
    'Affiliates', 'Organic Video', 'SMS', 'Audio', 'Paid Video', 'Mobile Push', 'AI Assistant', 'Organic Shopping',
    'Paid Shopping', 'Paid Other', 'Cross-network', 'Unassigned']`
  await warehouse.command(`INSERT INTO sessions (site, day, generation, identity, ordinal, version, is_deleted, session_id,
      start, end, visitors, consent, channel, side, side_with_paid, source, entry_page)
    SELECT 1, toDate(begun), 0, identity, toUnixTimestamp64Milli(begun), 1, 0, generateUUIDv4(), begun, begun + 60, [identity],
      'granted', channel, 'Other', 'Other', lower(channel), 'example.com/models'
    FROM (
      SELECT intDiv(number, ${TOUCHES}) AS visitor, number % ${TOUCHES} AS visit, ${key('visitor')} AS identity,
        ${begin('number', 'visitor', 'visit')} AS begun,
        arrayElement(${channels}, 1 + cityHash64(number, 3) % 20) AS channel
      FROM numbers(${CONVERSIONS * TOUCHES})
    )`)
  await warehouse.command(`INSERT INTO hits (site, day, generation, time, kind, hit_id, visitor, traffic, consent, landing_page,
      event_type, event_name)
    SELECT 1, toDate(at), 0, at, 'event', generateUUIDv4(), ${key('number')}, 'person', 'granted', 'example.com/booked', 'custom', 'booked'
    FROM (
      SELECT number, ${begin(`number * ${TOUCHES} + ${TOUCHES - 1}`, 'number', String(TOUCHES - 1))} + toIntervalSecond(30) AS at
      FROM numbers(${CONVERSIONS})
    )`)
  await warehouse.command(
    `INSERT INTO judged_days SELECT 1, toDate('${DAYS[0]}') + number, 0, 2 FROM numbers(92)`,
  )
}

interface Taken {
  wall: number
  /** Of all threads. */
  cpu: number
}

async function seconds(work: () => Promise<unknown>): Promise<Taken> {
  const begin = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: (performance.now() - begin) / 1e3, cpu: (user + system) / 1e6 }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

const root = mkdtempSync(join(tmpdir(), 'jejak-bench-'))
const warehouse = await openEmbeddedWarehouse({ path: join(root, 'engine') })
await migrate(warehouse)
await fill(warehouse)
const filled = process.resourceUsage().maxRSS / 1024

const attribute = (models: readonly Model[], order = 1) =>
  answerAttribution(
    parseAttribution({ date_range: DAYS, window: 60, models, paths: 0, options: { order } }),
    { ...context, warehouse },
  )
const count = () =>
  answerQuestion(
    parseQuestion({ date_range: DAYS, metrics: ['conversions', 'value'], dimensions: ['channel'] }),
    { ...context, warehouse },
  )
const runs: [name: string, run: () => Promise<unknown>][] = [
  ['conversions by channel (the query)', count],
  ['six heuristic models', () => attribute(HEURISTIC_MODELS)],
  ['markov, order 2, and both Shapleys', () => attribute(['markov', 'shapley', 'shapleyRate'], 2)],
]
const times = new Map(runs.map(([name]) => [name, [] as Taken[]]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of runs) times.get(name)?.push(await seconds(run))
}

const answer = await attribute(['linear'])
const touched = answer.statistics.length?.mean ?? 0
console.log(
  `${answer.totals.conversions.toLocaleString('en')} conversions, ${touched.toFixed(1)} touches each, 20 channels\n`,
)
const of = (name: string, kind: keyof Taken) => median((times.get(name) ?? []).map((taken) => taken[kind]))
const [[query] = ['']] = runs
for (const name of times.keys()) {
  const wall = `${of(name, 'wall').toFixed(2)} s`
  const cpu = `${of(name, 'cpu').toFixed(2)} CPU-s`
  const ratio = (of(name, 'cpu') / of(query, 'cpu')).toFixed(2)
  console.log(`${name.padEnd(38)}${wall.padStart(10)}${cpu.padStart(14)}${ratio.padStart(8)} of the query's`)
}
const peak = process.resourceUsage().maxRSS / 1024
console.log(`\nmost memory: ${Math.round(peak)} MB (${Math.round(filled)} MB after filling the tables)`)
await warehouse.close()
rmSync(root, { recursive: true, force: true })
