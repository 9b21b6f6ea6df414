import { CHANNELS } from '../domain/judged.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import type { Sides } from './contract.ts'
import { QuestionError, shown } from './problems.ts'

/** Where a site's own channels are known from. */
export interface OwnChannels {
  warehouse: Warehouse
  siteId: number
  /** The channels that the site's rules name today. */
  ofRules: () => Promise<readonly string[]>
}

/**
 * Sides may name channels of the site's own: those of its rules, and those that earlier rules gave to hits which are
 * still labelled so.
 *
 * @throws {QuestionError} for a channel that is neither, most likely a slip.
 */
export async function checkSides(sides: Sides, own: OwnChannels, options: QueryOptions): Promise<void> {
  if (typeof sides === 'string') return
  const named = [
    ...sides.search.map((channel, index) => ({ channel, field: `sides.search[${index}]` })),
    ...sides.social.map((channel, index) => ({ channel, field: `sides.social[${index}]` })),
  ]
  const isUnknown = (known: readonly string[]) => named.filter(({ channel }) => !known.includes(channel))
  if (isUnknown(CHANNELS).length === 0) return
  const known = [...CHANNELS, ...(await own.ofRules())]
  if (isUnknown(known).length === 0) return
  const seen = await own.warehouse.query<{ channel: string }>(
    'SELECT DISTINCT channel FROM hits WHERE site = {site:UInt32} AND channel IN {channels:Array(String)}',
    { site: own.siteId, channels: isUnknown(known).map(({ channel }) => channel) },
    options,
  )
  const wrong = isUnknown([...known, ...seen.map(({ channel }) => channel)])
  if (wrong.length === 0) return
  throw new QuestionError(
    wrong.map(({ channel, field }) => ({
      field,
      message: `There is no channel ${shown(channel)}.`,
      allowed: [...new Set(known)],
    })),
  )
}

/** The channels of its own that a site's rules name. */
export function channelsOfRules(rules: readonly { then: { channel?: string } }[]): string[] {
  return rules.flatMap(({ then: { channel } }) => channel ?? [])
}
