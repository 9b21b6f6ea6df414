/**
 * Something that a site wants its visitors to do. Each hit that matches a goal is a conversion, whenever it came:
 * goals are looked for when a question is asked, so a new one knows the past.
 */
export interface Goal {
  /** Unique within the site, and never used again. */
  id: number
  /** Unique within the site, whatever the case. */
  name: string
  /** Id of the template that it was made from, null for none. */
  template: string | null
  match: GoalMatch
  value: GoalValue
  count: GoalCount
}

/** A goal as people write it; without an id it is a new one. */
export type GoalDraft = Omit<Goal, 'id'> & { id: number | null }

/** `any` is reached by any of its ways; `external` by a conversion that another system reports under the goal's name. */
export type GoalMatch = SingleMatch | { type: 'any'; of: SingleMatch[] } | { type: 'external' }

export type SingleMatch =
  /** A pageview. Patterns of pages are `parsePagePattern`'s. */
  | { type: 'page'; page: string }
  /** A goal call of the page, by its name; `props` must all hold. */
  | { type: 'event'; name: string; page?: string; props?: PropTest[] }
  /** What the page script sees by itself. Patterns of targets are `targetPattern`'s; without any, every one counts. */
  | { type: TargetType; target?: string; page?: string }

export const TARGET_TYPES = ['outbound', 'tel', 'mail', 'download', 'form'] as const
export type TargetType = (typeof TARGET_TYPES)[number]
export const MATCH_TYPES = ['page', 'event', ...TARGET_TYPES, 'any', 'external'] as const

/** A test of a property of an event. Values are OR-ed; letters are compared without case. `(none)` is absent. */
export interface PropTest {
  key: string
  operator: PropOperator
  values: string[]
}

export const PROP_OPERATORS = ['is', 'is_not', 'contains', 'matches'] as const
export type PropOperator = (typeof PROP_OPERATORS)[number]

/** What a conversion is worth: nothing, the same each time (in the site's currency), or what the event tells. */
export type GoalValue = { type: 'none' } | { type: 'fixed'; amount: number } | { type: 'event' }

/** `session`: the first of a session counts; `every`: each does. */
export const GOAL_COUNTS = ['session', 'every'] as const
export type GoalCount = (typeof GOAL_COUNTS)[number]

export const GOAL_LIMITS = {
  /** Goals of a site. */
  goals: 100,
  nameLength: 100,
  /** Ways of one goal. */
  ways: 10,
  props: 5,
  propKeyLength: 50,
  propValues: 20,
  propValueLength: 200,
  /** UTF-16 units of a whole list, written as JSON: its values still fit a request to a ClickHouse server. */
  listLength: 48 * 1024,
  /** What `Decimal(18, 4)` holds. */
  amount: 99_999_999_999_999,
} as const
