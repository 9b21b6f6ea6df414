import type { Credits, PathSet } from './contract.ts'

/** First touch: all of a path's conversions and value go to its first touch. */
export function firstTouch(paths: PathSet): Credits {
  return oneTouch(paths, (from) => from)
}

/** Last touch: all of a path's conversions and value go to its last touch. */
export function lastTouch(paths: PathSet): Credits {
  return oneTouch(paths, (_, to) => to - 1)
}

/**
 * Last non-direct touch: all goes to the last touch that is not direct, and to the last touch where all of them are
 * (Google Analytics' "paid and organic last click").
 */
export function lastNonDirect(paths: PathSet, isDirect: (key: string) => boolean): Credits {
  const direct = paths.keys.map(isDirect)
  return oneTouch(paths, (from, to) => {
    let at = to - 1
    while (at > from && direct[paths.touches[at] ?? 0]) at--
    return direct[paths.touches[at] ?? 0] ? to - 1 : at
  })
}

/** Gives each path whole to the touch that `choose` picks from those at `from` to before `to`. */
function oneTouch(paths: PathSet, choose: (from: number, to: number) => number): Credits {
  const conversions = new Float64Array(paths.keys.length)
  const values = new Float64Array(paths.keys.length)
  for (let row = 0; row < paths.conversions.length; row++) {
    const key = paths.touches[choose(paths.offsets[row] ?? 0, paths.offsets[row + 1] ?? 0)] ?? 0
    conversions[key] = (conversions[key] ?? 0) + (paths.conversions[row] ?? 0)
    values[key] = (values[key] ?? 0) + (paths.values[row] ?? 0)
  }
  return { conversions, values }
}
