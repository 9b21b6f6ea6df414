import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJudge } from '../../server/domain/judge.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { compileRules, type SiteRules } from '../../server/domain/rules/compile.ts'
import type { RuleFacts } from '../../server/domain/rules/facts.ts'
import { parseRules } from '../../server/domain/rules/parse.ts'
import type { Condition, Rule } from '../../server/domain/rules/rule.ts'
import { foldSimply } from '../../server/domain/rules/simple-folding.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import type { ImportFormat } from '../../server/imports/import-line.ts'
import { readHits } from '../../server/imports/read-hits.ts'
import { openImportSource } from '../../server/imports/source.ts'
import { Parameters } from '../../server/reports/parameters.ts'
import { firstRuleSql } from '../../server/reports/rule-sql.ts'
import { anyFacts, anyRules } from '../support/rule-arbitraries.ts'
import { RULE_CASES, ruleFacts, ruleOf } from '../support/rule-cases.ts'
import { hit, insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

/*
 * The same rules say the same of the same hits: to the judge, which looks at hits as they come, and to the warehouse,
 * which looks at what was kept of them.
 */

let store: TestWarehouse
let sites = 100

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

function stored(facts: RuleFacts, siteId: number): JudgedHit {
  const { channel, ...rest } = facts
  return hit(testSite({ id: siteId }), '2026-11-10T10:00:00Z', { channel, ...rest })
}

function factsOf(judged: JudgedHit): RuleFacts {
  const { medium, campaign, platform, referrerHost, landingPage, clickIdKinds, country, link } = judged
  const relabelled = judged.baseChannel !== ''
  const channel = relabelled ? judged.baseChannel : judged.channel
  const source = relabelled ? judged.baseSource : judged.source
  return {
    channel,
    source,
    medium,
    campaign,
    platform,
    referrerHost,
    landingPage,
    clickIdKinds,
    country,
    link,
  }
}

/** For each hit of a site, by id, the position of the rule that takes it in each of some lists; 0 for none. */
async function bySql(siteId: number, lists: readonly (readonly Rule[])[]): Promise<Map<string, number[]>> {
  const parameters = new Parameters()
  const columns = lists.map((rules) => `toUInt16(${firstRuleSql(rules, parameters)})`)
  const rows = await store.warehouse.query<{ id: string; takes: number[] }>(
    `SELECT replaceAll(toString(hit_id), '-', '') AS id, [${columns.join(', ')}] AS takes FROM hits
     WHERE site = ${parameters.bind('UInt32', siteId)}`,
    parameters.values,
  )
  return new Map(rows.map(({ id, takes }) => [id, takes]))
}

function byJudge(
  compiled: readonly SiteRules[],
  lists: readonly (readonly Rule[])[],
  facts: RuleFacts,
): number[] {
  return compiled.map((rules, index) => {
    const taken = rules.first(facts)
    return taken === null ? 0 : (lists[index]?.indexOf(taken) ?? -1) + 1
  })
}

async function expectAgreement(
  hits: readonly JudgedHit[],
  lists: readonly (readonly Rule[])[],
): Promise<number[]> {
  const compiled = lists.map((rules) => compileRules(rules))
  const found = await bySql(hits[0]?.siteId ?? 0, lists)
  expect(found.size).toBe(hits.length)
  const taken = lists.map(() => 0)
  for (const one of hits) {
    const expected = byJudge(compiled, lists, factsOf(one))
    const answered = found.get(one.hitId)
    if (JSON.stringify(answered) !== JSON.stringify(expected)) {
      const index = expected.findIndex((position, at) => position !== answered?.[at])
      expect({ facts: factsOf(one), rules: lists[index], takes: answered?.[index] }).toEqual({
        facts: factsOf(one),
        rules: lists[index],
        takes: expected[index],
      })
    }
    for (const [index, position] of expected.entries())
      if (position > 0) taken[index] = (taken[index] ?? 0) + 1
  }
  return taken
}

describe('in the warehouse', () => {
  for (const { says, when, holds, fails } of RULE_CASES) {
    test(says, async () => {
      const siteId = ++sites
      const hits = [...holds, ...fails].map((facts) => stored(ruleFacts(facts), siteId))
      await insertHits(store.warehouse, hits)
      const found = await bySql(siteId, [[ruleOf(when)]])
      expect(hits.map(({ hitId }) => found.get(hitId)?.[0])).toEqual([
        ...holds.map(() => 1),
        ...fails.map(() => 0),
      ])
    })
  }

  test('letters are folded as they are here, each of Unicode’s', async () => {
    const letters = Array.from({ length: 0x110000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .filter((code) => /[\p{L}\p{M}\p{N}]/u.test(String.fromCodePoint(code)))
      .map((code) => String.fromCodePoint(code))
    const siteId = ++sites
    const texts: string[] = []
    for (let at = 0; at < letters.length; at += 500) texts.push(letters.slice(at, at + 500).join(''))
    await insertHits(
      store.warehouse,
      texts.map((campaign) => stored(ruleFacts({ campaign }), siteId)),
    )
    const rules = texts.map((text) =>
      ruleOf({ field: 'campaign', operator: 'is', values: [foldSimply(text)] }),
    )
    const found = await bySql(siteId, [rules])
    expect([...found.values()].flat().sort((a, b) => a - b)).toEqual(texts.map((_, index) => index + 1))
  })
})

test('judge and warehouse agree on rules and hits of every make', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFacts, { minLength: 40, maxLength: 40 }),
      fc.array(anyRules, { minLength: 25, maxLength: 25 }),
      async (all, lists) => {
        const siteId = ++sites
        const hits = all.map((one, index) =>
          // Every other row was relabelled by an older rule.
          index % 2 === 0
            ? stored(one, siteId)
            : {
                ...stored(one, siteId),
                channel: 'Old partners',
                source: 'old',
                baseChannel: 'Referral' as const,
                baseSource: one.source,
              },
        )
        await insertHits(store.warehouse, hits)
        await expectAgreement(hits, lists)
      },
    ),
    { numRuns: 12, endOnFailure: true },
  )
}, 120_000)

