const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const signed = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
})
const signedWhole = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
})

/** A count, in full: `12,480`. */
export function count(value: number): string {
  return whole.format(value)
}

/** A count for an axis or a narrow place: `12.5K`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value)
}

/** A count as a headline: in full up to seven digits, beyond that shortened (`123.4M`). */
export function headline(value: number): string {
  return Math.abs(value) < 10_000_000 ? whole.format(value) : compact.format(value)
}

/** A share between 0 and 1: `38.2%`. One that is not quite nothing or not quite all never rounds to it. */
export function share(value: number): string {
  if (value > 0 && value < 0.001) return `<${percent.format(0.001)}`
  if (value < 1 && value > 0.999) return `>${percent.format(0.999)}`
  return percent.format(value)
}

/** Two parts of a whole in whole percents that add up to 100: `38 : 62`. Neither rounds to nothing or to all. */
export function split(first: number): string {
  if (first > 0 && first < 0.01) return `<${whole.format(1)} : >${whole.format(99)}`
  if (first < 1 && first > 0.99) return `>${whole.format(99)} : <${whole.format(1)}`
  const percents = Math.round(first * 100)
  return `${whole.format(percents)} : ${whole.format(100 - percents)}`
}

/** How many times as much: `1.3`, in whole numbers from ten on. */
export function times(value: number): string {
  return value < 10 ? oneDigit.format(value) : headline(value)
}

/** A relative change with its sign: `+4.2%`; in whole percents from 100 % on, as a multiple from tenfold on. */
export function change(value: number): string {
  if (value >= 9) return `×${compact.format(value + 1)}`
  return Math.abs(value) >= 1 ? signedWhole.format(value) : signed.format(value)
}
