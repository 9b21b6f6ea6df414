import type { ChannelRow, Counts } from './rule-trial.ts'

const number = new Intl.NumberFormat('en')

/**
 * Says in one sentence what rules would move.
 *
 * @param moved what gets another channel or source, by channels.
 * @example 'Would move 1,204 arrivals and 96 clicks from Referral to Partners.'
 */
export function sentenceOf(moved: readonly ChannelRow[]): string {
  const ways = new Map<string, Counts & { from: string; to: string }>()
  const renamed = { arrivals: 0, clicks: 0 }
  for (const { from_channel: from, to_channel: to, arrivals, clicks } of moved) {
    const key = JSON.stringify([from, to])
    const into = from === to ? renamed : (ways.get(key) ?? { from, to, arrivals: 0, clicks: 0 })
    into.arrivals += arrivals
    into.clicks += clicks
    if ('from' in into) ways.set(key, into)
  }
  const [first, ...others] = [...ways.values()].sort(
    (a, b) => b.arrivals + b.clicks - a.arrivals - a.clicks || (a.from + a.to < b.from + b.to ? -1 : 1),
  )
  const parts: string[] = []
  if (first) parts.push(`move ${counted(first)} from ${first.from} to ${first.to}`)
  if (others.length > 0) {
    const rest = others.reduce<Counts>(
      (sum, way) => ({ arrivals: sum.arrivals + way.arrivals, clicks: sum.clicks + way.clicks }),
      { arrivals: 0, clicks: 0 },
    )
    parts.push(`${counted(rest)} between other channels`)
  }
  if (renamed.arrivals + renamed.clicks > 0) parts.push(`give ${counted(renamed)} another source`)
  if (parts.length === 0) return 'Would move nothing: every arrival and click keeps its channel and source.'
  const last = parts.pop()
  return `Would ${parts.length === 0 ? last : `${parts.join(', ')}, and ${last}`}.`
}

function counted({ arrivals, clicks }: Counts): string {
  const parts: string[] = []
  if (arrivals > 0) parts.push(`${number.format(arrivals)} ${arrivals === 1 ? 'arrival' : 'arrivals'}`)
  if (clicks > 0) parts.push(`${number.format(clicks)} ${clicks === 1 ? 'click' : 'clicks'}`)
  return parts.join(' and ')
}
