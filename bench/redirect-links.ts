import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { openControl } from '../server/control/open.ts'
import { pick, referrer, seeded, userAgent } from './support/traffic.ts'

export const BENCH_HOST = 'go.example'

export function slugOf(index: number): string {
  return `spring-sale-${index.toString(36)}`
}

/** A control store with `count` links, made by copying one that was made the proper way. */
export async function makeLinks(folder: string, count: number): Promise<void> {
  const path = join(folder, 'control.db')
  const control = await openControl(`sqlite:${path}`, { defaultDomain: BENCH_HOST })
  const domain = await control.domains.default()
  const first = await control.links.create({
    domainId: domain.id,
    slug: slugOf(0),
    destination: 'https://www.example.com/cars/city-hatch?model=x0',
    utm: { source: 'instagram', medium: 'social', campaign: 'spring-0', term: '', content: 'story' },
    platform: 'instagram',
    placement: 'story',
    paid: 'organic',
    title: 'The spring sale on the city hatch',
  })
  await control.close()

  const database = new BetterSqlite(path)
  const [row] = database.prepare('select * from links where id = ?').all(first.id) as Record<
    string,
    unknown
  >[]
  if (!row) throw new Error('the first link is missing')
  const columns = Object.keys(row)
  const insert = database.prepare(
    `insert into links (${columns.join(', ')}) values (${columns.map((name) => `@${name}`).join(', ')})`,
  )
  database.transaction(() => {
    for (let i = 1; i < count; i++) {
      insert.run({
        ...row,
        id: first.id + i,
        slug: slugOf(i),
        slug_key: slugOf(i),
        destination: `https://www.example.com/cars/city-hatch/offers/${i}?model=x${i % 40}`,
        utm_campaign: `spring-${i % 300}`,
        revision: Number(row.revision) + i,
      })
    }
    database.prepare('update revisions set value = value + ?').run(count)
  })()
  database.close()
}

export interface LoadRequest {
  method: 'GET'
  path: string
  headers: Record<string, string>
}

export function plainRequest(index: number): LoadRequest {
  return { method: 'GET', path: `/${slugOf(index)}`, headers: { host: BENCH_HOST } }
}

const LANGUAGES = [
  'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7',
  'en-US,en;q=0.9',
  'ms-MY,ms;q=0.9,en;q=0.8',
  'fr-FR',
]
/** What visitors bring along: most nothing, the rest what the platforms append. */
const QUERIES = [
  (n: number) => `?fbclid=IwY2xjawF${n.toString(36)}leHRuA2FlbQIxMAABHb${n.toString(36)}aem_kq`,
  (n: number) => `?igsh=MzRlODBiNWFlZA${n.toString(36)}%3D%3D`,
  (n: number) => `?utm_source=newsletter&utm_content=button-${n % 7}`,
]

/**
 * Clicks of phones and desktops. A fifth of the links gets three fifths of the clicks (`skew` 3), which is milder than
 * real traffic; with `skew` 1 all get the same.
 */
export function loadRequests(
  count: number,
  links: number,
  seed: number,
  { proxied, skew }: { proxied: boolean; skew: number },
): LoadRequest[] {
  const random = seeded(seed)
  const requests: LoadRequest[] = []
  for (let i = 0; i < count; i++) {
    const n = Math.floor(random() ** skew * links)
    const agent = userAgent(random)
    const from = referrer(random)
    const query = random() < 0.3 ? pick(random, QUERIES)(n) : ''
    const chromium = agent.includes('Chrome/')
    requests.push({
      method: 'GET',
      path: `/${slugOf(n)}${query}`,
      headers: {
        host: BENCH_HOST,
        'user-agent': agent,
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
        'accept-language': pick(random, LANGUAGES),
        'accept-encoding': 'gzip, deflate, br',
        ...(from === '' ? {} : { referer: from }),
        'sec-fetch-site': from === '' ? 'none' : 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        'upgrade-insecure-requests': '1',
        ...(chromium
          ? {
              'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
              'sec-ch-ua-mobile': agent.includes('Mobile') ? '?1' : '?0',
              'sec-ch-ua-platform': agent.includes('Android') ? '"Android"' : '"Windows"',
            }
          : {}),
        ...(proxied ? { 'x-forwarded-for': address(random) } : {}),
      },
    })
  }
  return requests
}

function address(random: () => number): string {
  const part = () => Math.floor(random() * 254) + 1
  if (random() < 0.3) return `2a0${Math.floor(random() * 9)}:${part().toString(16)}::${part().toString(16)}`
  return `${Math.floor(random() * 200) + 11}.${part()}.${part()}.${part()}`
}
