import { instantsOf } from '../time/period.ts'
import { olderRules, shareInWords } from '../warning-words.ts'
import type { FunnelPlan } from './plan.ts'

/** What the figures rest on. */
export interface FunnelFacts {
  /** Who made the first step. */
  visitors: number
  /** Of them, those whose key ends with the day. */
  cookieless: number
  /** Hits of the period that would be a step, but of nobody. */
  nobodys: number
  /** Unix milliseconds. */
  completeUntil: number
  /** Rules versions behind the figures, ascending. */
  versions: readonly number[]
}

/** What a reader of the figures must know, in plain words. */
export function funnelWarnings(plan: FunnelPlan, facts: FunnelFacts): string[] {
  const { funnel, period, zone } = plan
  const warnings: string[] = []
  if (facts.cookieless > 0 && funnel.window !== 'session') {
    const share = shareInWords(facts.cookieless / facts.visitors)
    warnings.push(
      `${share} of these visitors had not consented at the first step: their key ends with the day, or with their ` +
        'consent, and so does their way. What such a person does later counts as somebody else’s.',
    )
  }
  if (facts.nobodys > 0) {
    const hits = facts.nobodys === 1 ? '1 hit' : `${facts.nobodys} hits`
    warnings.push(`${hits} in the range would be a step but belong to no known visitor, and are left out.`)
  }
  if (funnel.window !== 'session' && instantsOf(period, zone).end + funnel.window > facts.completeUntil) {
    warnings.push('Who made the first step last still has time for the others: their figures may grow.')
  }
  warnings.push(...olderRules(facts.versions, 'this range'))
  return warnings
}
