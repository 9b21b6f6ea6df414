import { hash } from 'node:crypto'
import { emptyEvent, emptyHit, type RawHit } from '../../server/domain/hit.ts'
import { type ClickIdSigner, createClickIdSigner } from '../../server/domain/links/click-id.ts'
import type { Site } from '../../server/domain/site.ts'
import { type LocalDays, localDays } from '../../server/domain/time/local-day.ts'
import { referrer, seeded, userAgent } from './traffic.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
export const SIGNING_KEY = Buffer.alloc(32, 1)

/** Sites whose days are the awkward ones: clocks set in the midst of the thirty days, zones of :30 and :45. */
export const VISITED_SITES: Site[] = [
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
].map((timezone, index) => ({
  id: index + 1,
  name: `site ${index + 1}`,
  hostnames: ['cars.example'],
  timezone,
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}))
const FROM = Date.UTC(2026, 2, 14)
const DAYS = 30

export interface Visits {
  /** The hits of a visitor, in their order; the same for the same number. */
  of(visitor: number): RawHit[]
}

/**
 * Made-up visitors: each comes one to four times within thirty days, looks at some pages and at times does something
 * there; some come by a short link or a tagged one, some consent, and who is there at midnight goes on under a new key.
 */
export function createVisits(edgeRun: string, seed = 11): Visits {
  const signer = createClickIdSigner({ current: SIGNING_KEY, previous: null })
  const zones = VISITED_SITES.map(({ timezone }) => zoneOf(timezone))
  return {
    of(visitor) {
      const random = seeded(seed * 1_000_003 + visitor)
      const site = visitor % VISITED_SITES.length
      const zone = zones[site]
      if (!zone) throw new RangeError('no such site')
      const walk = {
        random,
        signer,
        zone,
        edgeRun,
        siteId: site + 1,
        visitor,
        agent: userAgent(random),
        hits: [],
      }
      const times = 1 + Math.floor(random() ** 2 * 4)
      for (let visit = 0; visit < times; visit++) comeBy(walk, visit)
      return walk.hits
    },
  }
}

interface Walk {
  random: () => number
  signer: ClickIdSigner
  zone: Zone
  edgeRun: string
  siteId: number
  visitor: number
  agent: string
  hits: RawHit[]
}

function comeBy(walk: Walk, visit: number): void {
  const { random, signer, hits } = walk
  let time = FROM + Math.floor(random() * DAYS * DAY)
  let consented = false
  const steps = 1 + Math.floor(random() ** 2 * 14)
  for (let step = 0; step < steps; step++) {
    const fresh = step === 0 || random() < 0.03
    const way = random()
    const grants: boolean = !consented && random() < 0.05
    consented ||= grants
    const hit: RawHit = {
      ...hitOf(walk, `${visit}.${step}`, time, consented, grants),
      kind: 'pageview',
      url: `https://cars.example/models/${Math.floor(random() * 200)}`,
      referrer: fresh ? referrer(random) : 'https://cars.example/',
    }
    if (fresh && way < 0.3) hit.clickId = signer.sign(time - 2_000, 1 + (walk.visitor % 500), false)
    else if (fresh && way < 0.5)
      hit.utm = { ...hit.utm, source: 'news', medium: 'email', campaign: `week ${visit}` }
    hits.push(hit)
    if (random() < 0.6) {
      const engagedMs = Math.floor(random() * 60_000)
      const event = { ...emptyEvent('engagement'), engagedMs, scroll: Math.floor(random() * 101) }
      const seen = hitOf(walk, `${visit}.${step}e`, time + engagedMs, consented, false)
      hits.push({ ...seen, kind: 'engagement', url: hit.url, event })
    }
    if (random() < 0.1) {
      const goal = hitOf(walk, `${visit}.${step}g`, time + 5_000, consented, false)
      hits.push({
        ...goal,
        kind: 'event',
        url: hit.url,
        event: { ...emptyEvent('custom'), name: 'dealer search' },
      })
    }
    time += Math.floor(random() ** 3 * 45 * MINUTE)
  }
}

function hitOf(
  { edgeRun, siteId, visitor, zone, agent }: Walk,
  part: string,
  time: number,
  consented: boolean,
  grants: boolean,
): RawHit {
  const today = zone.dayOf(time)
  const { start, before } = zone.about(today)
  const dayKey = digest(`${visitor} ${today}`)
  const former = time - start < 30 * MINUTE ? digest(`${visitor} ${before}`) : ''
  return {
    ...emptyHit(),
    hitId: hash('sha256', `${edgeRun} ${visitor} ${part}`, 'hex').slice(0, 32),
    edgeRun,
    siteId,
    receivedAt: time,
    time,
    host: 'cars.example',
    status: 202,
    userAgent: agent,
    method: 'POST',
    httpVersion: '1.1',
    headers: { accept: '*/*', 'accept-language': 'de' },
    country: 'DE',
    visitor: consented ? digest(`${visitor} for good`) : dayKey,
    previousVisitor: grants ? dayKey : consented ? '' : former,
    consent: consented ? 'granted' : 'unasked',
  }
}

interface Zone extends Pick<LocalDays, 'dayOf'> {
  /** When a day begins, and the day before. */
  about(day: string): { start: number; before: string }
}

function zoneOf(timezone: string): Zone {
  const days = localDays(timezone)
  const known = new Map<string, { start: number; before: string }>()
  return {
    dayOf: days.dayOf,
    about(day) {
      const about = known.get(day) ?? { start: days.bounds(day).start, before: days.shift(day, -1) }
      known.set(day, about)
      return about
    },
  }
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}
