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

/**
 * What lies between two rates, in points of percent and as seen from the higher one: `11.8 points [8.1, 15.4]`. `clear`
 * where all of the interval lies on one side of nothing.
 */
export function differenceText(
  value: number,
  [low, high]: Interval,
): { higher: 'a' | 'b'; points: string; clear: boolean } {
  const ci: Interval = value < 0 ? [-high, -low] : [low, high]
  const half = ((high - low) / 2) * 100
  const digits = Math.min(6, Math.max(1, Math.ceil(-Math.log10(half))))
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  const write = (part: number) => format.format(part * 100).replace('-', '−')
  return {
    higher: value < 0 ? 'b' : 'a',
    points: `${write(Math.abs(value))} points [${write(ci[0])}, ${write(ci[1])}]`,
    clear: ci[0] > 0,
  }
}
