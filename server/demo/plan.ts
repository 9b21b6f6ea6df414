import type { UtmValues } from '../domain/hit.ts'
import { CHANNELS, type Platform } from './facts.ts'
import { type Random, randomOf, type Weighted, weighted } from './random.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** From when to when a history reaches, and what it follows from. */
export interface Period {
  seed: number
  days: number
  /** Unix milliseconds; the first instant that is not in it. */
  until: number
}

/** A link that the demo's brand has put somewhere. */
export interface PlannedLink {
  slug: string
  title: string
  /** Path of the page that it leads to. */
  path: string
  platform: string
  placement: string
  paid: 'paid' | 'organic'
  postId: string
  campaignId: string
  utm: UtmValues
  /** Unix milliseconds. */
  publishedAt: number
  /** Clicks beside those of other links of its kind. */
  weight: number
  /** Null for one that stands as long as the history lasts. */
  halfLifeHours: number | null
}

/** A planned link as the control store has it. */
export interface DemoLink extends PlannedLink {
  id: number
  version: number
}

/** All demo links stand below this, so that they take no slug that somebody wants. */
const FOLDER = 'demo/'
const WINDOW_MS = 14 * HOUR_MS

/** The posts, profile links and advertisements of the time: the same for the same seed, days and end. */
export function planLinks({ seed, days, until }: Period): PlannedLink[] {
  const from = until - days * DAY_MS
  const topics = weighted(CHANNELS.topics, ({ social }) => social)
  const links: PlannedLink[] = []
  for (const [index, [name, platform]] of Object.entries(CHANNELS.platforms).entries()) {
    const random = randomOf(seed, 1, index)
    if (platform.bio > 0) links.push(bioLink(name, platform, from))
    const posts = Math.max(1, Math.round(days / platform.everyDays))
    const times = Array.from({ length: posts }, (_, post) => {
      const slot = from + ((post + random.between(0.1, 0.9)) * days * DAY_MS) / posts
      return Math.floor(evening(slot, random))
    })
    const viral = CHANNELS.viral.find((one) => one.platform === name)
    const viralAt = viral === undefined ? -1 : Math.min(posts - 1, Math.floor(viral.at * posts))
    for (const [post, time] of times.entries()) {
      const publishedAt = Math.min(Math.max(time, from), until - HOUR_MS)
      const times = post === viralAt ? (viral?.times ?? 1) : 1
      links.push(postLink({ name, platform, post, publishedAt, times, topics, random, from, until }))
    }
  }
  for (const [index, ad] of CHANNELS.ads.entries()) links.push(adLink(ad, index, from, until))
  return links
}

interface Posting {
  name: string
  platform: Platform
  post: number
  publishedAt: number
  /** How many times the usual number of people it reaches. */
  times: number
  topics: Weighted<(typeof CHANNELS.topics)[number]>
  random: Random
  from: number
  until: number
}

function postLink(posting: Posting): PlannedLink {
  const { name, platform, post, publishedAt, times, topics, random, from, until } = posting
  const topic = random.pick(topics)
  const placement = random.one(platform.placements)
  const campaign = campaignAt((publishedAt - from) / (until - from))
  const number = String(post + 1).padStart(2, '0')
  return {
    slug: `${FOLDER}${topic.slug}-${name}-${number}`,
    title: `${titleOf(name)} ${placement} ${number}: ${topic.title}`,
    path: topic.path,
    platform: name,
    placement,
    paid: 'organic',
    postId: `${name}-${number}`,
    campaignId: campaign,
    utm: utmOf(name, 'social', campaign, `${topic.slug}-${number}`),
    publishedAt,
    weight: platform.weight * Math.min(random.around(1, 0.5), 3) * times,
    halfLifeHours: times > 1 ? Math.min(platform.halfLife, 10) : platform.halfLife,
  }
}

function bioLink(name: string, { bio }: Platform, from: number): PlannedLink {
  return {
    slug: `${FOLDER}bio-${name}`,
    title: `${titleOf(name)} profile`,
    path: '/dealers',
    platform: name,
    placement: 'bio',
    paid: 'organic',
    postId: `${name}-bio`,
    campaignId: CHANNELS.always,
    utm: utmOf(name, 'social', CHANNELS.always, 'bio'),
    publishedAt: from,
    weight: bio * 6,
    halfLifeHours: null,
  }
}

function adLink(ad: (typeof CHANNELS.ads)[number], index: number, from: number, until: number): PlannedLink {
  const campaign = campaignAt(0.5 + index * 0.01)
  return {
    slug: `${FOLDER}ad-${ad.platform}`,
    title: `${titleOf(ad.platform)} ${ad.placement}`,
    path: ad.path,
    platform: ad.platform,
    placement: ad.placement,
    paid: 'paid',
    postId: `${ad.platform}-ad`,
    campaignId: campaign,
    utm: utmOf(ad.platform, 'paid_social', campaign, ad.placement.replaceAll(' ', '-')),
    publishedAt: from + Math.floor((until - from) * 0.3),
    weight: ad.weight,
    halfLifeHours: null,
  }
}

/** Posts go out between eight in the morning and ten at night, most when feeds are read. */
function evening(time: number, random: Random): number {
  const midnight = Math.floor(time / DAY_MS) * DAY_MS
  return midnight + 7 * HOUR_MS + Math.sqrt(random.next()) * WINDOW_MS
}

function campaignAt(share: number): string {
  return CHANNELS.campaigns.find(({ from, to }) => share >= from && share < to)?.id ?? CHANNELS.always
}

function utmOf(source: string, medium: string, campaign: string, content: string): UtmValues {
  return { source, medium, campaign, term: '', content }
}

function titleOf(platform: string): string {
  const names: Record<string, string> = { tiktok: 'TikTok', youtube: 'YouTube', linkedin: 'LinkedIn' }
  return names[platform] ?? `${platform.charAt(0).toUpperCase()}${platform.slice(1)}`
}
