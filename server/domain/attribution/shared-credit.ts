import type { Credits, ModelOptions, PathSet } from './contract.ts'
import { ModelError } from './model-error.ts'

/** Linear: touch i of n gets 1/n of the path; a key gets that for each of its touches, repeats included. */
export function linear(paths: PathSet): Credits {
  return shared(paths, (shares) => shares.fill(1 / shares.length))
}

/**
 * Time decay: touch i gets 2^(−dᵢ/h) / Σⱼ 2^(−dⱼ/h), where dᵢ is its age in days and h the half-life in days.
 * Continuous: no rounding of ages to whole days or weeks. Ages count from the youngest touch, which changes no share:
 * so its weight is 1 and the sum can never underflow to 0.
 *
 * @throws {ModelError} where the half-life is not above 0, or where the paths have no times.
 */
export function timeDecay(paths: PathSet, halfLife: number): Credits {
  if (!(halfLife > 0 && halfLife < Number.POSITIVE_INFINITY))
    throw new ModelError('halfLife', `a half-life is a number of days above 0, not ${halfLife}`)
  const ages = paths.ages ?? new Float64Array(0)
  if (ages.length < paths.touches.length)
    throw new ModelError('ages', 'timeDecay needs the times of the touches, and these paths have none')
  return shared(paths, (shares, from) => {
    const own = ages.subarray(from, from + shares.length)
    const youngest = own.reduce((least, age) => Math.min(least, age))
    let sum = 0
    for (let at = 0; at < shares.length; at++) {
      const share = 2 ** ((youngest - (own[at] ?? 0)) / halfLife)
      shares[at] = share
      sum += share
    }
    for (let at = 0; at < shares.length; at++) shares[at] = (shares[at] ?? 0) / sum
  })
}

/**
 * Position based with weights first/middle/last, brought to a sum of 1: `first` to the first touch, `last` to the
 * last, `middle` in equal parts to those between. Of two touches first/(first + last) and last/(first + last), half
 * each where both weights are 0; a single touch gets all. 40/20/40 is the usual "U shape".
 *
 * @throws {ModelError} where a weight is negative or not finite, or where all are 0.
 */
export function positionBased(paths: PathSet, weights: ModelOptions['position']): Credits {
  const [first, middle, last] = weights
  const sum = first + middle + last
  if (!weights.every((weight) => weight >= 0) || !(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw new ModelError(
      'position',
      `position weights are three numbers from 0, not all 0; got ${weights.join(', ')}`,
    )
  return shared(paths, (shares) => {
    const touches = shares.length
    if (touches === 1) {
      shares[0] = 1
      return
    }
    const ends = first + last
    const toFirst = ends > 0 ? first / ends : 0.5
    const outer = touches === 2 ? 1 : ends / sum
    shares.fill(middle / sum / (touches - 2), 1, touches - 1)
    shares[0] = outer * toFirst
    shares[touches - 1] = outer * (1 - toFirst)
  })
}

/**
 * Splits each path among its touches: `divide` fills in the share of each of them, where the path begins at `from`.
 * Shares of a path have to sum to 1.
 */
function shared(paths: PathSet, divide: (shares: Float64Array, from: number) => void): Credits {
  const conversions = new Float64Array(paths.keys.length)
  const values = new Float64Array(paths.keys.length)
  const longest = new Float64Array(longestPath(paths))
  let shares = longest
  for (let row = 0; row < paths.conversions.length; row++) {
    const count = paths.conversions[row] ?? 0
    if (count === 0) continue
    const value = paths.values[row] ?? 0
    const from = paths.offsets[row] ?? 0
    const touches = (paths.offsets[row + 1] ?? 0) - from
    if (touches !== shares.length) shares = longest.subarray(0, touches)
    divide(shares, from)
    for (let at = 0; at < touches; at++) {
      const key = paths.touches[from + at] ?? 0
      const share = shares[at] ?? 0
      conversions[key] = (conversions[key] ?? 0) + count * share
      values[key] = (values[key] ?? 0) + value * share
    }
  }
  return { conversions, values }
}

function longestPath(paths: PathSet): number {
  let longest = 0
  for (let row = 0; row < paths.conversions.length; row++)
    longest = Math.max(longest, (paths.offsets[row + 1] ?? 0) - (paths.offsets[row] ?? 0))
  return longest
}
