import type { Plan } from './plan/plan.ts'
import { asksConversions } from './question.ts'
import { rulesVersions } from './snapshot.ts'
import { dayCount } from './time/period.ts'
import { olderRules, otherCurrenciesLeftOut } from './warning-words.ts'

/** What figures could not take in. */
export interface LeftOut {
  /** Hits without a visitor key. */
  withoutVisitor: number
  /** Conversions whose value is in another currency than the site's. */
  inOtherCurrencies: readonly { currency: string; n: number }[]
}

/** What a reader of the figures must know, in plain words. */
export function warningsOf(plan: Plan, { withoutVisitor, inOtherCurrencies }: LeftOut): string[] {
  const { question, main } = plan
  const warnings: string[] = []
  const ofVisitors = question.metrics
    .filter(({ figures }) => figures.some(({ ofVisitors }) => ofVisitors))
    .map(({ name }) => name)
  if (ofVisitors.includes('visitors') && dayCount(main.period) > 1) {
    warnings.push(
      'A visitor without consent has a new key each day: over several days, visitors counts such a person once a day.',
    )
  }
  if (withoutVisitor > 0) {
    const hits = withoutVisitor === 1 ? '1 hit has' : `${withoutVisitor} hits have`
    warnings.push(
      `${hits} no visitor key and ${withoutVisitor === 1 ? 'is' : 'are'} left out of ${ofVisitors.join(' and ')}.`,
    )
  }
  warnings.push(...otherCurrenciesLeftOut(inOtherCurrencies, plan.site.currency))
  if (asksConversions(question) && plan.site.goals.length === 0) {
    warnings.push('The site has no goals yet, so nothing counts as a conversion.')
  }
  warnings.push(...olderRules(versionsUsed(plan), 'this range'))
  return warnings
}

/** The rules versions behind an answer, ascending, those of the period compared with included. */
export function versionsUsed({ snapshot, main, compare }: Plan): number[] {
  const used = [main, ...(compare ? [compare] : [])].flatMap(({ period }) =>
    rulesVersions(snapshot, period.firstDay, period.lastDay),
  )
  return [...new Set(used)].sort((a, b) => a - b)
}
