/** Made-up hits of a car maker's site, for developing and testing the dashboard without a service. */

export const SCENARIOS = [
  'full',
  'empty',
  'clicks-only',
  'past',
  'huge',
  'error',
  'loading',
  'token',
] as const
export type Scenario = (typeof SCENARIOS)[number]

/** A cell of counts; dimensions by the query API's names. */
export interface Cell {
  day: string
  hour: number
  dimensions: Record<string, string>
  arrivals: number
  clicks: number
  pageviews: number
  botHits: number
}

/** Deterministic numbers between 0 and 1 (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const PAGES: [page: string, search: number, social: number][] = [
  ['meridian-motors.com/dealer-locator', 46, 19],
  ['meridian-motors.com/test-drive', 28, 41],
  ['meridian-motors.com/models/atlas-ev', 33, 37],
  ['meridian-motors.com/models/nova-hybrid', 21, 14],
  ['meridian-motors.com/offers/raya-2026', 6, 32],
  ['meridian-motors.com/', 38, 9],
  ['meridian-motors.com/service/book-a-service', 19, 3],
  ['meridian-motors.com/finance/calculator', 14, 5],
  ['meridian-motors.com/charging/find-a-charger', 11, 8],
  ['meridian-motors.com/news/atlas-ev-five-star-safety', 4, 16],
  ['meridian-motors.com/accessories', 7, 2],
  ['meridian-motors.com/careers', 5, 4],
  ['meridian-motors.com/models/atlas-ev/colours-and-trims', 8, 6],
  ['meridian-motors.com/dealer-locator/kuala-lumpur', 9, 2],
  ['meridian-motors.com/dealer-locator/penang', 4, 1],
  ['meridian-motors.com/owners/app', 3, 0],
  ['book.meridian-partners.example/test-drive/atlas-ev', 0, 13],
  ['meridian-motors.com/über-uns/geschichte', 2, 1],
]
/** Its host carries no script: only clicks are known. */
export const UNMEASURED = 'book.meridian-partners.example'

const SEARCH: [source: string, weight: number][] = [
  ['google', 0.82],
  ['bing', 0.1],
  ['duckduckgo', 0.05],
  ['yahoo', 0.03],
]
const SOCIAL: [source: string, platform: string, placement: string, weight: number][] = [
  ['instagram.com', 'instagram', 'story sticker', 0.3],
  ['facebook.com', 'facebook', 'post', 0.26],
  ['tiktok.com', 'tiktok', 'bio', 0.2],
  ['youtube.com', 'youtube', 'description', 0.14],
  ['linkedin.com', 'linkedin', 'post', 0.1],
]
const CAMPAIGNS = ['raya-2026', 'atlas-launch', 'always-on', 'safety-award']
const DEVICES = ['Mobile', 'Mobile', 'Mobile', 'Desktop', 'Tablet']
const COUNTRIES = ['MY', 'MY', 'MY', 'SG', 'ID', 'TH']
const BROWSERS = ['Chrome', 'Safari', 'Instagram', 'Samsung Internet', 'Firefox']

function plain(page: string): Record<string, string> {
  return {
    landing_page: page,
    medium: '(none)',
    campaign: '(none)',
    platform: '(none)',
    placement: '(none)',
    link: '(none)',
    traffic: 'person',
    traffic_reason: '(none)',
    outcome: '(none)',
  }
}

