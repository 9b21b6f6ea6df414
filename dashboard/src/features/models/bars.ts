import type { PathStatistics } from '../../../../server/reports/attribution/contract.ts'

export interface Bar {
  label: string
  conversions: number
}

/** Buckets of days as bars, without empty ones beyond the window. */
export function dayBars(buckets: PathStatistics['daysToConvert'], window: number): Bar[] {
  return buckets
    .map(({ days, conversions }, at) => ({ days, conversions, label: dayLabel(days, buckets[at + 1]?.days) }))
    .filter(({ days, conversions }) => conversions > 0 || days < window)
}

/** Whole days of a bucket that ends before `next`. */
function dayLabel(from: number, next: number | undefined): string {
  if (next === undefined) return from === 0 ? '0' : `${from}+`
  return next - from <= 1 ? String(from) : `${from}–${next - 1}`
}
