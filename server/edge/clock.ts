/** The edge's clock: never goes back, and numbers the hits of this process. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** The number of the next hit. Hits are ordered by the instant they came and by this. */
  nextSequence(): number
}

/** @param read Unix milliseconds; a clock that is set back stands still until it has caught up */
export function createClock(read: () => number = Date.now): Clock {
  let last = 0
  let sequence = 0
  const now = () => {
    last = Math.max(last, read())
    return last
  }
  return { now, nextSequence: () => ++sequence }
}
