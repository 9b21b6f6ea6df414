import { GoalWriter } from '../goal-sql.ts'
import { Parameters } from '../parameters.ts'
import { names } from '../question.ts'
import type { SqlScope } from '../registry/dimensions.ts'
import { STANDARD_DEFAULTS } from '../registry/hit-metrics.ts'
import type { Terms } from '../registry/metric.ts'
import { hostSql } from './hosts.ts'
import type { PeriodPlan, Plan } from './plan.ts'

const LANDED_PREFETCH = "(traffic = 'prefetch' AND kind = 'click' AND landed_key != 0)"
/** Clocks of two edges may differ: a landing is never before its click. */
const SECONDS_TO_LAND = "greatest(0, dateDiff('millisecond', time, landed_at)) / 1000"

/** What one statement is written with. */
export interface Writing {
  plan: Plan
  parameters: Parameters
  goals: GoalWriter
}

export function writing(plan: Plan): Writing {
  const parameters = new Parameters()
  return { plan, parameters, goals: new GoalWriter(parameters) }
}

/** What dimensions are written with, over the rows of a period. */
export function scopeOf({ plan, parameters, goals }: Writing, period: PeriodPlan): SqlScope {
  const { sides, site } = plan
  return { parameters, goals, sides, traffic: trafficSql(period), pageKinds: site.pageKinds }
}

/** What figures of hits are written with, over the rows of a period. */
export function termsOf({ plan, parameters }: Writing, period: PeriodPlan): Terms {
  const { question } = plan
  const { people } = STANDARD_DEFAULTS
  const person = period.landings ? `(${people} OR ${LANDED_PREFETCH})` : people
  return {
    person,
    people: names(question, 'traffic') ? '1' : person,
    redirected: names(question, 'outcome') ? '1' : STANDARD_DEFAULTS.redirected,
    visitor: period.landings ? "if(kind = 'click' AND landed_by != '', landed_by, visitor)" : 'visitor',
    landed: period.landings ? 'landed_key != 0' : '0',
    secondsToLand: period.landings ? SECONDS_TO_LAND : '0',
    broughtAnother: period.landings
      ? "(landing = 'verified' AND landed_key != 0 AND landed_by != visitor)"
      : '0',
    visible: period.pages
      ? `click_key != 0 AND ${hostSql('landing_page')} IN ${parameters.bind('Array(String)', period.pages.hosts)}`
      : '1',
  }
}

function trafficSql({ landings }: PeriodPlan): string {
  if (!landings) return 'traffic'
  return `if(${LANDED_PREFETCH}, 'person', toString(traffic))`
}
