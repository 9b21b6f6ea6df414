import type { LinkPage, LinkRecord } from '../src/features/links/link-record.ts'
import { dice, type Scenario } from './fixture-data.ts'

const HOUR = 3_600_000
const PLATFORMS = ['instagram', 'facebook', 'tiktok', 'youtube', 'linkedin']
const PLACEMENTS = ['story sticker', 'post', 'bio', 'description', 'post']
const TARGETS = [
  'test-drive',
  'dealer-locator',
  'models/atlas-ev',
  'offers/raya-2026',
  'charging/find-a-charger',
]
const TITLES = [
  'Raya teaser, 15 s cut',
  'Atlas EV launch film',
  'Test-drive weekend, Penang',
  'Dealer of the month',
  'Charging explained',
]

/** Links in memory, with what the API says of wrong ones. */
export function linkStore(scenario: Scenario) {
  let next = 1
  const links: LinkRecord[] = []
  const make = (body: Record<string, unknown>, extra: Partial<LinkRecord> = {}): LinkRecord => {
    const now = new Date().toISOString()
    const slug = typeof body.slug === 'string' ? body.slug : `k7m${(next * 7919).toString(36)}`
    const link: LinkRecord = {
      id: next++,
      slug,
      domain: 'go.meridian-motors.com',
      shortUrl: `https://go.meridian-motors.com/${slug}`,
      destination: '',
      utm_source: null,
      utm_medium: null,
      utm_campaign: null,
      utm_term: null,
      utm_content: null,
      status: 302,
      state: 'active',
      expiresAt: null,
      fallbackUrl: null,
      passThrough: 'fill',
      clickId: 'visit',
      platform: null,
      placement: null,
      paid: null,
      title: null,
      notes: null,
      tags: [],
      version: 1,
      createdAt: now,
      updatedAt: now,
      clicks: 0,
      lastClickAt: null,
      ...body,
      ...extra,
    }
    links.unshift(link)
    return link
  }
  if (scenario !== 'empty') {
    const random = dice(99)
    const count = scenario === 'huge' ? 400 : 64
    for (let index = 0; index < count; index += 1) {
      const kind = index % 5
      const long = scenario === 'huge' && index % 3 === 0
      const clicks =
        index % 9 === 8 ? 0 : Math.floor(random() ** 3 * (scenario === 'huge' ? 98_765_432 : 8_400))
      make(
        {
          destination: `https://www.meridian-motors.com/${TARGETS[kind]}${long ? `/${'a-very-long-path-segment/'.repeat(8)}` : ''}`,
          slug: `${['raya', 'atlas', 'drive', 'dealer', 'charge'][kind]}-${index + 1}${long ? '-with-a-slug-that-somebody-made-far-too-long-for-any-poster' : ''}`,
          title:
            index % 4 === 3
              ? null
              : `${TITLES[kind]}${long ? ', the version for the regional teams with the longer end card and the second legal line' : ''}`,
          platform: PLATFORMS[kind],
          placement: PLACEMENTS[kind],
          utm_source: PLATFORMS[kind],
          utm_medium: 'social',
          utm_campaign: ['raya-2026', 'atlas-launch', 'always-on'][index % 3],
          tags: index % 6 === 0 ? ['launch', 'video'] : [],
        },
        {
          clicks,
          lastClickAt: clicks === 0 ? null : new Date(Date.now() - random() ** 4 * 900 * HOUR).toISOString(),
          state: index % 17 === 5 ? 'disabled' : index % 23 === 7 ? 'archived' : 'active',
          expiresAt: index % 19 === 11 ? new Date(Date.now() - 50 * HOUR).toISOString() : null,
        },
      )
    }
  }
  return {
    links,
    make,
    list(query: URLSearchParams): LinkPage {
      const sought = query.get('search')?.toLowerCase() ?? ''
      const state = query.get('state')
      const found = links.filter(
        (link) =>
          (state === 'all' || (state === null ? link.state !== 'archived' : link.state === state)) &&
          [link.slug, link.destination, link.title, ...link.tags].join(' ').toLowerCase().includes(sought),
      )
      const from = Number(query.get('cursor') ?? 0)
      const limit = Number(query.get('limit') ?? 50)
      return {
        data: found.slice(from, from + limit),
        nextCursor: from + limit < found.length ? String(from + limit) : null,
      }
    },
  }
}
