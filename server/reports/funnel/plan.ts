import type { LocalDays } from '../../domain/time/local-day.ts'
import { GoalWriter } from '../goal-sql.ts'
import { Parameters } from '../parameters.ts'
import type { SqlScope } from '../registry/dimensions.ts'
import { sideChannels } from '../registry/sides.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Period } from '../time/period.ts'
import type { Funnel, FunnelSite, FunnelStep } from './funnel.ts'
import { WINDOW_UNITS } from './schema.ts'

/** All that the statements of one answer have in common. */
export interface FunnelPlan {
  funnel: Funnel
  /** The funnel's steps, with the goals that they name. */
  steps: readonly FunnelStep[]
  period: Period
  zone: LocalDays
  snapshot: Snapshot
  site: FunnelSite
  /** Whether there are events that carry a key of the caller's own in the days that are read. */
  keyed: boolean
}

/** What one statement is written with. */
export interface FunnelWriting {
  plan: FunnelPlan
  parameters: Parameters
  goals: GoalWriter
  /** What dimensions are written with. */
  scope: SqlScope
}

/** A session goes on for at most so many days; longer ones stay cut. */
const DAYS_OF_VISIT = 2

export function writingFunnel(plan: FunnelPlan): FunnelWriting {
  const parameters = new Parameters()
  const goals = new GoalWriter(parameters)
  const { pageKinds } = plan.site
  const scope = { parameters, goals, sides: sideChannels('organic'), traffic: 'traffic', pageKinds }
  return { plan, parameters, goals, scope }
}

/**
 * The days in which steps may lie: those of the period, and those that the window reaches into. A click's landing may
 * lie on the day before, by the clock of another edge.
 */
export function daysRead({ funnel, steps, period, zone }: FunnelPlan): { from: string; to: string } {
  const { window } = funnel
  const before = steps.some(({ kind }) => kind === 'click') ? 1 : 0
  // One more for the day of a clock change.
  const beyond = window === 'session' ? DAYS_OF_VISIT : Math.ceil(window / WINDOW_UNITS.days) + 1
  return { from: zone.shift(period.firstDay, -before), to: zone.shift(period.lastDay, beyond) }
}

/** Days moved apart: so many before the first and after the last. */
export function widened(
  { zone }: Pick<FunnelPlan, 'zone'>,
  { from, to }: { from: string; to: string },
  { before, after }: { before: number; after: number },
): { from: string; to: string } {
  return { from: zone.shift(from, -before), to: zone.shift(to, after) }
}

/** Visits that may hold a hit of these days. */
export function visitDays(plan: FunnelPlan): { from: string; to: string } {
  return widened(plan, daysRead(plan), { before: DAYS_OF_VISIT, after: 0 })
}
