/** What is due next comes out first; what is due at the same time in the order of coming in. */
export class Heap<Item extends { time: number }> {
  readonly #items: { item: Item; order: number }[] = []
  #order = 0

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]?.item
  }

  push(item: Item): void {
    const items = this.#items
    const entry = { item, order: this.#order++ }
    let at = items.length
    items.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent]
      if (!above || !isBefore(entry, above)) break
      items[at] = above
      at = parent
    }
    items[at] = entry
  }

  pop(): Item | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (!first || !last || items.length === 0) return first?.item
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const left = items[child]
      if (!left) break
      const right = items[child + 1]
      let below = left
      if (right && isBefore(right, left)) {
        child++
        below = right
      }
      if (!isBefore(below, last)) break
      items[at] = below
      at = child
    }
    items[at] = last
    return first.item
  }
}

interface Entry {
  item: { time: number }
  order: number
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.item.time < b.item.time || (a.item.time === b.item.time && a.order < b.order)
}
