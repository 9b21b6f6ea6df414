import type { RateFigures, RatesCompared } from '../../domain/stats/compare-rates.ts'
import { enoughSize } from '../../domain/stats/enough.ts'
import type { Interval } from '../../domain/stats/rate.ts'
import { LEAST_EXPECTED } from '../../domain/stats/two-rates-test.ts'

/** What is compared, in words. */
export interface Subject {
  a: string
  b: string
  /** On which page, for which country …: begins with a blank, or is empty. */
  where: string
  /** Name of a goal, empty for any. */
  goal: string
  /** Where this is one of several comparisons: how many, and whether the difference stands among them (Holm). */
  among?: { tests: number; holm: number }
}

const CAVEAT = 'this compares, it does not prove cause'
const LEVEL = 0.05

/**
 * A comparison as an analyst may quote it: both rates in per cent with their 95 % intervals, whether the data is enough,
 * and no more than the interval of the difference bears.
 */
export function comparedSentence(compared: RatesCompared, subject: Subject): string {
  const { a, b } = compared
  const decimals = Math.max(decimalsFor(a.ci), decimalsFor(b.ci))
  const text = (side: RateFigures) =>
    `${percent(side.rate, decimals)} % [${percent(side.ci[0], decimals)}, ${percent(side.ci[1], decimals)}]`
  const about = subject.goal === '' ? '' : ` (goal: ${subject.goal})`
  return (
    `${subject.a} converted at ${text(a)} against ${subject.b} at ${text(b)}${subject.where}${about}; ` +
    `${verdict(compared, subject)}; ${CAVEAT}.`
  )
}

/** What is said where a side has no sessions, or none can be known of. */
export function emptySentence(
  { a, b }: { a: { n: number | null }; b: { n: number | null } },
  subject: Subject,
): string {
  if (a.n === null || b.n === null)
    return `No page data${subject.where}: its host sent no pageview in these days, so there are clicks only and no sessions to compare.`
  const empty = [...(a.n === 0 ? [subject.a] : []), ...(b.n === 0 ? [subject.b] : [])].join(' and ')
  return `${empty} had no sessions${subject.where} in these days: there is nothing to compare.`
}

function verdict(compared: RatesCompared, { among }: Subject): string {
  const { a, b, difference, enough } = compared
  const size = enoughSize(a, b)
  if (size === null) {
    return `too little data: ${a.k === 0 ? 'nobody converted on either side' : 'everybody converted on both sides'}`
  }
  if (!enough) {
    const sessions = `too little data: about ${rounded(size.perSide)} sessions a side would be needed`
    if (size.for === 'seen') return `${sessions} to see such a difference`
    if (size.for === 'least')
      return `${sessions} for ${LEAST_EXPECTED} conversions, and as many without, to be expected`
    const part = 'a difference of a fifth'
    return `${sessions} to see ${part}${a.rate === b.rate ? '' : ', and more for one this small'}`
  }
  const [low, high] = difference.ci
  if (low <= 0 && high >= 0) return `no clear difference (${points(difference)}); enough data`
  if (among && among.holm >= LEVEL)
    return `a difference by itself (${points(difference)}), but no clear one among ${among.tests} comparisons; enough data`
  return 'enough data'
}

function points({ value, ci }: { value: number; ci: Interval }): string {
  const decimals = decimalsFor(ci)
  return `${percent(value, decimals)} points [${percent(ci[0], decimals)}, ${percent(ci[1], decimals)}]`
}

/** So many that the interval's half width has a digit that is not 0: 2.4 [1.9, 3.1], 0.04 [0.02, 0.07]. */
function decimalsFor([low, high]: Interval): number {
  const half = ((high - low) / 2) * 100
  return Math.min(6, Math.max(1, Math.ceil(-Math.log10(half))))
}

function percent(rate: number, decimals: number): string {
  const text = (rate * 100).toFixed(decimals)
  return Number(text) === 0 ? (0).toFixed(decimals) : text.replace('-', '−')
}

/** Two digits, which is as sure as such a number is. */
function rounded(sessions: number): string {
  return Number(sessions.toPrecision(2)).toLocaleString('en-US')
}
