import { CHANNELS } from '../../../../server/domain/judged.ts'
import { parseRules } from '../../../../server/domain/rules/parse.ts'
import type { RuleProblem } from '../../../../server/domain/rules/problems.ts'
import type { Outcome, RuleDraft } from '../../../../server/domain/rules/rule.ts'
import { type ConditionForm, conditionOf, emptyTest, formOf } from './condition-form.ts'
import type { DraftRule } from './rule-draft.ts'

/** What the form of a rule holds. */
export interface RuleForm {
  name: string
  condition: ConditionForm
  /** Empty: the channel stays as the built-in rules found it. */
  channel: string
  /** Of a channel of the site's own. */
  side: NonNullable<Outcome['side']>
  source: string
}

export function emptyForm(): RuleForm {
  return { name: '', condition: { join: 'and', rows: [emptyTest()] }, channel: '', side: 'Other', source: '' }
}

export function formOfRule({ name, when, then }: RuleDraft): RuleForm {
  return {
    name,
    condition: formOf(when),
    channel: then.channel ?? '',
    side: then.side ?? 'Other',
    source: then.source ?? '',
  }
}

export function isBuiltIn(channel: string): boolean {
  return CHANNELS.some((name) => name.toLowerCase() === channel.trim().toLowerCase())
}

/** Whether the form names a channel of the site's own, which needs a side. */
export function isOwn(channel: string): boolean {
  return channel.trim() !== '' && !isBuiltIn(channel)
}

export type ReadRule = { ok: true; rule: DraftRule } | { ok: false; problems: readonly RuleProblem[] }

/**
 * The rule that the form stands for, read by the API's own rules among the others of the list. Problems of the rule
 * are named by its own fields (`when.values[0]`, `then.channel`), any other by its place in the list.
 */
export function readRule(form: RuleForm, before: DraftRule, rules: readonly DraftRule[]): ReadRule {
  const channel = form.channel.trim()
  const source = form.source.trim()
  const outcome = {
    ...(channel !== '' && { channel }),
    ...(source !== '' && { source }),
    ...(isOwn(channel) && form.side !== 'Other' && { side: form.side }),
  }
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  const draft = { ...before, name: form.name, when: conditionOf(form.condition), then: outcome }
  const known = rules.findIndex(({ key }) => key === before.key)
  const at = known < 0 ? rules.length : known
  const listed = [...rules.slice(0, at), draft, ...rules.slice(at + 1)]
  const parsed = parseRules(
    listed.map(({ key: _, ...rule }) => rule),
    'rules',
  )
  const read = parsed.ok ? parsed.rules[at] : undefined
  if (read !== undefined) return { ok: true, rule: { ...read, key: before.key } }
  const own = `rules[${at}].`
  const problems = parsed.ok ? [] : parsed.problems
  return {
    ok: false,
    problems: problems.map((one) => ({
      ...one,
      field: one.field.startsWith(own) ? one.field.slice(own.length) : one.field,
    })),
  }
}

/** What is wrong with a field or with a part of it; undefined where nothing is. */
export function problemAt(problems: readonly RuleProblem[], place: string): string | undefined {
  const found = problems.find(
    ({ field }) => field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`),
  )
  return found?.message
}
