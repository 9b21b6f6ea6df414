import { instantsOf } from '../time/period.ts'
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
    const share = percent(facts.cookieless / facts.visitors)
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
  if (facts.versions.length > 1) {
    const older = facts.versions.slice(0, -1).join(', ')
    warnings.push(
      `Part of this range was judged by older rules (version ${older}, now ${facts.versions.at(-1)}): it is being judged again, or has to be.`,
    )
  }
  return warnings
}

/** Never 0 for some, nor 100 for not all. */
function percent(share: number): string {
  if (share === 1) return 'All'
  if (share < 0.01) return 'Less than 1 %'
  return `${Math.min(99, Math.round(share * 100))} %`
}
