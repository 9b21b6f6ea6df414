/** The sum by Neumaier's compensated summation: off by the rounding of the result only, in any order. */
export function exactSum(numbers: Float64Array): number {
  let sum = 0
  let lost = 0
  for (const number of numbers) {
    const next = sum + number
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum
    sum = next
  }
  return sum + lost
}

/** Shares of `total` in the proportion of `weights`, of which none is negative; all 0 where one of both sums is 0. */
export function shareOut(total: number, weights: Float64Array): Float64Array {
  const sum = exactSum(weights)
  if (total === 0 || sum === 0) return new Float64Array(weights.length)
  return settled(
    weights.map((weight) => total * (weight / sum)),
    total,
  )
}

/** Adds what rounding left of `total` to the largest of its shares, where it is least felt. */
export function settled(shares: Float64Array, total: number): Float64Array {
  let largest = 0
  for (let at = 1; at < shares.length; at++)
    if (Math.abs(shares[at] ?? 0) > Math.abs(shares[largest] ?? 0)) largest = at
  shares[largest] = (shares[largest] ?? 0) + (total - exactSum(shares))
  return shares
}
