import type { Rule, RuleDraft } from '../../../../server/domain/rules/rule.ts'
import type { RuleList } from '../../shared/api/rules.ts'

/** A rule of a list that is being changed, saved or not. */
export interface DraftRule extends RuleDraft {
  /** Tells it from the others: its id, or a name for a rule that was never saved. */
  key: string
}

/** A list that is being changed, and the saved one that it is based on. */
export interface Draft {
  base: RuleList
  rules: DraftRule[]
}

let made = 0

/** A key for a rule that was never saved. */
export function newKey(): string {
  made += 1
  return `new-${made}`
}

export function draftOf(list: RuleList): Draft {
  return { base: list, rules: list.rules.map((rule) => ({ ...rule, key: String(rule.id) })) }
}

/** The rules as the API takes them. */
export function sent(rules: readonly DraftRule[]): RuleDraft[] {
  return rules.map(({ id, name, enabled, when, then }) => ({ id, name, enabled, when, then }))
}

/** What a list does to hits, as one text: two lists with the same do the same, whatever their rules' ids. */
export function meaning(rules: readonly RuleDraft[]): string {
  return JSON.stringify(rules.map(({ name, enabled, when, then }) => [name, enabled, when, then]))
}

function sameRule(one: RuleDraft, other: RuleDraft): boolean {
  return meaning([one]) === meaning([other])
}

/** Puts a rule in its place, or behind all others where it is new. */
export function put(rules: readonly DraftRule[], rule: DraftRule): DraftRule[] {
  return rules.some(({ key }) => key === rule.key)
    ? rules.map((one) => (one.key === rule.key ? rule : one))
    : [...rules, rule]
}

/** Moves a rule by one place; the list as it is where it stands at the end already. */
export function move(rules: readonly DraftRule[], key: string, by: -1 | 1): DraftRule[] {
  const from = rules.findIndex((rule) => rule.key === key)
  const rule = rules[from]
  const to = from + by
  if (rule === undefined || to < 0 || to >= rules.length) return [...rules]
  return rules.toSpliced(from, 1).toSpliced(to, 0, rule)
}

/** How a list differs from the saved one. */
export interface Changes {
  added: number
  changed: number
  removed: number
  /** Rules that both have stand in another order. */
  reordered: boolean
  any: boolean
}

export function changesOf({ base, rules }: Draft): Changes {
  const before = new Map(base.rules.map((rule) => [rule.id, rule]))
  const kept = rules.flatMap((rule) => {
    const old = rule.id === null ? undefined : before.get(rule.id)
    return old === undefined ? [] : [{ rule, old }]
  })
  const added = rules.length - kept.length
  const changed = kept.filter(({ rule, old }) => !sameRule(rule, old)).length
  const removed = base.rules.length - kept.length
  const ids = kept.map(({ old }) => old.id)
  const reordered = !sameOrder(
    ids,
    base.rules.map(({ id }) => id).filter((id) => ids.includes(id)),
  )
  return { added, changed, removed, reordered, any: added + changed + removed > 0 || reordered }
}

/** What is not saved yet, in words: `1 rule added, 2 changed, the order changed`. */
export function changesText({ added, changed, removed, reordered }: Changes): string {
  const counted: [number, string][] = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'deleted'],
  ]
  const parts = counted
    .filter(([many]) => many > 0)
    .map(([many, what], index) =>
      index > 0 ? `${many} ${what}` : `${many} ${many === 1 ? 'rule' : 'rules'} ${what}`,
    )
  return [...parts, ...(reordered ? ['the order changed'] : [])].join(', ')
}

/**
 * Brings changes onto a list that somebody else has changed meanwhile, rule by rule: what we changed, made or deleted
 * stays so, everything else is theirs. A rule that we changed and they deleted becomes a new one. The order is ours
 * unless they changed it.
 */
export function rebase({ base, rules: ours }: Draft, theirs: RuleList): Draft {
  const before = new Map(base.rules.map((rule) => [rule.id, rule]))
  const theirIds = new Set(theirs.rules.map(({ id }) => id))
  const isOurs = (rule: DraftRule) => {
    const old = rule.id === null ? undefined : before.get(rule.id)
    return old === undefined || !sameRule(rule, old)
  }
  const ourChanges = new Map(
    ours.filter(isOurs).map((rule) => {
      const gone = rule.id !== null && !theirIds.has(rule.id)
      return [rule.key, gone ? { ...rule, id: null, key: newKey() } : rule]
    }),
  )
  const deleted = new Set(
    base.rules.map(({ id }) => String(id)).filter((key) => !ours.some((rule) => rule.key === key)),
  )
  const theirList = draftOf(theirs).rules.filter(({ key }) => !deleted.has(key))
  const ourList = ours.filter(
    (rule) => ourChanges.has(rule.key) || theirList.some(({ key }) => key === rule.key),
  )
  const theyReordered = !sameOrder(
    theirs.rules.map(({ id }) => id).filter((id) => before.has(id)),
    base.rules.map(({ id }) => id).filter((id) => theirIds.has(id)),
  )
  const merged = theyReordered ? woven(theirList, ourList) : woven(ourList, theirList)
  const theirRules = new Map(theirList.map((rule) => [rule.key, rule]))
  return {
    base: theirs,
    rules: merged.map((rule) => ourChanges.get(rule.key) ?? theirRules.get(rule.key) ?? rule),
  }
}

/** A list with what only the other one has, each behind the rule that it stands behind there. */
function woven(list: readonly DraftRule[], other: readonly DraftRule[]): DraftRule[] {
  const found = [...list]
  let last = -1
  for (const rule of other) {
    const at = found.findIndex(({ key }) => key === rule.key)
    if (at >= 0) last = at
    else {
      last += 1
      found.splice(last, 0, rule)
    }
  }
  return found
}

function sameOrder(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}

/** The channels of a site's own that rules name, each once. */
export function ownChannels(rules: readonly Pick<Rule, 'then'>[], builtIn: readonly string[]): string[] {
  const named = rules.flatMap(({ then: { channel } }) => channel ?? [])
  return [...new Set(named)].filter((channel) => !builtIn.includes(channel))
}
