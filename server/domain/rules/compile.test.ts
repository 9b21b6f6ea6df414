import { describe, expect, test } from 'vitest'
import { RULE_CASES, ruleFacts, ruleOf } from '../../../test/support/rule-cases.ts'
import { compileRules, relabel } from './compile.ts'
import { clickIdKindsText, landingPath, referrerHost } from './facts.ts'
import { parseRules } from './parse.ts'
import type { Condition, Rule } from './rule.ts'

describe('a condition', () => {
  for (const { says, when, holds, fails } of RULE_CASES) {
    test(says, () => {
      expect(parseRules([ruleOf(when)], 'rules').ok).toBe(true)
      const { first } = compileRules([ruleOf(when)])
      expect(holds.filter((facts) => !first(ruleFacts(facts)))).toEqual([])
      expect(fails.filter((facts) => first(ruleFacts(facts)))).toEqual([])
    })
  }
})

const ANY: Condition = { field: 'source', operator: 'is_not', values: ['nothing is called so'] }
const label = { channel: 'Referral', side: 'Other', sideWithPaid: 'Other', source: 'a.example' } as const

test('the first enabled rule that holds is the one', () => {
  const never: Condition = { not: ANY }
  const rules = [
    ruleOf(ANY, { id: 1, enabled: false }),
    ruleOf(never, { id: 2 }),
    ruleOf(ANY, { id: 3 }),
    ruleOf(ANY, { id: 4 }),
  ]
  expect(compileRules(rules, 9).first(ruleFacts())?.id).toBe(3)
  expect(compileRules([]).first(ruleFacts())).toBeNull()
})

test('a rule changes what it names: a source alone moves a hit to no other channel', () => {
  expect(relabel(label, { source: 'Acme' })).toEqual({ ...label, source: 'Acme' })
  expect(relabel(label, { channel: 'Partners', source: 'Acme' })).toEqual({
    channel: 'Partners',
    side: 'Other',
    sideWithPaid: 'Other',
    source: 'Acme',
  })
})

test('a channel of the site’s own stands where its rule says, a built-in one where it always does', () => {
  const sides = (then: Rule['then']) => {
    const { side, sideWithPaid } = relabel(label, then)
    return [side, sideWithPaid]
  }
  expect(sides({ channel: 'Partners', side: 'Social' })).toEqual(['Social', 'Social'])
  expect(sides({ channel: 'Organic Search' })).toEqual(['Search', 'Search'])
  expect(sides({ channel: 'Paid Social' })).toEqual(['Other', 'Social'])
  expect(sides({ channel: 'Organic Video' })).toEqual(['Social', 'Social'])
  expect(relabel({ ...label, side: 'Social' }, { channel: 'Partners' }).side).toBe('Other')
})

test('facts of a hit are taken as the warehouse keeps them', () => {
  expect(referrerHost('https://user@M.Partner.example:8443/x?y')).toBe('m.partner.example')
  expect(referrerHost('android-app://com.Facebook.katana/')).toBe('com.facebook.katana')
  expect(referrerHost('direct')).toBe('')
  expect(clickIdKindsText(['gclid', 'ScCid'])).toBe('gclid sccid')
  expect([landingPath('a.example/x/y?z=/'), landingPath('a.example/'), landingPath('')]).toEqual([
    '/x/y',
    '/',
    '',
  ])
})
