import type { Side } from '../judged.ts'

/**
 * A rule of a site's own. Rules stand in an order; the first enabled one whose condition holds relabels a hit, and no
 * later one looks at it. Rules come before everything that the built-in rules say, and may test what those say.
 */
export interface Rule {
  /** Unique within the site and never used again: judged hits name the rule that decided as `site:<id>`. */
  id: number
  name: string
  enabled: boolean
  when: Condition
  then: Outcome
}

/** A rule as people write it; without an id it is a new one. */
export type RuleDraft = Omit<Rule, 'id'> & { id: number | null }

/**
 * What a rule says of the hits it takes; at least one of `channel` and `source`. What it does not name stays as the
 * built-in rules found it: a source by itself renames where the visit came from and moves it to no other channel.
 */
export interface Outcome {
  /** A built-in channel, which keeps its sides, or a name of the site's own. */
  channel?: string
  source?: string
  /** The side of a channel of the site's own, with paid channels or without; Other where it is left out. */
  side?: Side
}

/** Tests, joined by groups. */
export type Condition = Test | { and: Condition[] } | { or: Condition[] } | { not: Condition }

/** Values are OR-ed. `is`, `is_not` and `contains` ignore case; `matches` does after a leading `(?i)`. */
export interface Test {
  field: RuleField
  operator: RuleOperator
  values: string[]
}

export const RULE_OPERATORS = ['is', 'is_not', 'contains', 'matches'] as const
export type RuleOperator = (typeof RULE_OPERATORS)[number]

/**
 * What a rule may test. Channel, source, medium, campaign and platform are read as the built-in rules read them, so
 * that what a report shows can be written into a rule; the rest is as the hit says.
 */
export const RULE_FIELDS = [
  'channel',
  'source',
  'medium',
  'campaign',
  'platform',
  'referrer_host',
  'landing_path',
  'click_id_kind',
  'country',
  'link',
] as const
export type RuleField = (typeof RULE_FIELDS)[number]

/** Fields whose values come from closed lists: a part of one, or a pattern, would say nothing. */
export const CLOSED_FIELDS: ReadonlySet<RuleField> = new Set(['channel', 'click_id_kind'])

/** How a value that a hit does not have is written in a test, as reports show it. */
export const ABSENT = { default: '(none)', country: '(unknown)' } as const

export function absentValue(field: RuleField): string {
  return field === 'country' ? ABSENT.country : ABSENT.default
}

export const RULE_LIMITS = {
  /** Rules of a site. */
  rules: 100,
  /** Tests of all rules together: each is looked at for each hit, 0.1 µs apiece. */
  tests: 500,
  /** A test that stands in `when` itself has depth 1; each group around it adds one. */
  depth: 8,
  /** Values of one test; the engine searches for at most 255 texts at once. */
  values: 200,
  patterns: 20,
  /** UTF-16 units of one value. */
  valueLength: 512,
  patternLength: 256,
  nameLength: 100,
  channelLength: 60,
  sourceLength: 100,
} as const