test('they agree on patterns and texts of few letters, where half of all match', async () => {
  const few = fc.constantFrom('a', 'b', 'A', 'ä', 'Ä', '1', ' ', '-', '😀', '\n')
  const short = fc.array(few, { maxLength: 6 }).map((letters) => letters.join(''))
  const one = fc.oneof(
    fc.constantFrom('a', 'b', 'ä', '1', '\\-', ' ', '😀'),
    fc.constantFrom(
      '.',
      '^',
      '$',
      '\\b',
      '\\d',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
      '[a-b]',
      '[^aä]',
      '[^\\w]',
      '[A-Ä]',
    ),
  )
  const { piece } = fc.letrec<{ piece: string }>((tie) => ({
    piece: fc
      .tuple(
        fc.array(
          fc.oneof(
            { maxDepth: 2 },
            one,
            tie('piece').map((inner) => `(?:${inner})`),
          ),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '|a', '|'),
      )
      .map(([parts, end]) => parts.join('') + end),
  }))
  const whole = fc.tuple(
    fc.constantFrom('', '(?i)'),
    fc.constantFrom('', '^'),
    piece,
    fc.constantFrom('', '$'),
  )
  const [texts = []] = fc.sample(fc.uniqueArray(short, { minLength: 150, maxLength: 150 }), 1)
  const lists = fc
    .sample(whole, 600)
    .map((parts) => [ruleOf({ field: 'campaign', operator: 'matches', values: [parts.join('')] })])
    .filter((rules) => parseRules(rules, 'rules').ok)
  const siteId = ++sites
  const hits = texts.map((campaign) => stored(ruleFacts({ campaign }), siteId))
  await insertHits(store.warehouse, hits)
  const taken = await expectAgreement(hits, lists)
  expect(lists.length).toBeGreaterThan(300)
  expect(taken.filter((count) => count > 0 && count < texts.length).length).toBeGreaterThan(lists.length / 3)
})

const folder = process.env.JEJAK_TEST_DATA ?? ''
const FILES: [name: string, format: ImportFormat, host: string][] = [
  ['bitly-1usagov-clicks.ndjson', 'bitly', ''],
  ['access-combined-2015.log', 'access-log', 'semicomplete.com'],
]
const RULES: Condition[] = [
  {
    field: 'referrer_host',
    operator: 'is',
    values: ['google.com', 'facebook.com', 't.co', 'semicomplete.com'],
  },
  { field: 'referrer_host', operator: 'contains', values: ['blog', 'news'] },
  {
    field: 'landing_path',
    operator: 'matches',
    values: ['^/(?:blog|presentations)/', '\\.(?:png|jpe?g|gif)$'],
  },
  { field: 'landing_path', operator: 'is', values: ['/', '/robots.txt', '/projects/xdotool'] },
  { field: 'source', operator: 'matches', values: ['(?i)^(?:x|facebook)$', '\\.(?:gov|edu)\\b'] },
  { field: 'country', operator: 'is', values: ['US', '(unknown)'] },
  { field: 'link', operator: 'contains', values: ['1.usa.gov/W', 'go.nasa.gov'] },
  {
    and: [
      { field: 'channel', operator: 'is', values: ['Referral'] },
      { not: { field: 'source', operator: 'contains', values: ['.com'] } },
    ],
  },
  { field: 'campaign', operator: 'is_not', values: ['(none)'] },
]

for (const [name, format, ofHost] of FILES) {
  const missing =
    folder === '' ? 'JEJAK_TEST_DATA is not set' : existsSync(join(folder, name)) ? '' : `no ${name}`
  const run = missing === '' ? test : test.skip
  run(`they agree on every hit of a real file${missing && ` (skipped: ${missing})`}: ${format}`, async () => {
    const site = testSite({ id: ++sites, hostnames: ofHost === '' ? [] : [ofHost], timezone: 'UTC' })
    const { judge } = createJudge(loadFacts())
    const days = localDays(site.timezone)
    const hits = new Map<string, JudgedHit>()
    const source = await openImportSource(join(folder, name))
    for await (const lines of readHits(format, source.chunks(), { site, ...(ofHost && { host: ofHost }) })) {
      for (const line of lines) {
        if (line.kind !== 'hit') continue
        const judged = judge(line.hit, { site, days, landing: { verdict: '', link: null, clickedAt: 0 } })
        hits.set(judged.hitId, judged)
      }
    }
    await source.close()
    await insertHits(store.warehouse, [...hits.values()])
    const taken = await expectAgreement(
      [...hits.values()],
      RULES.map((when) => [ruleOf(when)]),
    )
    console.info(`${format}: ${hits.size} hits; taken by each rule: ${taken.join(' ')}`)
    expect(Math.max(...taken)).toBeGreaterThan(0)
  })
}
