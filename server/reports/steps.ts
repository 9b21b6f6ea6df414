import type { Goal } from '../domain/goals/goal.ts'
import type { GoalWriter } from './goal-sql.ts'
import type { Parameters } from './parameters.ts'
import { STANDARD_DEFAULTS } from './registry/hit-metrics.ts'

/** Something that a person may do on the way: follow a link, see a page, reach a goal. */
export type Step =
  /** A click that a redirect answered; of any link, or of these (`domain/slug`). */
  | { kind: 'click'; links?: readonly string[] }
  /** A pageview of a page by a pattern that `parsePagePattern` gave. */
  | { kind: 'page'; page: string }
  | { kind: 'goal'; goal: Pick<Goal, 'name' | 'match'> }

/**
 * The condition that a row of `hits` is a person's and makes a step; every value is bound. It does not look at what a
 * goal's `count` says, nor at whether a prefetched click landed.
 *
 * @example
 * const parameters = new Parameters()
 * const goals = new GoalWriter(parameters)
 * stepCondition({ kind: 'page', page: '/dealers/**' }, { parameters, goals })
 */
export function stepCondition(
  step: Step,
  { parameters, goals }: { parameters: Parameters; goals: GoalWriter },
): string {
  return `(${STANDARD_DEFAULTS.people} AND ${condition(step, parameters, goals)})`
}

function condition(step: Step, parameters: Parameters, goals: GoalWriter): string {
  switch (step.kind) {
    case 'click': {
      const links = step.links ? ` AND link IN ${parameters.bind('Array(String)', step.links)}` : ''
      return `kind = 'click' AND ${STANDARD_DEFAULTS.redirected}${links}`
    }
    case 'page':
      return `kind = 'pageview' AND ${goals.page('landing_page', step.page)}`
    case 'goal':
      return goals.goal(step.goal)
  }
}
