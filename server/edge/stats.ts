/** Upper bounds of the latency histogram, in milliseconds; one more bucket holds what is slower. */
export const LATENCY_BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const

/** Plain counters of one edge process, since it began. */
export interface EdgeCounters {
  /** Answers to slugs, by what became of them. */
  redirected: number
  unknown: number
  expired: number
  disabled: number
  /** 503 for a slug that is not known here while the control store is away. */
  unavailable: number
  /** 4xx for what can be no slug: malformed escapes, over-long paths, other methods. */
  refused: number
  /** Unknown slugs answered and not stored, since their address asked for too many. */
  flooded: number
  /** Hits that the spool could not keep. */
  lost: number
  previews: number
  eventsTaken: number
  eventsRefused: number
  /** Told ids of visitors who have not consented: dropped. */
  identifiesIgnored: number
  /** Look-ups beyond the link cache. */
  cacheMisses: number
  /** Bytes on a connection that were no HTTP. */
  malformed: number
  /** Requests answered 500: defects of ours. */
  failed: number
}

export interface EdgeSnapshot extends EdgeCounters {
  /** Milliseconds from a slug's request to its answer: how many fell in each bucket (not cumulative). */
  latency: { bounds: readonly number[]; counts: number[]; sumMs: number; count: number }
  cachedLinks: number
  /** Visitor keys made with an old salt because the day's could not be had. */
  staleSalts: number
  /** Requests whose forwarding headers came from no trusted proxy. */
  ignoredForwarding: number
  contradictoryForwarding: number
  storeReachable: boolean
  /** Revision of the control store that is in force here. */
  revision: number
}

export interface EdgeStats {
  readonly counters: EdgeCounters
  /** Counts one answer that took `ms` milliseconds. */
  answered(ms: number): void
  latency(): EdgeSnapshot['latency']
}

export function createEdgeStats(): EdgeStats {
  const counts = new Float64Array(LATENCY_BOUNDS_MS.length + 1)
  let sumMs = 0
  let count = 0
  return {
    counters: {
      redirected: 0,
      unknown: 0,
      expired: 0,
      disabled: 0,
      unavailable: 0,
      refused: 0,
      flooded: 0,
      lost: 0,
      previews: 0,
      eventsTaken: 0,
      eventsRefused: 0,
      identifiesIgnored: 0,
      cacheMisses: 0,
      malformed: 0,
      failed: 0,
    },
    answered(ms) {
      let bucket = 0
      while (bucket < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[bucket] ?? 0)) bucket++
      counts[bucket] = (counts[bucket] ?? 0) + 1
      sumMs += ms
      count++
    },
    latency: () => ({ bounds: LATENCY_BOUNDS_MS, counts: Array.from(counts), sumMs, count }),
  }
}
