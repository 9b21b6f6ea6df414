import { rulesVersions, type Snapshot } from '../snapshot.ts'
import { olderRules, otherCurrenciesLeftOut, shareInWords } from '../warning-words.ts'
import type { AttributionRow } from './contract.ts'
import type { JourneysPlan } from './plan.ts'
import type { Summary } from './rows.ts'
import type { ModelResults } from './worker/messages.ts'

/** What the figures rest on. */
export interface JourneysFound {
  summary: Summary
  results: ModelResults | null
  rows: readonly AttributionRow[]
  /** Conversions whose value is in another currency than the site's. */
  inOtherCurrencies: readonly { currency: string; n: number }[]
  snapshot: Snapshot
  /** First day that holds data; null while none does. */
  firstDay: string | null
}

/** What a reader of the figures must know, in plain words. */
export function journeysWarnings(journeys: JourneysPlan, found: JourneysFound): string[] {
  const { question, conversions, facts, touches } = journeys
  const { coverage, totals } = found.summary
  const warnings: string[] = []
  if (conversions.site.goals.length === 0) {
    warnings.push('The site has no goals yet, so nothing counts as a conversion.')
  }
  if (coverage.oneDayHorizon.conversions > 0 && question.windowDays > 1) {
    warnings.push(
      `${shareInWords(coverage.oneDayHorizon.conversions / totals.conversions)} of these conversions are by visitors without consent: ` +
        'their key ends with the day, so nothing they did before that day can be seen.',
    )
  }
  if (coverage.withoutTouch > 0) {
    const all = coverage.withoutTouch === 1 ? '1 conversion has' : `${coverage.withoutTouch} conversions have`
    warnings.push(`${all} no touch in the window and go to (no touch) in every model.`)
  }
  if (coverage.unfollowed > 0) {
    const all = coverage.unfollowed === 1 ? '1 of these is' : `${coverage.unfollowed} of these are`
    warnings.push(
      `${all} by visitors with too many visits and conversions to be followed: testers or monitors, by all appearance.`,
    )
  }
  const reachesTo = conversions.zone.dayOf(journeys.start - journeys.windowMs + 1)
  if (found.firstDay !== null && reachesTo < found.firstDay && totals.conversions > 0) {
    warnings.push(
      `Data begin on ${found.firstDay}: touches that the window would reach before that day are not known.`,
    )
  }
  if (journeys.nulls === 'censored') {
    warnings.push(
      'Journeys without conversion are left out: the window after the range has not passed yet, so some may still convert. ' +
        'Choose a range whose window has passed to have them.',
    )
  }
  if (journeys.nulls !== 'used' && found.results?.shapleyRate) {
    warnings.push(
      'Without journeys that did not convert every conversion rate is 1, and shapleyRate says nothing of the keys.',
    )
  }
  if (facts.otherKeys > 0) {
    warnings.push(
      `${facts.otherKeys} more keys with fewer touches than the first ${facts.keys?.length} are counted together as (other).`,
    )
  }
  const negative = found.rows.filter(({ credits }) => (credits.shapleyRate?.conversions ?? 0) < 0)
  if (negative.length > 0) {
    warnings.push(
      `shapleyRate gives less than 0 to ${listed(negative.map(({ key }) => key))}: paths with it convert less often than those without.`,
    )
  }
  if (found.results?.shapleyRate?.exact === false) {
    const most = Math.max(0, ...(found.results.shapleyRate.standardErrors?.conversions ?? []))
    warnings.push(
      `With so many keys shapleyRate is an estimate from a fixed seed; its standard error is ${most.toPrecision(2)} conversions a key at most.`,
    )
  }
  warnings.push(...otherCurrenciesLeftOut(found.inOtherCurrencies, conversions.site.currency))
  const versions = rulesVersions(found.snapshot, touches.period.firstDay, journeys.period.lastDay)
  warnings.push(...olderRules(versions, 'these days'))
  return warnings
}

const MAX_NAMED = 3

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ')
}
