import { expect, test } from 'vitest'
import { ruleOf } from '../../../test/support/rule-cases.ts'
import { type ParsedRules, parseRules } from './parse.ts'
import { type Condition, RULE_LIMITS } from './rule.ts'

const WHEN: Condition = { field: 'source', operator: 'is', values: ['acme'] }

function problems(parsed: ParsedRules): [string, string][] {
  return parsed.ok ? [] : parsed.problems.map(({ field, message }) => [field, message])
}
const fields = (...rules: unknown[]) => problems(parseRules(rules, 'rules')).map(([field]) => field)
const withTest = (test: unknown) => fields({ ...ruleOf(WHEN), when: test })
const withOutcome = (then: unknown) => fields({ ...ruleOf(WHEN), ...JSON.parse(JSON.stringify({ then })) })

test('a rule is read as it was written, with what was left out filled in', () => {
  const { id: _, enabled: __, ...written } = ruleOf(WHEN)
  expect(
    parseRules([{ ...written, name: ' Partners ' }, ruleOf(WHEN, { id: 3, enabled: false })], 'rules'),
  ).toEqual({
    ok: true,
    rules: [
      { ...ruleOf(WHEN), id: null, name: 'Partners' },
      { ...ruleOf(WHEN), id: 3, enabled: false },
    ],
  })
  expect(parseRules([], 'rules')).toEqual({ ok: true, rules: [] })
})

test('everything that is wrong is named by its place', () => {
  const parsed = parseRules(
    [
      ruleOf(WHEN),
      {
        name: '',
        when: { and: [{ field: 'source', operator: 'is', values: [1, 'x', ''] }, { or: [] }] },
      },
    ],
    'rules',
  )
  expect(problems(parsed)).toEqual([
    ['rules[1].name', 'Write a text here.'],
    ['rules[1].when.and[0].values[0]', 'A value is a text.'],
    ['rules[1].when.and[0].values[2]', 'An empty value finds nothing; what is absent is (none).'],
    ['rules[1].when.and[1].or', 'A group is a list of at least one condition.'],
    ['rules[1].then', 'Say what becomes of the hits: { channel, source }, or one of them.'],
  ])
  expect(problems(parseRules('x', 'rules')).map(([field]) => field)).toEqual(['rules'])
  expect(fields(null)).toEqual(['rules[0]'])
  expect(fields({ ...ruleOf(WHEN), id: 0, enabled: 1, more: 1 })).toEqual([
    'rules[0].more',
    'rules[0].id',
    'rules[0].enabled',
  ])
})

test('a test names a field, an operator and values that go together', () => {
  const values = ['x']
  expect(withTest({ field: 'nothing', operator: 'like', values })).toEqual([
    'rules[0].when.field',
    'rules[0].when.operator',
  ])
  expect(withTest({ field: 'source', operator: 'is' })).toEqual(['rules[0].when.values'])
  expect(withTest({ field: 'source', operator: 'is', values, value: 1 })).toEqual(['rules[0].when.value'])
  expect(withTest({ field: 'click_id_kind', operator: 'contains', values })).toEqual([
    'rules[0].when.operator',
  ])
  expect(withTest({ field: 'click_id_kind', operator: 'is', values })).toEqual(['rules[0].when.values[0]'])
  expect(withTest({ field: 'channel', operator: 'is', values: ['Partners'] })).toEqual([
    'rules[0].when.values[0]',
  ])
  expect(withTest({ field: 'referrer_host', operator: 'is', values: ['https://a.example/'] })).toEqual([
    'rules[0].when.values[0]',
  ])
  expect(withTest({ field: 'landing_path', operator: 'is', values: ['dealers'] })).toEqual([
    'rules[0].when.values[0]',
  ])
  expect(withTest({ field: 'source', operator: 'is', values: ['a\u0000'] })).toEqual([
    'rules[0].when.values[0]',
  ])
  expect(withTest({ not: WHEN, and: [WHEN] })).toEqual(['rules[0].when'])
})

test('a pattern that cannot be used says why', () => {
  const parsed = parseRules(
    [ruleOf({ field: 'source', operator: 'matches', values: ['ok', '(?=x)'] })],
    'rules',
  )
  expect(problems(parsed)).toEqual([
    [
      'rules[0].when.values[1]',
      'This pattern cannot be used: of groups with (? only (?:…) is taken, and (?i) at the very beginning (at character 1).',
    ],
  ])
})

test('an outcome names a channel, a source, or both; a side goes with a channel of the site’s own', () => {
  expect(withOutcome({})).toEqual(['rules[0].then'])
  expect(withOutcome({ channel: 'Partners', side: 'Social', source: 'x' })).toEqual([])
  expect(withOutcome({ source: 'x', side: 'Social' })).toEqual(['rules[0].then.side'])
  expect(withOutcome({ channel: 'Referral', side: 'Social' })).toEqual(['rules[0].then.side'])
  expect(withOutcome({ channel: 'Partners', side: 'Both' })).toEqual(['rules[0].then.side'])
  expect(withOutcome({ channel: 'organic search' })).toEqual(['rules[0].then.channel'])
  expect(withOutcome({ channel: 'A, B' })).toEqual(['rules[0].then.channel'])
  expect(withOutcome({ channel: '(none)' })).toEqual(['rules[0].then.channel'])
  expect(withOutcome({ medium: 'x', source: 'y' })).toEqual(['rules[0].then.medium'])
})

test('one channel is written one way, and a rule stands in a list once', () => {
  expect(fields(ruleOf(WHEN), ruleOf(WHEN))).toEqual(['rules[1].id'])
  const other = { ...ruleOf(WHEN, { id: 2 }), ...JSON.parse('{"then":{"channel":"partners"}}') }
  expect(fields(ruleOf(WHEN), other)).toEqual(['rules[1].then.channel'])
})

test('lists, groups, values and texts have limits', () => {
  const nested = (depth: number): unknown => (depth === 1 ? WHEN : { not: nested(depth - 1) })
  expect(withTest(nested(8))).toEqual([])
  expect(withTest(nested(9))).toEqual([`rules[0].when${'.not'.repeat(8)}`])
  expect(withTest(nested(5000))).toHaveLength(1)
  expect(withTest({ ...WHEN, values: Array(201).fill('x') })).toEqual(['rules[0].when.values'])
  expect(withTest({ ...WHEN, values: ['x'.repeat(513)] })).toEqual(['rules[0].when.values[0]'])
  const { id: _, ...draft } = ruleOf(WHEN)
  expect(fields(...Array(RULE_LIMITS.rules).fill(draft))).toEqual([])
  expect(fields(...Array(RULE_LIMITS.rules + 1).fill(draft))).toEqual(['rules'])
  const many = { ...draft, when: { or: Array(RULE_LIMITS.tests).fill(WHEN) } }
  expect(fields(many)).toEqual([])
  expect(fields(many, draft, draft)).toEqual(['rules[1].when'])
})
