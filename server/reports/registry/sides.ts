import { CHANNELS } from '../../domain/judged.ts'
import type { Sides } from '../contract.ts'
import type { Parameters } from '../parameters.ts'

/** Where a side comes from: judged with the hit, or put together from channels by the analyst. */
export type SideChannels =
  | { kind: 'judged'; column: 'side' | 'side_with_paid' }
  | { kind: 'custom'; search: readonly string[]; social: readonly string[] }

export const CHANNEL_NAMES: ReadonlySet<string> = new Set(CHANNELS)

/**
 * The judged sides know what channels alone do not (organic visits from social video stand on the Social side), so
 * only sides of the analyst's own are computed from channels.
 */
export function sideChannels(sides: Sides): SideChannels {
  if (sides === 'organic') return { kind: 'judged', column: 'side' }
  if (sides === 'with_paid') return { kind: 'judged', column: 'side_with_paid' }
  return { kind: 'custom', search: sides.search, social: sides.social }
}

export function sideSql(sides: SideChannels, parameters: Parameters): string {
  if (sides.kind === 'judged') return sides.column
  const search = parameters.bind('Array(String)', sides.search)
  const social = parameters.bind('Array(String)', sides.social)
  return `multiIf(channel IN ${search}, 'Search', channel IN ${social}, 'Social', 'Other')`
}
