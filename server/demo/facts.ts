import { readFileSync } from 'node:fs'
import { packageFile } from '../paths.ts'
import channels from './data/channels.json' with { type: 'json' }
import people from './data/people.json' with { type: 'json' }

/** What the demo is made of: the people of `data/people.json`, the channels and machines of `data/channels.json`. */
export const PEOPLE = people
export const CHANNELS: Omit<typeof channels, 'platforms' | 'behaviours'> & {
  platforms: Record<string, Platform>
  behaviours: Record<BehaviourName, Behaviour>
} = channels

export type Country = (typeof people.countries)[number]
/** Whether people come from a feed or went looking: hours and devices differ. */
export type Habit = 'search' | 'social'
export type Device = keyof typeof people.browsers
export type BehaviourName = keyof typeof channels.behaviours

/** A social network: how often the brand posts there and what becomes of it. */
export interface Platform {
  everyDays: number
  /** Clicks of a post beside those of others. */
  weight: number
  /** Hours until half of a post's clicks have come. */
  halfLife: number
  placements: string[]
  /** Weight of the link that stands in the profile, 0 for none. */
  bio: number
  /** Share of telephones that open it in the app's own browser. */
  app: number
  referrer: string
  /** Share of visits that say the referrer. */
  referred: number
  /** Share of clicks that never land. */
  lost: number
  /** What the app adds to the user agent of its browser. */
  tokens: { iphone: string; android: string }
}

/** What visitors do, as probabilities; `dwell` in seconds a page. */
export interface Behaviour {
  /** Landing pages by weight; empty for visits whose link names one. */
  paths: Record<string, number>
  bounce: number
  dwell: number
  dealers: number
  testDrive: number
  model: number
  search: number
  select: number
  contact: number
  toBooking: number
  start: number
  book: number
  brochure: number
  consent: number
  deny: number
  returns: number
}

export interface Dealer {
  slug: string
  country: string
  lat: number
  lon: number
  phone: string
}

let dealers: readonly Dealer[] | undefined

/** The invented dealers that the demo site's locator searches. */
export function demoDealers(): readonly Dealer[] {
  dealers ??= (
    JSON.parse(readFileSync(packageFile('demo', 'site', 'dealers.json'), 'utf8')) as { dealers: Dealer[] }
  ).dealers
  return dealers
}
