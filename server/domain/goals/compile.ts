import type { EventType, HitKind } from '../hit.ts'
import type { JudgedHit } from '../judged.ts'
import { pagePattern, type TextPattern, targetPattern } from '../pages/page-pattern.ts'
import { type PreparedTest, prepareTest } from '../rules/prepare.ts'
import { foldSimply, wellFormed } from '../rules/simple-folding.ts'
import type { Goal, GoalMatch, PropTest, SingleMatch } from './goal.ts'

/**
 * One way to reach a goal, made ready. The predicate here and the warehouse's SQL are both made from this, so that
 * there is one place where a goal gets its meaning. All that is not null must hold.
 */
export interface PreparedWay {
  kind: HitKind
  /** Null for pageviews, which have none. */
  type: EventType | null
  name: string | null
  page: TextPattern | null
  target: TextPattern | null
  props: readonly { key: string; negated: boolean; test: PreparedTest }[]
}

/** What a goal asks of a hit. */
export type GoalFacts = Pick<JudgedHit, 'kind' | 'landingPage' | 'event'>

/** The ways to reach a goal that `parseGoals` let through; one is enough. */
export function prepareGoal({ name, match }: Pick<Goal, 'name' | 'match'>): readonly PreparedWay[] {
  if (match.type === 'external') return [{ ...NOTHING, kind: 'conversion', type: 'external', name }]
  return waysOf(match).map(prepareWay)
}

/** Whether a hit reaches a goal; by whom it was, and how often it counts, are other questions. */
export function goalMatcher(goal: Pick<Goal, 'name' | 'match'>): (hit: GoalFacts) => boolean {
  const ways = prepareGoal(goal)
  return (hit) => ways.some((way) => holds(way, hit))
}

const NOTHING = { name: null, page: null, target: null, props: [] } as const

function waysOf(match: Exclude<GoalMatch, { type: 'external' }>): readonly SingleMatch[] {
  return match.type === 'any' ? match.of : [match]
}

function prepareWay(match: SingleMatch): PreparedWay {
  const page = match.page === undefined ? null : pagePattern(match.page)
  if (match.type === 'page') return { ...NOTHING, kind: 'pageview', type: null, page }
  if (match.type === 'event') {
    const props = (match.props ?? []).map(prepareProp)
    return { kind: 'event', type: 'custom', name: match.name, page, target: null, props }
  }
  const target = match.target === undefined ? null : targetPattern(match.target)
  return { ...NOTHING, kind: 'event', type: match.type, page, target }
}

function prepareProp({ key, operator, values }: PropTest): PreparedWay['props'][number] {
  // Read as a rule reads a source: a text like any other, `(none)` where it is absent.
  return { key, negated: operator === 'is_not', test: prepareTest({ field: 'source', operator, values }, []) }
}

function holds(way: PreparedWay, { kind, landingPage, event }: GoalFacts): boolean {
  if (kind !== way.kind) return false
  if (way.type !== null && event?.type !== way.type) return false
  if (way.name !== null && event?.name !== way.name) return false
  if (way.page && !way.page.matches(landingPage)) return false
  if (way.target && !way.target.matches(event?.target ?? '')) return false
  return way.props.every(({ key, negated, test }) => {
    const props = event?.props ?? {}
    return propHolds(test, Object.hasOwn(props, key) ? (props[key] ?? '') : '') !== negated
  })
}

function propHolds(test: PreparedTest, kept: string): boolean {
  const text = wellFormed(kept)
  const folded = foldSimply(text)
  if (test.how === 'contains') return test.values.some((value) => folded.includes(value))
  if (test.how === 'matches')
    return (
      text !== '' && test.patterns.some(({ pattern, matches }) => matches(pattern.ignoreCase ? folded : text))
    )
  // A text like any other is never tested as a host or a list.
  return test.how === 'one_of' && test.values.includes(folded)
}
