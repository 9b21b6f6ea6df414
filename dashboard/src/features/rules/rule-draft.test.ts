import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rule } from '../../../../server/domain/rules/rule.ts'
import {
  changesOf,
  changesText,
  type Draft,
  type DraftRule,
  draftOf,
  meaning,
  move,
  put,
  rebase,
  sent,
} from './rule-draft.ts'

const rule = (id: number, name = `rule ${id}`): Rule => ({
  id,
  name,
  enabled: true,
  when: { field: 'source', operator: 'is', values: [name] },
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  then: { channel: 'Partners' },
})
const list = (revision: number, ...rules: Rule[]) => ({ revision, rules })
const fresh = (key: string): DraftRule => ({ ...rule(1, key), id: null, key })
const names = ({ rules }: Draft) => rules.map(({ name }) => name)
const without = (draft: Draft, id: number): Draft => ({
  ...draft,
  rules: draft.rules.filter((one) => one.id !== id),
})

describe('a list that is being changed', () => {
  const base = draftOf(list(3, rule(1), rule(2), rule(3)))

  it('knows what differs from the saved one', () => {
    expect(changesOf(base)).toMatchObject({ any: false })
    const edited = put(put(base.rules, { ...base.rules[0], name: 'other' } as DraftRule), fresh('new'))
    const changes = changesOf(without({ ...base, rules: edited }, 3))
    expect(changes).toEqual({ added: 1, changed: 1, removed: 1, reordered: false, any: true })
    expect(changesText(changes)).toBe('1 rule added, 1 changed, 1 deleted')
    expect(changesText(changesOf({ ...base, rules: move(base.rules, '3', -1) }))).toBe('the order changed')
    expect(changesText(changesOf({ ...base, rules: [] }))).toBe('3 rules deleted')
  })

  it('is sent without what only this page knows', () => {
    expect(sent(base.rules)).toEqual([rule(1), rule(2), rule(3)])
  })

  it('moves a rule by one place and never beyond an end', () => {
    expect(move(base.rules, '3', -1).map(({ id }) => id)).toEqual([1, 3, 2])
    expect(move(base.rules, '1', -1)).toEqual(base.rules)
    expect(move(base.rules, '3', 1)).toEqual(base.rules)
    expect(move(base.rules, 'unknown', 1)).toEqual(base.rules)
  })
})

describe('changes brought onto a list that somebody else changed', () => {
  const base = draftOf(list(3, rule(1), rule(2), rule(3)))

  it('keep what each did to rules of their own', () => {
    const ours = {
      ...base,
      rules: put(put(base.rules, { ...rule(2, 'ours'), key: '2' }), fresh('made by us')),
    }
    const merged = rebase(ours, list(4, rule(1, 'theirs'), rule(2), rule(3), rule(4, 'made by them')))
    expect(names(merged)).toEqual(['theirs', 'ours', 'rule 3', 'made by them', 'made by us'])
    expect(merged.base.revision).toBe(4)
    expect(changesOf(merged)).toMatchObject({ added: 1, changed: 1, removed: 0 })
  })

  it('keep our order unless they changed theirs', () => {
    const ours = { ...base, rules: move(base.rules, '3', -1) }
    expect(names(rebase(ours, list(4, rule(1), rule(2, 'x'), rule(3))))).toEqual(['rule 1', 'rule 3', 'x'])
    expect(names(rebase(ours, list(4, rule(2), rule(1), rule(3))))).toEqual(['rule 2', 'rule 1', 'rule 3'])
  })

  it('put a new rule of theirs where they put it', () => {
    const ours = { ...base, rules: put(base.rules, fresh('ours')) }
    const merged = rebase(ours, list(4, rule(1), rule(4, 'theirs'), rule(2), rule(3)))
    expect(names(merged)).toEqual(['rule 1', 'theirs', 'rule 2', 'rule 3', 'ours'])
  })

  it('delete what either deleted, but nothing that was changed', () => {
    const ours = without({ ...base, rules: put(base.rules, { ...rule(2, 'ours'), key: '2' }) }, 1)
    const merged = rebase(ours, list(4, rule(1)))
    expect(names(merged)).toEqual(['ours'])
    expect(merged.rules[0]?.id).toBeNull()
  })

  it('are nothing where we changed nothing, whatever they did', () => {
    const lists = fc.uniqueArray(fc.nat(6), { maxLength: 6 }).map((ids) => ids.map((id) => rule(id + 1)))
    const named = fc
      .tuple(lists, fc.array(fc.boolean(), { maxLength: 6 }))
      .map(([rules, marks]) => rules.map((one, at) => (marks[at] ? { ...one, name: 'changed' } : one)))
    fc.assert(
      fc.property(lists, named, (before, after) => {
        const merged = rebase(draftOf(list(1, ...before)), list(2, ...after))
        expect(meaning(merged.rules)).toBe(meaning(after))
        expect(changesOf(merged).any).toBe(false)
      }),
    )
  })

  it('are all that differs from their list afterwards', () => {
    const ids = fc.uniqueArray(fc.nat(5), { maxLength: 5 }).map((all) => all.map((id) => id + 1))
    fc.assert(
      fc.property(ids, ids, ids, (before, ourIds, theirIds) => {
        const start = draftOf(list(1, ...before.map((id) => rule(id))))
        const mine = ourIds.map(
          (id): DraftRule =>
            before.includes(id) ? { ...rule(id), key: String(id) } : { ...fresh(`new ${id}`) },
        )
        const theirs = list(2, ...theirIds.map((id) => rule(before.includes(id) ? id : id + 100)))
        const merged = rebase({ ...start, rules: mine }, theirs)
        const keys = merged.rules.map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
        const expected = [
          ...theirs.rules
            .map(({ id }) => String(id))
            .filter((key) => !before.includes(Number(key)) || ourIds.includes(Number(key))),
          ...mine.filter(({ id }) => id === null).map(({ key }) => key),
        ]
        expect(new Set(keys)).toEqual(new Set(expected))
      }),
    )
  })
})