/** Cells for the days that end with `today`. */
export function cells(scenario: Scenario, today: string): Cell[] {
  if (scenario === 'empty' || scenario === 'loading' || scenario === 'error') return []
  const random = dice(20_261)
  const pages = scenario === 'huge' ? manyPages() : PAGES
  const days = scenario === 'huge' ? 8 : 200
  const shift = scenario === 'past' ? 200 : 0
  const scale = scenario === 'huge' ? 4_000 : 1
  const found: Cell[] = []
  for (let back = days - 1; back >= 0; back -= 1) {
    const at = new Date(Date.parse(`${today}T00:00:00Z`) - (back + shift) * 86_400_000)
    const day = at.toISOString().slice(0, 10)
    const weekend = at.getUTCDay() % 6 === 0 ? 0.72 : 1
    const growth = 1 + (200 - back) / 900
    const launch = back < 19 && back > 11 ? 1.9 : 1
    const add = (dimensions: Record<string, string>, counts: Partial<Cell>) => {
      const hour = Math.min(23, Math.floor(7 + random() * 16))
      const people = {
        device: pick(DEVICES, random),
        country: pick(COUNTRIES, random),
        browser: pick(BROWSERS, random),
        os: 'Android',
      }
      found.push({
        day,
        hour,
        arrivals: 0,
        clicks: 0,
        pageviews: 0,
        botHits: 0,
        dimensions: { ...people, ...dimensions },
        ...counts,
      })
    }
    for (const [page, search, social] of pages) {
      const measured = scenario !== 'clicks-only' && !page.startsWith(UNMEASURED)
      const noise = () => 0.7 + random() * 0.6
      if (measured) {
        for (const [source, weight] of SEARCH) {
          const arrivals = Math.round(search * weight * weekend * growth * noise() * scale)
          if (arrivals > 0)
            add(
              { ...plain(page), channel: 'Organic Search', side: 'Search', source, medium: 'organic' },
              { arrivals, pageviews: arrivals * 2 },
            )
        }
        const paid = Math.round(search * 0.18 * noise() * scale)
        if (paid > 0)
          add(
            {
              ...plain(page),
              channel: 'Paid Search',
              side: 'Other',
              source: 'google',
              medium: 'cpc',
              campaign: 'brand-search',
            },
            { arrivals: paid, pageviews: paid * 2 },
          )
        const direct = Math.round((search + social) * 0.3 * noise() * scale)
        add(
          { ...plain(page), channel: 'Direct', side: 'Other', source: '(direct)' },
          { arrivals: direct, pageviews: direct * 2 },
        )
        if (random() < 0.4)
          add(
            { ...plain(page), channel: 'Referral', side: 'Other', source: 'paultan.org', medium: 'referral' },
            { arrivals: Math.ceil(3 * noise() * scale), pageviews: 4 * scale },
          )
        if (random() < 0.25)
          add(
            { ...plain(page), channel: 'AI Assistants', side: 'Other', source: 'chatgpt.com' },
            { arrivals: Math.ceil(2 * noise() * scale), pageviews: 2 * scale },
          )
        if (random() < 0.2)
          add(
            { ...plain(page), channel: 'Email', side: 'Other', source: 'newsletter', medium: 'email' },
            { arrivals: Math.ceil(4 * noise() * scale), pageviews: 6 * scale },
          )
      }
      for (const [source, platform, placement, weight] of SOCIAL) {
        const clicks = Math.round(social * weight * growth * launch * noise() * scale)
        if (clicks === 0) continue
        const campaign = page.includes('raya')
          ? 'raya-2026'
          : page.includes('atlas')
            ? 'atlas-launch'
            : pick(CAMPAIGNS, random)
        const paid = random() < 0.15
        const dimensions = {
          ...plain(page),
          channel: paid ? 'Paid Social' : source === 'youtube.com' ? 'Organic Video' : 'Organic Social',
          side: paid ? 'Other' : 'Social',
          source,
          medium: paid ? 'paid_social' : 'social',
          campaign,
          platform,
          placement,
          link: `go.meridian-motors.com/${campaign}-${platform.slice(0, 2)}`,
          outcome: 'redirected',
        }
        const arrivals = measured ? Math.round(clicks * (0.78 + random() * 0.12)) : 0
        add(dimensions, { clicks, arrivals, pageviews: arrivals * 2 })
      }
    }
    const machine = (
      traffic: string,
      reason: string,
      browser: string,
      botHits: number,
      outcome = 'redirected',
    ) =>
      add(
        {
          ...plain('(none)'),
          landing_page: pages[0]?.[0] ?? '',
          channel: 'Direct',
          side: 'Other',
          source: '(direct)',
          link: 'go.meridian-motors.com/atlas-launch-in',
          traffic,
          traffic_reason: reason,
          browser,
          outcome,
        },
        { botHits: Math.round(botHits * (0.6 + random()) * scale) },
      )
    machine('bot', 'known_crawler', 'Googlebot', 41, '(none)')
    machine('bot', 'bot_list', 'AhrefsBot', 17, '(none)')
    machine('preview', 'link_preview', 'facebookexternalhit', 22)
    machine('preview', 'link_preview', 'WhatsApp', 12)
    machine('bot', 'ai_assistant', 'ChatGPT-User', 5, '(none)')
    machine('prefetch', 'prefetch_header', 'Chrome', 6)
    machine('head', 'head_request', 'curl', 2)
    machine('person', '(none)', 'Chrome', 1.4, 'expired')
  }
  return found
}

function manyPages(): [string, number, number][] {
  const random = dice(7)
  return Array.from({ length: 300 }, (_, index) => [
    `www-with-a-rather-long-host-name.meridian-motors-international.example/${'catalogue/'.repeat(1 + (index % 4))}model-${index}/a-page-title-that-somebody-wrote-out-in-full-in-the-address`,
    random() ** 6 * 900,
    random() ** 6 * 700,
  ])
}

function pick<T>(list: readonly T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new Error('an empty list has nothing to pick')
  return found
}
