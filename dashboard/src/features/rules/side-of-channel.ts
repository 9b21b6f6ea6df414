import { sideOf } from '../../../../server/domain/channels/sides.ts'
import { CHANNELS, type Side } from '../../../../server/domain/judged.ts'

const MARKS = { Search: 'search', Social: 'social', Other: 'other' } as const

/** The side on which a rule's channel stands, as the judge has it: a built-in one keeps its own. */
export function sideOfChannel(channel: string, side: Side | undefined): 'search' | 'social' | 'other' {
  const builtIn = CHANNELS.find((name) => name === channel)
  return MARKS[builtIn === undefined ? (side ?? 'Other') : sideOf(builtIn, 'video')]
}
