import type { Channel, Side } from '../judged.ts'
import type { Category } from './facts.ts'

/**
 * The side a visit stands on, by organic channels only. Organic Video is social where its source is a social video
 * site (YouTube), not where it is a film service or a page's own player.
 */
export function sideOf(channel: Channel, category: Category | ''): Side {
  if (channel === 'Organic Search') return 'Search'
  if (channel === 'Organic Social') return 'Social'
  return channel === 'Organic Video' && category === 'video' ? 'Social' : 'Other'
}

/** The same with paid channels added to both sides. */
export function sideWithPaidOf(channel: Channel, category: Category | ''): Side {
  if (channel === 'Paid Search') return 'Search'
  if (channel === 'Paid Social' || channel === 'Paid Video') return 'Social'
  return sideOf(channel, category)
}
