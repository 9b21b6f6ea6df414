import type { RawHit } from '../domain/hit.ts'
import { CHANNELS, type Habit } from './facts.ts'
import { beginLinkVisit, beginVisit } from './journeys.ts'
import { crawl, monitor, prefetch, preview } from './machines.ts'
import { DAY_MS, type DemoLink, HOUR_MS, type Period } from './plan.ts'
import { type Random, randomOf, type Weighted, weighted } from './random.ts'
import type { HourOfWorld } from './rhythm.ts'
import type { World } from './world.ts'

/** One source of hits, which brings some number of visits each hour. */
export interface Stream {
  /** Its hits are `share` parts of all visits, over the whole time and all streams of its group together. */
  group: string
  /** Visits beside those of other hours and streams of the group. */
  weightAt(hour: Hour): number
  /** The hits of one visit, or of one machine's request. */
  begin(world: World, start: { time: number; hour: HourOfWorld; random: Random }): Iterator<RawHit>
}

export interface Hour {
  /** Unix milliseconds of its beginning. */
  time: number
  /** Since the beginning of the history. */
  index: number
  /** Share of the history that has passed. */
  passed: number
  world: HourOfWorld
}

export interface Group {
  name: string
  /** Visits beside those of other groups. */
  share: number
}

type SourceName = 'search' | 'paid-search' | 'direct' | 'referral' | 'email' | 'ai' | 'untagged-social'
const SOURCES: readonly SourceName[] = [
  'search',
  'paid-search',
  'direct',
  'referral',
  'email',
  'ai',
  'untagged-social',
]

/** Streams of people, by the groups of `data/channels.json`, and of machines. */
export function streamsOf(
  links: readonly DemoLink[],
  period: Period,
): { groups: Group[]; streams: Stream[] } {
  const { machines, streams } = CHANNELS
  const organic = links.filter(({ paid }) => paid === 'organic')
  const ads = links.filter(({ paid }) => paid === 'paid')
  const anyLink = links.length === 0 ? null : weighted(links, ({ weight }) => weight)
  const ofMachines = Object.entries(machines).map(([name, share]) => ({ name, share }))
  return {
    groups: [...Object.entries(streams).map(([name, { share }]) => ({ name, share })), ...ofMachines].filter(
      ({ name }) =>
        name === 'links'
          ? organic.length > 0
          : name === 'ads'
            ? ads.length > 0
            : anyLink !== null || !NEEDS_LINK.has(name),
    ),
    streams: [
      ...organic.map((link) => linkStream('links', link)),
      ...ads.map((link) => linkStream('ads', link)),
      ...SOURCES.map((name) => sourceStream(name, period)),
      machine('crawlers', (world, time, random) => crawl(world, time, random)),
      ...(anyLink === null ? [] : linkMachines(anyLink)),
    ],
  }
}

const NEEDS_LINK = new Set(['previews', 'monitors', 'prefetches'])

function linkMachines(anyLink: Weighted<DemoLink>): Stream[] {
  return [
    machine('previews', (world, time, random) => preview(world, random.pick(anyLink), time, random)),
    machine('monitors', (world, time, random) => monitor(world, random.pick(anyLink), time, random)),
    machine('prefetches', (world, time, random) => prefetch(world, random.pick(anyLink), time, random)),
  ]
}

/** A post's clicks come at once and die away; those of a profile's link and of an advertisement go on. */
function linkStream(group: 'links' | 'ads', link: DemoLink): Stream {
  const { halfLifeHours, publishedAt, weight } = link
  return {
    group,
    weightAt({ time, world }) {
      const age = (time - publishedAt) / HOUR_MS
      if (age < 0) return 0
      const level = world.level.social
      if (halfLifeHours === null) return (weight * level) / 200
      return ((weight * level * Math.LN2) / halfLifeHours) * 2 ** (-age / halfLifeHours)
    },
    begin: (world, { time, hour, random }) =>
      beginLinkVisit(world, { link, time, random, country: hour.countryOf('social', random) }),
  }
}

function sourceStream(name: SourceName, { seed, days, until }: Period): Stream {
  const habit: Habit = name === 'untagged-social' || name === 'email' ? 'social' : 'search'
  return {
    group: name,
    weightAt({ time, index, passed, world }) {
      const day = Math.floor(time / DAY_MS)
      const noise = randomOf(seed, 2, day, SOURCES.indexOf(name)).around(1, 0.07)
      // Search grows slowly; a letter is read on the day it is sent, and a little on the next.
      const growth = name === 'search' ? 1 + 0.2 * passed : name === 'ai' ? 0.6 + 0.9 * passed : 1
      const letter = name === 'email' ? letterAt(index / 24, until - days * DAY_MS) : 1
      return world.level[habit] * noise * growth * letter
    },
    begin: (world, { time, hour, random }) =>
      beginVisit(world, { source: name, time, random, country: hour.countryOf(habit, random) }),
  }
}

function letterAt(day: number, from: number): number {
  const { letterEveryDays } = CHANNELS
  const since = (day + Math.floor(from / DAY_MS) + 5) % letterEveryDays
  return since < 1 ? 10 : since < 2 ? 3 : 0.2
}

function machine(group: string, make: (world: World, time: number, random: Random) => RawHit): Stream {
  return {
    group,
    weightAt: () => 1,
    begin: (world, { time, random }) => [make(world, time, random)][Symbol.iterator](),
  }
}
