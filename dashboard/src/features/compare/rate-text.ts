type Interval = readonly [low: number, high: number]

/** A scale for rates that are shown together: from 0 to a little beyond the highest end of an interval. */
export function rateScale(rates: readonly ({ ci: Interval | null } | undefined)[]): number {
  const highest = Math.max(0, ...rates.map((one) => one?.ci?.[1] ?? 0))
  return highest === 0 ? 1 : Math.min(1, highest * 1.05)
}

/** A rate and its interval with so many decimals that the interval's half width shows: `2.4%`, `[1.9, 3.1]`. */
export function rateText(rate: number, [low, high]: Interval): { rate: string; interval: string } {
  const half = ((high - low) / 2) * 100
  const digits = Math.min(6, Math.max(1, Math.ceil(-Math.log10(half))))
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const plain = new Intl.NumberFormat(undefined, fixed)
  const percent = new Intl.NumberFormat(undefined, { ...fixed, style: 'percent' })
  return {
    rate: percent.format(rate),
    interval: `[${plain.format(low * 100)}, ${plain.format(high * 100)}]`,
  }
}
