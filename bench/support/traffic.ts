import { emptyHit, type RawHit } from '../../server/domain/hit.ts'

const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0.0.30.103 (iPhone15,3; iOS 18_1; de_DE; de; scale=3.00; 1290x2796; 655555555)',
  'Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.179 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0.0.54.88;]',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
]
const REFERRERS = [
  '',
  'https://l.facebook.com/',
  'https://www.instagram.com/',
  'https://t.co/abc',
  'https://www.google.com/',
  'https://www.linkedin.com/',
]
const COUNTRIES = ['DE', 'US', 'ID', 'BR', 'FR', 'GB']

/** A seeded generator (mulberry32): each run of a benchmark meets the same traffic. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: () => number, list: readonly T[]): T {
  const item = list[Math.floor(random() ** 2 * list.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/**
 * User agents as they come: Chrome tells its major version only, apps tell every build, so that a few hundred different
 * ones are about at a time.
 */
export function userAgent(random: () => number): string {
  const back = Math.floor(random() ** 3 * 12)
  return pick(random, USER_AGENTS)
    .replace(/(Chrome|Firefox)\/(\d+)/, (_, name, major) => `${name}/${Number(major) - back}`)
    .replace(
      /(Instagram|FBAV\/)(\d+)/,
      (_, name, build) => `${name}${Number(build) - Math.floor(random() ** 3 * 60)}`,
    )
}

export function referrer(random: () => number): string {
  return pick(random, REFERRERS)
}

/** Clicks on `links` links over one day, as an edge writes them. */
export function* clicks(count: number, links: number, edgeRun: string, from: number): Iterable<RawHit> {
  const random = seeded(7)
  const base = emptyHit()
  for (let i = 1; i <= count; i++) {
    const link = 1 + Math.floor(random() ** 3 * links)
    const time = from + Math.floor((i / count) * 86_000_000)
    yield {
      ...base,
      hitId: edgeRun + i.toString(16).padStart(16, '0'),
      edgeRun,
      sequence: i,
      receivedAt: time,
      time,
      siteId: 1,
      host: 'go.example',
      slug: `post-${link}`,
      linkId: link,
      linkVersion: 1,
      outcome: 'redirected',
      status: 302,
      url: `/post-${link}?fbclid=`,
      destination: `https://cars.example/dealers/${link % 300}?utm_source=facebook&utm_medium=social&utm_campaign=spring-${link % 20}&jjk=`,
      referrer: referrer(random),
      userAgent: userAgent(random),
      method: 'GET',
      httpVersion: '1.1',
      headers: {
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
      utm: { source: 'facebook', medium: 'social', campaign: `spring-${link % 20}`, term: '', content: '' },
      clickIdKinds: ['fbclid'],
      country: pick(random, COUNTRIES),
      visitor: Math.floor(random() * 2 ** 48)
        .toString(16)
        .padStart(16, '0'),
      clickId: Math.floor(random() * 2 ** 48)
        .toString(36)
        .padStart(40, 'A'),
      platform: 'facebook',
    }
  }
}
