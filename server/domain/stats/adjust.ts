/**
 * p-values of a list of tests, adjusted so that those below 5 % hold a false alarm in at most 5 % of such lists, however
 * the tests hang together: the i-th smallest of m becomes the greatest of (m − j + 1)·pⱼ for j ≤ i, at most 1.
 *
 * S. Holm, Scand. J. Stat. 6 (1979) 65–70; as R's `p.adjust(p, "holm")`. The order of the list stays.
 */
export function holm(p: readonly number[]): number[] {
  const adjusted: number[] = new Array(p.length)
  let greatest = 0
  for (const [rank, { index, value }] of ranked(p).entries()) {
    greatest = Math.max(greatest, Math.min(1, (p.length - rank) * value))
    adjusted[index] = greatest
  }
  return adjusted
}

/**
 * p-values of a list of tests, adjusted so that of those below 5 % at most 5 % are expected to be false alarms
 * (tests independent, or positively dependent): the i-th smallest of m becomes the least of m/j·pⱼ for j ≥ i, at most 1.
 *
 * Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289–300; as R's `p.adjust(p, "BH")`. The order stays.
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const adjusted: number[] = new Array(p.length)
  let least = 1
  for (const [rank, { index, value }] of [...ranked(p).entries()].reverse()) {
    least = Math.min(least, (p.length / (rank + 1)) * value)
    adjusted[index] = least
  }
  return adjusted
}

function ranked(p: readonly number[]): { index: number; value: number }[] {
  return p.map((value, index) => ({ index, value })).sort((a, b) => a.value - b.value)
}
