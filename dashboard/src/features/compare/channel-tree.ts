import type { QueryRow } from '../../../../server/reports/contract.ts'
import { type Figure, figureOf, UNKNOWN } from './figures.ts'

export interface SourceNode {
  source: string
  arrivals: Figure
  clicks: Figure
}

export interface ChannelNode {
  channel: string
  arrivals: Figure
  clicks: Figure
  sources: SourceNode[]
}

/**
 * Groups rows of `channel, source` with `arrivals, clicks` by channel, largest first.
 * @param measured whether any page sent a pageview; arrivals are unknown without.
 */
export function channelTree(rows: QueryRow[], compared: boolean, measured: boolean): ChannelNode[] {
  const channels = new Map<string, SourceNode[]>()
  for (const row of rows) {
    const [channel = '', source = ''] = row.dimensions
    const arrivals = measured ? figureOf(row, 0, compared) : UNKNOWN
    const node = { source, arrivals, clicks: figureOf(row, 1, compared) }
    channels.set(channel, [...(channels.get(channel) ?? []), node])
  }
  return [...channels]
    .map(([channel, sources]) => ({
      channel,
      arrivals: sum(sources.map((source) => source.arrivals)),
      clicks: sum(sources.map((source) => source.clicks)),
      sources: sources.sort(largestFirst),
    }))
    .sort(largestFirst)
}

/** Unknown plus known is known: the unknown part has no pageviews to add. Only unknowns stay unknown. */
function sum(figures: Figure[]): Figure {
  const add = (values: (number | null)[]) =>
    values.every((value) => value === null)
      ? null
      : values.reduce<number>((total, value) => total + (value ?? 0), 0)
  return {
    now: add(figures.map((figure) => figure.now)),
    before: add(figures.map((figure) => figure.before)),
  }
}

function largestFirst(a: SourceNode | ChannelNode, b: SourceNode | ChannelNode): number {
  return (b.arrivals.now ?? -1) - (a.arrivals.now ?? -1) || (b.clicks.now ?? 0) - (a.clicks.now ?? 0)
}
