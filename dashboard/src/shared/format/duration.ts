const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

/** A length of time in its two largest units: `2 d 4 h`, `12 min`, `0 s`; whole days from ten days on. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  // Each unit is rounded before it is chosen, so that 59 min 40 s becomes 1 h and not 60 min.
  if (s < MINUTE) return `${s} s`
  const minutes = Math.round(s / MINUTE)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return two(minutes, 60, 'h', 'min')
  const hours = Math.round(s / HOUR)
  return hours < 10 * 24 ? two(hours, 24, 'd', 'h') : `${Math.round(s / DAY)} d`
}

function two(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size
  return `${Math.floor(amount / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}
