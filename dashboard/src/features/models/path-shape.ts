/** Equal touches in a row. */
export interface Run {
  key: string
  times: number
}

export interface PathShape {
  head: Run[]
  /** Touches that are not shown; 0 for a path that is shown whole. */
  hidden: number
  tail: Run[]
}

/** Runs in sight at either end of a long path. */
const HEAD = 4
const TAIL = 3

/** A path with its runs drawn together: `Direct ×3`. */
export function runsOf(path: readonly string[]): Run[] {
  const runs: Run[] = []
  for (const key of path) {
    const last = runs.at(-1)
    if (last?.key === key) last.times += 1
    else runs.push({ key, times: 1 })
  }
  return runs
}

/** A path as a list shows it: runs drawn together, and a long path folded in its middle. */
export function shapeOf(path: readonly string[]): PathShape {
  const runs = runsOf(path)
  // A fold that hides one run takes as much room as the run.
  if (runs.length <= HEAD + TAIL + 1) return { head: runs, hidden: 0, tail: [] }
  const hidden = runs.slice(HEAD, -TAIL).reduce((sum, { times }) => sum + times, 0)
  return { head: runs.slice(0, HEAD), hidden, tail: runs.slice(-TAIL) }
}
