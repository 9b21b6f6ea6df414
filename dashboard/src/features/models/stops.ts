/** Where the slider snaps, in days. */
export const STOPS = [7, 30, 60, 90] as const

/** A window's place on the slider, 0 at the first stop, 1 at the second; between stops in proportion. */
export function placeOf(days: number): number {
  const above = STOPS.findIndex((stop) => stop >= days)
  if (above < 0) return STOPS.length - 1
  const low = STOPS[above - 1]
  const high = STOPS[above]
  if (low === undefined || high === undefined) return 0
  return above - 1 + (days - low) / (high - low)
}
