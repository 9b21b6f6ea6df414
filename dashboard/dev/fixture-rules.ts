import { compileRules, relabel, type SiteRules } from '../../server/domain/rules/compile.ts'
import { parseRules } from '../../server/domain/rules/parse.ts'
import type { Condition, Rule, RuleDraft } from '../../server/domain/rules/rule.ts'
import type { Counts, Label, Move, RuleTrial } from '../../server/reports/rule-trial.ts'
import { sentenceOf } from '../../server/reports/trial-sentence.ts'
import { addDays } from '../src/shared/time/days.ts'
import type { Cell, Scenario } from './fixture-data.ts'

type Answer =
  | { answer: unknown }
  | { status: number; title: string; detail: string; errors: { field: string; message: string }[] }

const is = (
  field: 'source' | 'campaign' | 'referrer_host' | 'landing_path',
  ...values: string[]
): Condition => ({
  field,
  operator: 'is',
  values,
})

const RULES: Omit<Rule, 'id'>[] = [
  {
    name: 'Motoring press',
    enabled: true,
    when: is('source', 'paultan.org', 'wapcar.my'),
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    then: { channel: 'Press', source: 'Motoring press' },
  },
  {
    name: 'Raya offers on video',
    enabled: true,
    when: {
      and: [is('campaign', 'raya-2026'), { or: [is('source', 'youtube.com'), is('source', 'tiktok.com')] }],
    },
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    then: { channel: 'Creators', side: 'Social' },
  },
  {
    name: 'Old newsletter',
    enabled: false,
    when: { field: 'source', operator: 'contains', values: ['newsletter'] },
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    then: { channel: 'Email' },
  },
  {
    name: 'Dealers’ own pages',
    enabled: true,
    when: {
      or: [
        is('referrer_host', 'dealers.meridian-motors.com'),
        { and: [is('campaign', 'always-on'), { not: is('landing_path', '/owners/app') }] },
      ],
    },
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    then: { source: 'Dealers' },
  },
]

/** A site's rules in memory, and what they would move of the made-up hits. */
export function ruleStore(scenario: Scenario, cells: readonly Cell[], today: string) {
  let revision = scenario === 'empty' ? 0 : 1
  let lastId = 0
  let rules: Rule[] = (scenario === 'empty' ? [] : scenario === 'huge' ? many() : RULES).map((rule) => ({
    ...rule,
    id: ++lastId,
  }))
  const read = (input: unknown): { rules: RuleDraft[] } | Extract<Answer, { status: number }> => {
    const parsed = parseRules(input, 'rules')
    if (parsed.ok) return { rules: parsed.rules }
    const [first] = parsed.problems
    const detail = `The rules cannot be taken: ${first?.field}: ${first?.message}`
    return { status: 400, title: 'Bad Request', detail, errors: [...parsed.problems] }
  }
  return {
    list: () => ({ revision, rules }),
    compiled: (): SiteRules => compileRules(rules, revision),
    replace(body: string): Answer {
      const wanted = JSON.parse(body) as { revision: number; rules: unknown }
      const found = read(wanted.rules)
      if ('errors' in found) return found
      if (wanted.revision !== revision) {
        const detail = `Somebody else changed these rules meanwhile: they are at revision ${revision} now. Read them again.`
        return { status: 409, title: 'Conflict', detail, errors: [{ field: 'revision', message: detail }] }
      }
      rules = found.rules.map((rule) => ({ ...rule, id: rule.id ?? ++lastId }))
      revision += 1
      return { answer: { revision, rules } }
    },
    attempt(body: string): Answer {
      const found = read((JSON.parse(body) as { rules: unknown }).rules)
      return 'errors' in found ? found : { answer: trialOf(found.rules, cells, addDays(today, -29), today) }
    },
  }
}

const NOTHING: Counts = { arrivals: 0, clicks: 0 }
const plus = (one: Counts, other: Counts): Counts => ({
  arrivals: one.arrivals + other.arrivals,
  clicks: one.clicks + other.clicks,
})

function trialOf(drafts: readonly RuleDraft[], all: readonly Cell[], from: string, to: string): RuleTrial {
  const rules = drafts.map((rule, index) => ({ ...rule, id: index + 1 }))
  const compiled = compileRules(rules)
  const moves = new Map<string, Move>()
  const takes = rules.map(() => NOTHING)
  let total = NOTHING
  for (const cell of all) {
    if (cell.day < from || cell.day > to || cell.arrivals + cell.clicks === 0) continue
    total = plus(total, cell)
    const said = (name: string) => {
      const value = cell.dimensions[name] ?? ''
      return value.startsWith('(') ? '' : value
    }
    const before: Label = { channel: said('channel'), source: said('source') }
    const rule = compiled.first({
      ...before,
      medium: said('medium'),
      campaign: said('campaign'),
      platform: said('platform'),
      referrerHost: said('source'),
      landingPage: said('landing_page'),
      clickIdKinds: '',
      country: said('country'),
      link: said('link'),
    })
    if (rule === null) continue
    takes[rule.id - 1] = plus(takes[rule.id - 1] ?? NOTHING, cell)
    const { channel, source } = relabel({ ...before, side: 'Other', sideWithPaid: 'Other' }, rule.then)
    if (channel === before.channel && source === before.source) continue
    const key = JSON.stringify([before, channel, source, rule.id])
    const move = moves.get(key) ?? { from: before, to: { channel, source }, rule: rule.id - 1, ...NOTHING }
    moves.set(key, { ...move, ...plus(move, cell) })
  }
  const sorted = [...moves.values()].sort((a, b) => b.arrivals + b.clicks - a.arrivals - a.clicks)
  return {
    sentence: sentenceOf(
      sorted.map(({ from: before, to: after, arrivals, clicks }) => ({
        from_channel: before.channel,
        to_channel: after.channel,
        arrivals,
        clicks,
        rule: 0,
        moved: 1,
        labels: 1,
        largest: [],
      })),
    ),
    moves: sorted.slice(0, 500),
    totalMoves: sorted.length,
    totals: { all: total, moved: sorted.reduce<Counts>(plus, NOTHING) },
    rules: rules.map(({ name, enabled }, index) => ({ name, enabled, ...(takes[index] ?? NOTHING) })),
    meta: { timezone: 'Asia/Kuala_Lumpur', from, to },
  }
}

function many(): Omit<Rule, 'id'>[] {
  return Array.from({ length: 60 }, (_, index) => ({
    name: `Partner ${index + 1}${index % 4 === 0 ? ', the one whose name somebody wrote out in full together with the region' : ''}`,
    enabled: index % 7 !== 3,
    when: is(
      'referrer_host',
      ...Array.from(
        { length: 1 + (index % 9) },
        (_, at) => `a-rather-long-host-name-${at}.partner-${index}.example`,
      ),
    ),
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    then: { channel: index % 3 === 0 ? 'A channel of our own with quite a long name indeed' : 'Affiliates' },
  }))
}
