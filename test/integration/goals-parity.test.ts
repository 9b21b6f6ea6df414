import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goalMatcher } from '../../server/domain/goals/compile.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import { parseGoals } from '../../server/domain/goals/parse.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { pageKindsMatcher } from '../../server/domain/pages/page-kind.ts'
import { parsePagePattern } from '../../server/domain/pages/page-pattern.ts'
import { GoalWriter } from '../../server/reports/goal-sql.ts'
import { Parameters } from '../../server/reports/parameters.ts'
import { GOAL_CASES, type GoalHit } from '../support/goal-cases.ts'
import { event, hit, insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

/*
 * One definition, said twice: goals and page kinds mean the same to the predicates in `domain/` and to the warehouse.
 */

const TIME = '2026-11-10T10:00:00Z'
let store: TestWarehouse
let sites = 0

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

function stored(siteId: number, { page = 'cars.example/', event: facts }: GoalHit): JudgedHit {
  const site = testSite({ id: siteId })
  if (facts) return event(site, TIME, facts, { landingPage: page })
  return hit(site, TIME, { kind: 'pageview', landingPage: page })
}

/** For each hit of a site, which of some conditions hold. */
async function bySql(
  siteId: number,
  conditions: (writer: GoalWriter) => string[],
): Promise<Map<string, number[]>> {
  const parameters = new Parameters()
  const holds = conditions(new GoalWriter(parameters))
  const rows = await store.warehouse.query<{ id: string; holds: number[] }>(
    `SELECT replaceAll(toString(hit_id), '-', '') AS id, arrayMap(x -> toUInt8(x), [${holds.join(', ')}]) AS holds
     FROM hits WHERE site = ${parameters.bind('UInt32', siteId)}`,
    parameters.values,
  )
  return new Map(rows.map(({ id, holds }) => [id, holds]))
}

describe('a goal', () => {
  test.each(GOAL_CASES)('says the same to both: $says', async ({ match, holds, fails }) => {
    const siteId = ++sites
    const goal = { name: 'a goal', match }
    const hits = [...holds, ...fails].map((one) => stored(siteId, one))
    await insertHits(store.warehouse, hits)
    const wanted = [...holds.map(() => 1), ...fails.map(() => 0)]
    const reaches = goalMatcher(goal)
    expect(hits.map((one) => Number(reaches(one)))).toEqual(wanted)
    const sql = await bySql(siteId, (writer) => [writer.goal(goal)])
    expect(hits.map(({ hitId }) => sql.get(hitId)?.[0])).toEqual(wanted)
  })

  test('of the table is kept by the reader of goals as it is', () => {
    const goals = GOAL_CASES.map(({ match }, index) => ({ name: `goal ${index}`, match }))
    const parsed = parseGoals(goals, 'goals', [])
    expect(parsed.ok ? parsed.items.map(({ match }) => match) : parsed.problems).toEqual(
      goals.map(({ match }) => match),
    )
  })
})

const piece = fc.constantFrom(
  'a',
  'B',
  '.',
  '-',
  '/',
  '*',
  '**',
  '/**',
  '?',
  'é',
  '漢',
  '+',
  '%20',
  "'",
  '(',
  '=',
  '&',
)
const patterns = fc
  .array(piece, { minLength: 1, maxLength: 7 })
  .map((parts) => parsePagePattern(`/${parts.join('')}`))
  .filter((parsed) => parsed.ok)
  .map(({ value }) => value)
const pages = fc
  .array(fc.constantFrom('a', 'B', '.', '-', '/', '?', '%C3%A9', '+', '%20', "'", '(', '=', '&'), {
    maxLength: 8,
  })
  .map((parts) => `cars.example/${parts.join('')}`)

test('patterns of pages match the same pages for both, whatever they hold', async () => {
  const lists = fc.sample(fc.array(patterns, { minLength: 1, maxLength: 6 }), { numRuns: 40, seed: 20261122 })
  const siteId = ++sites
  const hits = fc.sample(pages, { numRuns: 200, seed: 20261122 }).map((page) => stored(siteId, { page }))
  await insertHits(store.warehouse, hits)
  const kinds = lists.map((list) =>
    list.map((pattern, index) => ({ id: index + 1, pattern, label: '', kind: 'other' as const })),
  )
  const parameters = new Parameters()
  const writer = new GoalWriter(parameters)
  const columns = kinds.map((list) => `toUInt8(${writer.pageKind('landing_page', list)})`)
  const rows = await store.warehouse.query<{ page: string; first: number[] }>(
    `SELECT landing_page AS page, [${columns.join(', ')}] AS first FROM hits
     WHERE site = ${parameters.bind('UInt32', siteId)}`,
    parameters.values,
  )
  const matchers = kinds.map(pageKindsMatcher)
  for (const { page, first } of rows) {
    expect([page, ...first]).toEqual([page, ...matchers.map((of) => of(page)?.id ?? 0)])
  }
  expect(rows.some(({ first }) => first.some((place) => place > 1))).toBe(true)
})

test('a hundred goals with every condition they may have are one statement', async () => {
  const siteId = ++sites
  const goals: Pick<Goal, 'name' | 'match'>[] = Array.from({ length: 100 }, (_, index) => ({
    name: `goal ${index}`,
    match: GOAL_CASES[index % GOAL_CASES.length]?.match ?? { type: 'external' },
  }))
  const hits = GOAL_CASES.flatMap(({ holds }) => holds).map((one) => stored(siteId, one))
  await insertHits(store.warehouse, hits)
  const sql = await bySql(siteId, (writer) => goals.map((goal) => writer.goal(goal)))
  const reach = goals.map(goalMatcher)
  for (const one of hits) expect(sql.get(one.hitId)).toEqual(reach.map((reaches) => Number(reaches(one))))
})
