import { sideOf, sideWithPaidOf } from '../channels/sides.ts'
import { CHANNELS, type Side } from '../judged.ts'
import { remember } from '../remember.ts'
import { type RuleFacts, TEXT_OF } from './facts.ts'
import { type PreparedCondition, type PreparedTest, prepare } from './prepare.ts'
import type { Outcome, Rule, RuleField } from './rule.ts'
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

/** Texts remembered for each field: as many as pages of a site are, since landing paths vary most. */
const CACHE_SIZE = 20_000

/** Which tests of each field hold for a hit, by their place in the field's list. */
type Outcomes = Record<RuleField, Uint8Array>
type Holds = (outcomes: Outcomes) => boolean

/** Makes rules that `parseRules` let through ready, in their order. The same facts always get the same rule. */
export function compileRules(rules: readonly Rule[], revision = 0): SiteRules {
  const tests = new Map<RuleField, PreparedTest[]>()
  const enabled = rules
    .filter((rule) => rule.enabled)
    .map((rule) => ({ rule, holds: holdsOf(prepare(rule.when), tests) }))
  // All tests of a field at once and remembered by its text: a hit then costs a look-up a field, however many rules.
  const fields = [...tests].map(([field, ofField]) => ({
    field,
    outcomes: remember(CACHE_SIZE, (text) => outcomesOf(ofField, text)),
  }))
  return {
    revision,
    first(facts) {
      const outcomes = {} as Outcomes
      for (const one of fields) outcomes[one.field] = one.outcomes(TEXT_OF[one.field](facts))
      for (const { rule, holds } of enabled) if (holds(outcomes)) return rule
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

/** Adds a condition's tests to those of their fields; the condition then only looks up what came of them. */
function holdsOf(condition: PreparedCondition, tests: Map<RuleField, PreparedTest[]>): Holds {
  if (condition.kind === 'not') {
    const holds = holdsOf(condition.part, tests)
    return (outcomes) => !holds(outcomes)
  }
  if (condition.kind === 'group') {
    const parts = condition.parts.map((part) => holdsOf(part, tests))
    return condition.operator === 'and'
      ? (outcomes) => parts.every((holds) => holds(outcomes))
      : (outcomes) => parts.some((holds) => holds(outcomes))
  }
  const { field, test } = condition
  const ofField = tests.get(field) ?? []
  tests.set(field, ofField)
  const index = ofField.push(test) - 1
  return (outcomes) => outcomes[field][index] === 1
}

function outcomesOf(tests: readonly PreparedTest[], kept: string): Uint8Array {
  const text = wellFormed(kept)
  const folded = foldSimply(text)
  return Uint8Array.from(tests, (test) => (testHolds(test, text, folded) ? 1 : 0))
}

function testHolds(test: PreparedTest, text: string, folded: string): boolean {
  switch (test.how) {
    case 'one_of':
      return test.values.includes(folded)
    case 'host':
      return text === '' ? test.absent : test.hosts.some((host) => text === host || text.endsWith(`.${host}`))
    case 'any_of':
      return text === '' ? test.absent : text.split(' ').some((kind) => test.values.includes(kind))
    case 'contains':
      return test.values.some((value) => folded.includes(value))
    case 'matches':
      return (
        text !== '' &&
        test.patterns.some(({ pattern, matches }) => matches(pattern.ignoreCase ? folded : text))
      )
  }
}
