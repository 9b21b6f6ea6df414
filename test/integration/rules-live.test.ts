import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import { createJudge, rulesVersionOf } from '../../server/domain/judge.ts'
import type { RuleDraft } from '../../server/domain/rules/rule.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createLoader, type Loader } from '../../server/loader/loader.ts'
import { answerQuestion } from '../../server/reports/answer.ts'
import { parseQuestion } from '../../server/reports/parse/question.ts'
import { tryRules } from '../../server/reports/rule-trial.ts'
import { encodeHit } from '../../server/spool/record.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import { pageview } from '../support/hits.ts'
import { ruleOf } from '../support/rule-cases.ts'
import { openTestWarehouse, type TestWarehouse } from './reports-support.ts'

const quiet = { info() {}, warn() {}, error() {} }
/** The enricher reads rules again after two seconds. */
const REFRESH_MS = 2_100

let store: TestWarehouse
let control: Control
let writer: SpoolWriter
let loader: Loader
let root: string
let sequence = 0

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'jejak-rules-live-'))
  store = await openTestWarehouse()
  control = await openControl(`sqlite:${join(root, 'control.db')}`, { defaultDomain: 'go.example' })
  const directory = join(root, 'spool', 'edge')
  writer = await openSpoolWriter({ directory, durability: 'write', maxBytes: 1e9, reserveBytes: 0 })
  loader = createLoader({
    warehouse: store.warehouse,
    enricher: createEnricher(createJudge(loadFacts()), control),
    checkpoint: openCheckpoint(join(root, 'loader.db')),
    spoolRoot: join(root, 'spool'),
    directory: join(root, 'loader'),
    markClicked: async () => {},
    log: quiet,
    poll: 10,
  })
  loader.start()
})
afterAll(async () => {
  await loader.stop(0)
  await writer.close()
  await control.close()
  await store.close()
  rmSync(root, { recursive: true, force: true })
})

test('a rule is tried, saved, applied to new hits, and moves history once its days are judged again', async () => {
  const site = await control.sites.byName('default')
  if (!site) throw new Error('a store begins with a site')
  const at = Date.now()
  const day = localDays(site.timezone).dayOf(at)
  const context = { warehouse: store.warehouse, site, now: at }
  const visit = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => {
        const referrer = 'https://news.partner.example/story'
        const hit = pageview(writer.edgeRun, ++sequence, { siteId: site.id, time: at, referrer })
        return new Promise((done) => writer.append(encodeHit(hit), done))
      }),
    )
  const arrivals = async (expected: number) => {
    for (;;) {
      const question = { metrics: ['arrivals'], dimensions: ['channel', 'source'], date_range: [day, day] }
      const { results, meta } = await answerQuestion(parseQuestion(question), {
        ...context,
        completeUntil: at,
      })
      const seen = results.reduce((sum, { metrics }) => sum + (metrics[0] ?? 0), 0)
      if (seen >= expected) {
        const rows = results.map(({ dimensions, metrics }) => [...dimensions, metrics[0]])
        return { rows, version: meta.rulesVersion, warnings: meta.warnings }
      }
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  const partners: RuleDraft = {
    ...ruleOf({ field: 'referrer_host', operator: 'is', values: ['partner.example'] }),
    id: null,
  }

  await visit(3)
  expect(await arrivals(3)).toEqual({
    rows: [['Referral', 'news.partner.example', 3]],
    version: rulesVersionOf(0),
    warnings: [],
  })
  expect((await tryRules([partners], '30d', context)).sentence).toBe(
    'Would move 3 arrivals from Referral to Partners.',
  )

  await control.rules.change(site.id, () => [partners])
  await new Promise((done) => setTimeout(done, REFRESH_MS))
  await visit(2)
  expect(await arrivals(5)).toEqual({
    rows: [
      ['Referral', 'news.partner.example', 3],
      ['Partners', 'news.partner.example', 2],
    ],
    version: rulesVersionOf(1),
    warnings: [expect.stringContaining(`version ${rulesVersionOf(0)}, now ${rulesVersionOf(1)}`)],
  })
  const rest = await tryRules([partners], '30d', context)
  expect([rest.sentence, rest.rules[0]?.arrivals]).toEqual([
    'Would move 3 arrivals from Referral to Partners.',
    5,
  ])

  const { start, end } = localDays(site.timezone).bounds(day)
  await loader.judgeAgain({ siteId: site.id, from: start, to: end, days: [day] })
  expect(await arrivals(5)).toEqual({
    rows: [['Partners', 'news.partner.example', 5]],
    version: rulesVersionOf(1),
    warnings: [],
  })

  await control.rules.change(site.id, () => [])
  expect((await tryRules([], '30d', context)).sentence).toBe(
    'Would move 5 arrivals from Partners to Referral.',
  )
  await loader.judgeAgain({ siteId: site.id, from: start, to: end, days: [day] })
  expect((await arrivals(5)).rows).toEqual([['Referral', 'news.partner.example', 5]])
})
