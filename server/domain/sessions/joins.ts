import { SESSION_GAP_MS } from './limits.ts'

/** What tells of a hit whether it goes on with a session that ran under another key. */
export interface KeyedHit {
  /** Unix milliseconds. */
  time: number
  visitor: string
  /** The key that the same visitor had until a moment ago; empty where there was none. */
  previousVisitor: string
}

/** From `from` to `until` (Unix milliseconds, both inclusive) hits of `visitor` belong to the stream of `stream`. */
export interface Join {
  visitor: string
  from: number
  until: number
  /** The visitor key under which the stream began. */
  stream: string
}

/**
 * Where a key goes on with the session of another one: a cookieless visitor over midnight, or one who has just
 * consented. A key joins the stream of the one it names only while that is running, and its own is not; two visitors
 * who once shared a household's key are not one for good.
 *
 * @param hits of keys that may be linked, in the order of sessions (time, kind, hit id).
 * @returns only stretches under another key's name; those of one visitor do not overlap.
 */
export function joinKeys(hits: readonly KeyedHit[]): Join[] {
  const joins: Join[] = []
  const streams = new Map<string, Stream>()
  const open = new Map<string, Join>()

  for (const { time, visitor, previousVisitor } of hits) {
    const running = (key: string): Stream | undefined => {
      const stream = streams.get(key)
      return stream && time - stream.last <= SESSION_GAP_MS ? stream : undefined
    }
    const own = running(visitor)
    if (!own) open.delete(visitor)
    const stream = own ?? running(previousVisitor) ?? { name: visitor, last: time }
    stream.last = time
    streams.set(visitor, stream)
    if (stream.name === visitor) continue
    const join = open.get(visitor)
    if (join) join.until = time
    else {
      const begun = { visitor, from: time, until: time, stream: stream.name }
      open.set(visitor, begun)
      joins.push(begun)
    }
  }
  return joins
}

/** Hits without a gap, under one key or several. */
interface Stream {
  name: string
  last: number
}
