/** What a hit is called in reports, as far as judging again is looked at. */
export interface Label {
  traffic: string
  /** Why it is not a person's; empty for people. */
  reason: string
  channel: string
  /** Empty where there is none. */
  source: string
}

/** Hits that got, or would get, another label. */
export interface Move {
  from: Label
  to: Label
  hits: number
}

/** Moves told apart, some 4 MB; a spammer's made-up referrers must not fill the memory. */
const MAX_MOVES = 10_000
/** Stands for the sources of moves beyond that number, which are told apart by channel and traffic only. */
export const OTHER_SOURCES = '(other sources)'

/** Counts hits by what they moved from and to, in bounded memory. */
export class MoveCounts {
  readonly #moves = new Map<string, Move>()

  add(from: Label, to: Label, hits: number): void {
    const key = JSON.stringify([Object.values(pick(from)), Object.values(pick(to))])
    const known = this.#moves.get(key)
    if (known) known.hits += hits
    else if (this.#moves.size < MAX_MOVES || from.source === OTHER_SOURCES) {
      this.#moves.set(key, { from: pick(from), to: pick(to), hits })
    } else this.add({ ...from, source: OTHER_SOURCES }, { ...to, source: OTHER_SOURCES }, hits)
  }

  /** Largest first, ties by labels. */
  largestFirst(): Move[] {
    const keyed = [...this.#moves].sort(([aKey, a], [bKey, b]) => b.hits - a.hits || (aKey < bKey ? -1 : 1))
    return keyed.map(([, move]) => move)
  }
}

function pick({ traffic, reason, channel, source }: Label): Label {
  return { traffic, reason, channel, source }
}
