/** A share for a sentence: never 0 % for some, nor 100 % for not all. */
export function shareInWords(share: number): string {
  if (share === 1) return 'All'
  if (share < 0.01) return 'Less than 1 %'
  return `${Math.min(99, Math.round(share * 100))} %`
}

/** That days were judged by several versions of the rules, ascending; nothing where it was one. */
export function olderRules(versions: readonly number[], which: 'this range' | 'these days'): string[] {
  if (versions.length <= 1) return []
  const older = versions.slice(0, -1).join(', ')
  return [
    `Part of ${which} was judged by older rules (version ${older}, now ${versions.at(-1)}): it is being judged again, or has to be.`,
  ]
}

/** That values in other currencies than the site's own are left out; nothing where there are none. */
export function otherCurrenciesLeftOut(
  others: readonly { currency: string; n: number }[],
  own: string,
): string[] {
  if (others.length === 0) return []
  const listed = others.map(({ currency, n }) => `${n} in ${currency}`).join(', ')
  return [`The value of conversions in another currency than the site’s (${own}) is left out: ${listed}.`]
}
