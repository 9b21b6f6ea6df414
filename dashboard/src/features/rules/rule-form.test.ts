import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../../server/domain/rules/rule.ts'
import { anyRules } from '../../../../test/support/rule-arbitraries.ts'
import { type ConditionForm, conditionOf, emptyTest, formOf, groupOf, placesOf } from './condition-form.ts'
import type { DraftRule } from './rule-draft.ts'
import { emptyForm, formOfRule, problemAt, type RuleForm, readRule } from './rule-form.ts'

const test = (...values: string[]): Condition => ({ field: 'source', operator: 'is', values })
const blank: DraftRule = {
  key: 'new-1',
  id: null,
  name: '',
  enabled: true,
  when: test('a'),
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  then: {},
}
const filled = (change: Partial<RuleForm> = {}): RuleForm => ({
  ...emptyForm(),
  name: 'Partners',
  channel: 'Partners',
  condition: formOf(test('partner.example')),
  ...change,
})
const problems = (form: RuleForm, rules: DraftRule[] = []) => {
  const read = readRule(form, blank, rules)
  return read.ok ? [] : read.problems
}

describe('the form of a condition', () => {
  it('gives back whatever condition the API holds', () => {
    // A group of one says what its part says: the form writes the part.
    const bare = (condition: Condition): Condition => {
      const parts = groupOf(condition)?.parts
      return parts?.length === 1 && parts[0] !== undefined ? parts[0] : condition
    }
    fc.assert(
      fc.property(anyRules, (rules) => {
        for (const { when } of rules) expect(conditionOf(formOf(when))).toEqual(bare(when))
      }),
    )
  })

  it('shows tests and one level of groups, and keeps what is deeper as it is', () => {
    const deep: Condition = { and: [test('a'), { or: [test('b')] }] }
    const form = formOf({ or: [test('a'), { and: [test('b'), test('c')] }, { not: test('d') }, deep] })
    expect(form.join).toBe('or')
    expect(form.rows.map(({ kind }) => kind)).toEqual(['test', 'group', 'fixed', 'fixed'])
    expect(formOf({ not: test('a') }).rows.map(({ kind }) => kind)).toEqual(['fixed'])
  })

  it('knows where the API finds each of its parts', () => {
    const form = formOf({ or: [test('a'), { and: [test('b'), test('c')] }] })
    expect([...placesOf(form, 'when').values()]).toEqual([
      'when.or[0]',
      'when.or[1]',
      'when.or[1].and[0]',
      'when.or[1].and[1]',
    ])
    expect([...placesOf(formOf({ and: [test('a'), test('b')] }), 'when').values()][1]).toBe('when.and[1]')
    expect([...placesOf(formOf(test('a')), 'when').values()]).toEqual(['when'])
  })
})

describe('the form of a rule', () => {
  it('reads as the API reads it, and comes back', () => {
    const read = readRule(filled({ side: 'Social', source: ' Partner ' }), blank, [])
    expect(read).toEqual({
      ok: true,
      rule: {
        ...blank,
        name: 'Partners',
        when: test('partner.example'),
        // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
        then: { channel: 'Partners', source: 'Partner', side: 'Social' },
      },
    })
    if (!read.ok) throw new Error('it can be read')
    expect(readRule(formOfRule(read.rule), read.rule, [read.rule])).toEqual(read)
  })

  it('gives a built-in channel no side', () => {
    const read = readRule(filled({ channel: 'Email', side: 'Search' }), blank, [])
    expect(read.ok && read.rule.then).toEqual({ channel: 'Email' })
  })

  it('names what is wrong by the field that it stands in', () => {
    const rows = [
      { ...emptyTest(), field: 'landing_path' as const, values: ['', 'test-drive', ''] },
      { ...emptyTest(), values: ['not a host'] },
    ]
    const condition: ConditionForm = { join: 'and', rows }
    const found = problems({ ...emptyForm(), condition })
    const places = placesOf(condition, 'when')
    expect(problemAt(found, 'name')).toBe('Write a text here.')
    expect(problemAt(found, 'then')).toBe('A rule names a channel, a source, or both.')
    expect(problemAt(found, places.get(rows[0]?.key ?? '') ?? '')).toContain('A path begins with a slash')
    expect(problemAt(found, places.get(rows[1]?.key ?? '') ?? '')).toContain('is not a host name')
    expect(problemAt(found, 'enabled')).toBeUndefined()
  })

  it('says how to write what is absent where no value is given', () => {
    expect(
      problemAt(problems({ ...filled(), condition: { join: 'and', rows: [emptyTest()] } }), 'when'),
    ).toContain('(none)')
  })

  it('sees the other rules of the list', () => {
    // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
    const other = { ...blank, key: '7', id: 7, name: 'other', then: { channel: 'partners' } }
    expect(problemAt(problems(filled(), [other]), 'then.channel')).toContain('"partners"')
  })
})
