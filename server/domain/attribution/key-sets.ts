import type { PathSet } from './contract.ts'
import { grown } from './grow.ts'
import { createInterner } from './intern.ts'

/** Paths grouped by the keys that stand on them, each key once, whatever the order. */
export interface KeySets {
  size: number
  /** Set i has the members from `offsets[i]` to before `offsets[i + 1]`, ascending. */
  offsets: Uint32Array
  /** Keys, as numbers into `keys` of the path set. */
  members: Uint32Array
  conversions: Float64Array
  values: Float64Array
  /** Conversions and nulls. */
  weights: Float64Array
}

/** Calls with the distinct keys of each path that weighs anything, ascending; the array is used again. */
export function eachKeySet(paths: PathSet, visit: (keys: Uint32Array, path: number) => void): void {
  const seen = new Int32Array(paths.keys.length).fill(-1)
  const found = new Uint32Array(paths.keys.length)
  for (let path = 0; path < paths.conversions.length; path++) {
    if ((paths.conversions[path] ?? 0) + (paths.nulls[path] ?? 0) === 0) continue
    let size = 0
    const end = paths.offsets[path + 1] ?? 0
    for (let at = paths.offsets[path] ?? 0; at < end; at++) {
      const key = paths.touches[at] ?? 0
      if (seen[key] === path) continue
      seen[key] = path
      found[size++] = key
    }
    visit(found.subarray(0, size).sort(), path)
  }
}

export function keySets(paths: PathSet): KeySets {
  const base = paths.keys.length + 1
  // A set is found by walking from its first key to its last through a tree; node 0 is the empty set.
  const nodes = createInterner(Number.MAX_SAFE_INTEGER)
  nodes.number(0)
  const sets = createInterner(Number.MAX_SAFE_INTEGER)
  let offsets = new Uint32Array(1024)
  let members = new Uint32Array(4096)
  let conversions = new Float64Array(1024)
  let values = new Float64Array(1024)
  let weights = new Float64Array(1024)
  let length = 0
  eachKeySet(paths, (keys, path) => {
    let node = 0
    for (const key of keys) node = nodes.number(node * base + key + 1)
    const known = sets.size
    const set = sets.number(node)
    if (set === known) {
      if (set + 2 > offsets.length) {
        offsets = grown(offsets, set + 2)
        conversions = grown(conversions, set + 2)
        values = grown(values, set + 2)
        weights = grown(weights, set + 2)
      }
      if (length + keys.length > members.length) members = grown(members, length + keys.length)
      members.set(keys, length)
      length += keys.length
      offsets[set + 1] = length
    }
    conversions[set] = (conversions[set] ?? 0) + (paths.conversions[path] ?? 0)
    values[set] = (values[set] ?? 0) + (paths.values[path] ?? 0)
    weights[set] = (weights[set] ?? 0) + (paths.conversions[path] ?? 0) + (paths.nulls[path] ?? 0)
  })
  return { size: sets.size, offsets, members, conversions, values, weights }
}
