import type { Goal } from '../../domain/goals/goal.ts'
import { goalNamed } from '../../domain/goals/goal-named.ts'
import type { LocalDays } from '../../domain/time/local-day.ts'
import { parseQuestion } from '../parse/question.ts'
import { makePlan, type PeriodPlan, type Plan } from '../plan/plan.ts'
import { QuestionError, shown } from '../problems.ts'
import type { Snapshot } from '../snapshot.ts'
import { instantsOf, type Period, wholeDays } from '../time/period.ts'
import type { JourneysQuestion } from './parse.ts'

const DAY_MS = 86_400_000

/** All that the statements of one answer have in common. */
export interface JourneysPlan {
  question: JourneysQuestion
  /** When the conversions were that are answered for, and its instants (Unix milliseconds, half-open). */
  period: Period
  start: number
  end: number
  windowMs: number
  /**
   * Conversions of the goals asked for, of more days than the period's: those before it end the paths of later ones,
   * those after it tell which journeys did convert after all.
   */
  conversions: Plan
  /** Conversions of the period alone, as a query counts them. */
  counted: Plan
  /** The days that hold touches. */
  touches: PeriodPlan
  /** Journeys without conversion: used, not asked for, or not to be told yet from such as may still convert. */
  nulls: 'used' | 'unasked' | 'censored'
  facts: JourneyFacts
}

/** What a statement need not look for where there is none of it. */
export interface JourneyFacts {
  /** People's clicks, and landings of theirs. */
  clicks: boolean
  landings: boolean
  /** Visitors whose key of the day and whose lasting one are known to be of one person. */
  consents: boolean
  /** By what touches are counted, those with most of them first; null until that is known. */
  keys: readonly string[] | null
  /** How many more there are, counted together. */
  otherKeys: number
}

export interface PlanContext {
  zone: LocalDays
  snapshot: Snapshot
  currency: string
  goals: readonly Goal[]
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  completeUntil: number
}

/** @throws {QuestionError} where the site has no such goal. */
export function planJourneys(
  question: JourneysQuestion,
  period: Period,
  { zone, snapshot, currency, goals, completeUntil }: PlanContext,
): JourneysPlan {
  const asked = question.goal === null ? goals : [goalAsked(question.goal, goals)]
  const { start, end } = instantsOf(period, zone)
  // The conversion's own instant lies in any window.
  const windowMs = Math.max(1, Math.round(question.windowDays * DAY_MS))
  // One more for the day of a clock change.
  const windowDays = Math.ceil(question.windowDays) + 1
  const nulls = !question.options.nulls ? 'unasked' : end + windowMs > completeUntil ? 'censored' : 'used'
  const before = zone.shift(period.firstDay, -windowDays)
  const widened = wholeDays(
    question.options.reuse ? period.firstDay : before,
    nulls === 'used' ? zone.shift(period.lastDay, windowDays) : period.lastDay,
  )
  const figures = parseQuestion({
    site: question.site,
    metrics: ['conversions', 'value'],
    date_range: [widened.firstDay, widened.lastDay],
    sides: question.sides,
  })
  const site = { currency, goals: asked, pageKinds: [] }
  const conversions = makePlan(figures, { main: widened, compare: null }, zone, snapshot, site)
  const counted = makePlan(figures, { main: period, compare: null }, zone, snapshot, site)
  const touches = { ...conversions.main, period: wholeDays(before, period.lastDay) }
  const facts = { clicks: false, landings: false, consents: false, keys: null, otherKeys: 0 }
  return { question, period, start, end, windowMs, conversions, counted, touches, nulls, facts }
}

function goalAsked(name: string, goals: readonly Goal[]): Goal {
  const goal = goalNamed(name, goals)
  if (goal) return goal
  const message = `The site has no goal ${shown(name)}.`
  throw new QuestionError([{ field: 'goal', message, allowed: goals.map(({ name }) => name) }])
}
