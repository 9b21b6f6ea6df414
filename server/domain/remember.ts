import { LRUCache } from 'lru-cache'

/** Stored texts are capped at this; longer ones come only from hostile input and would fill the cache. */
const MAX_KEY_LENGTH = 1024

/** The same function of a text, with its last `max` answers remembered. `compute` must be pure. */
export function remember<V>(max: number, compute: (key: string) => V): (key: string) => V {
  const cache = new LRUCache<string, { value: V }>({ max })
  return (key) => {
    const known = cache.get(key)
    if (known) return known.value
    const value = compute(key)
    if (key.length <= MAX_KEY_LENGTH) cache.set(key, { value })
    return value
  }
}
