import { sideOf, sideWithPaidOf } from '../channels/sides.ts'
import { CHANNELS, type Side } from '../judged.ts'
import { remember } from '../remember.ts'
import { type RuleFacts, TEXT_OF } from './facts.ts'
import { type PreparedCondition, type PreparedTest, prepare } from './prepare.ts'
import type { Outcome, Rule } from './rule.ts'
import { foldSimply, wellFormed } from './simple-folding.ts'

/** A site's rules, ready to be asked about hits. */
export interface SiteRules {
  /** The revision of the list they were made from; 0 where a site never had rules. */
  revision: number
  /** The first enabled rule whose condition holds. */
  first(facts: RuleFacts): Rule | null
}

/** What a rule may change of a hit's label. */
export interface RuledLabel {
  channel: string
  side: Side
  sideWithPaid: Side
  source: string
}

export const NO_RULES: SiteRules = { revision: 0, first: () => null }

/** Texts remembered for each test that costs more than a look-up. */
const CACHE_SIZE = 500

type Holds = (facts: RuleFacts) => boolean

/** Makes rules that `parseRules` let through ready, in their order. The same facts always get the same rule. */
export function compileRules(rules: readonly Rule[], revision = 0): SiteRules {
  const enabled = rules
    .filter((rule) => rule.enabled)
    .map((rule) => ({ rule, holds: holdsOf(prepare(rule.when)) }))
  return {
    revision,
    first(facts) {
      for (const { rule, holds } of enabled) if (holds(facts)) return rule
      return null
    },
  }
}

/** A label as a rule's outcome makes it; what the rule does not name stays. */
export function relabel(label: RuledLabel, { channel, source, side }: Outcome): RuledLabel {
  return {
    channel: label.channel,
    side: label.side,
    sideWithPaid: label.sideWithPaid,
    source: label.source,
    ...(channel !== undefined && { channel, ...sidesOf(channel, side) }),
    ...(source !== undefined && { source }),
  }
}

/** How judged hits and explanations name the rule that decided. */
export function ruleName({ id }: Rule): string {
  return `site:${id}`
}

/** A channel of the site's own stands where its rule says; a built-in one stands where it always does. */
function sidesOf(channel: string, side: Side | undefined): { side: Side; sideWithPaid: Side } {
  const builtIn = CHANNELS.find((name) => name === channel)
  if (builtIn === undefined) return { side: side ?? 'Other', sideWithPaid: side ?? 'Other' }
  // Organic Video by a rule is what its owner calls social video.
  return { side: sideOf(builtIn, 'video'), sideWithPaid: sideWithPaidOf(builtIn, 'video') }
}

function holdsOf(condition: PreparedCondition): Holds {
  if (condition.kind === 'not') {
    const holds = holdsOf(condition.part)
    return (facts) => !holds(facts)
  }
  if (condition.kind === 'group') {
    const parts = condition.parts.map(holdsOf)
    return condition.operator === 'and'
      ? (facts) => parts.every((holds) => holds(facts))
      : (facts) => parts.some((holds) => holds(facts))
  }
  const { field, test } = condition
  if (field === 'click_id_kind') {
    const any = anyOf(test)
    return (facts) => any(facts.clickIdKinds)
  }
  const textOf = TEXT_OF[field]
  const holds = textHolds(test)
  return (facts) => holds(wellFormed(textOf(facts)))
}

function textHolds(test: PreparedTest): (text: string) => boolean {
  switch (test.how) {
    case 'one_of': {
      const values = new Set(test.values)
      return (text) => values.has(foldSimply(text))
    }
    case 'host': {
      const { hosts, absent } = test
      return (text) =>
        text === '' ? absent : hosts.some((host) => text === host || text.endsWith(`.${host}`))
    }
    case 'contains':
      return remember(CACHE_SIZE, (text) => {
        const folded = foldSimply(text)
        return test.values.some((value) => folded.includes(value))
      })
    case 'matches':
      return remember(CACHE_SIZE, (text) => {
        if (text === '') return false
        return test.patterns.some(({ pattern, matches }) =>
          matches(pattern.ignoreCase ? foldSimply(text) : text),
        )
      })
    case 'any_of':
      return anyOf(test)
  }
}

/** Of a list between spaces. */
function anyOf(test: PreparedTest): (list: string) => boolean {
  if (test.how !== 'any_of') throw new TypeError('a list is tested by its members')
  const values = new Set(test.values)
  return (list) => (list === '' ? test.absent : list.split(' ').some((kind) => values.has(kind)))
}
