/** An amount in a currency: `MYR 12,480`, with its cents below a hundred; a plain number where the code is none. */
export function money(value: number, currency: string | undefined): string {
  const cents = Math.abs(value) < 100 && Math.round(value * 100) % 100 !== 0 ? 2 : 0
  const digits = { minimumFractionDigits: cents, maximumFractionDigits: cents }
  if (currency === undefined) return new Intl.NumberFormat(undefined, digits).format(value)
  try {
    return new Intl.NumberFormat(undefined, { ...digits, style: 'currency', currency }).format(value)
  } catch {
    return `${new Intl.NumberFormat(undefined, digits).format(value)} ${currency}`
  }
}
