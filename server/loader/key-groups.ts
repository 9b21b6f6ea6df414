/** A hit of `visitor` names the key that the same visitor had before. */
export interface KeyPair {
  visitor: string
  previous: string
}

/** Groups keys so that no pair leads from one group to another; a key that no pair names is a group by itself. */
export function groupKeys(keys: readonly string[], pairs: readonly KeyPair[]): string[][] {
  const parents = new Map<string, string>()
  const rootOf = (key: string): string => {
    let root = key
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) root = up
    for (let at = key; at !== root; ) {
      const up = parents.get(at) ?? root
      parents.set(at, root)
      at = up
    }
    return root
  }
  for (const key of keys) parents.set(key, key)
  for (const { visitor, previous } of pairs) {
    for (const key of [visitor, previous]) if (!parents.has(key)) parents.set(key, key)
    parents.set(rootOf(visitor), rootOf(previous))
  }
  const groups = new Map<string, string[]>()
  for (const key of parents.keys()) {
    const root = rootOf(key)
    const group = groups.get(root)
    if (group) group.push(key)
    else groups.set(root, [key])
  }
  return [...groups.values()]
}

/** Groups put together to portions of at most `most` keys; a larger group is cut. */
export function packGroups(groups: readonly string[][], most: number): string[][][] {
  const portions: string[][][] = []
  let room = 0
  for (const group of groups) {
    for (let at = 0; at < group.length; at += most) {
      const part = group.slice(at, at + most)
      if (part.length > room) {
        portions.push([])
        room = most
      }
      portions.at(-1)?.push(part)
      room -= part.length
    }
  }
  return portions
}
