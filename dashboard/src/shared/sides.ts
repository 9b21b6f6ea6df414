import { CHANNELS } from '../../../server/domain/judged.ts'
import type { Sides } from '../../../server/reports/contract.ts'

/** What stands on each side when the switch is at organic, for showing; the server decides (it also adds visits from social video). */
export const ORGANIC: { search: string[]; social: string[] } = {
  search: ['Organic Search'],
  social: ['Organic Social', 'Organic Video'],
}
export const WITH_PAID: { search: string[]; social: string[] } = {
  search: ['Organic Search', 'Paid Search'],
  social: ['Organic Social', 'Organic Video', 'Paid Social', 'Paid Video'],
}

/** Any name may be a channel of the site's own: the API says where there is none of this name. */
const named = (text: string | undefined): string[] => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((channel) => channel.trim())
      .filter((channel) => channel !== ''),
  ),
]

/** The sides that an address names: `sides=with_paid`, or lists of channels under `search` and `social`. */
export function parseSides(sides?: string, search?: string, social?: string): Sides {
  const own = { search: named(search), social: named(social).filter((one) => !named(search).includes(one)) }
  if (sides === 'custom' && own.search.length > 0 && own.social.length > 0) return own
  return sides === 'with_paid' ? 'with_paid' : 'organic'
}

export function formatSides(sides: Sides): {
  sides: string | undefined
  search: string | undefined
  social: string | undefined
} {
  if (typeof sides === 'string') {
    return { sides: sides === 'organic' ? undefined : sides, search: undefined, social: undefined }
  }
  return { sides: 'custom', search: sides.search.join(','), social: sides.social.join(',') }
}

/** Channels of both sides, spelled out. */
export function channelsOf(sides: Sides): { search: string[]; social: string[] } {
  if (typeof sides !== 'string') return sides
  return sides === 'organic' ? ORGANIC : WITH_PAID
}

/** Every channel that may stand on a side: the built-in ones, those of the site's rules, and those on a side already. */
export function sideChannels(ownOfRules: readonly string[], sides: Sides): string[] {
  const { search, social } = channelsOf(sides)
  return [...new Set([...CHANNELS, ...ownOfRules, ...search, ...social])]
}

export type SideChoice = 'search' | 'social' | 'none'

export function sideOf(channel: string, sides: { search: string[]; social: string[] }): SideChoice {
  if (sides.search.includes(channel)) return 'search'
  return sides.social.includes(channel) ? 'social' : 'none'
}

/** The sides with one channel moved. */
export function moveChannel(
  channel: string,
  to: SideChoice,
  sides: { search: string[]; social: string[] },
): { search: string[]; social: string[] } {
  const without = (list: string[]) => list.filter((one) => one !== channel)
  return {
    search: to === 'search' ? [...without(sides.search), channel] : without(sides.search),
    social: to === 'social' ? [...without(sides.social), channel] : without(sides.social),
  }
}
