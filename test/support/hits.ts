import { randomBytes } from 'node:crypto'
import { emptyHit, type RawHit } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'

export const SITE = {
  id: 1,
  name: 'default',
  hostnames: ['cars.example'],
  timezone: 'Europe/Berlin',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}

/** A click as an edge would have made it; its id follows from run and sequence. */
export function click(edgeRun: string, sequence: number, change: Partial<RawHit> = {}): RawHit {
  const time = change.time ?? Date.now()
  return {
    ...emptyHit(),
    kind: 'click',
    hitId: edgeRun + sequence.toString(16).padStart(16, '0'),
    edgeRun,
    sequence,
    receivedAt: time,
    time,
    siteId: SITE.id,
    host: 'go.example',
    slug: 'spring',
    linkId: 7,
    linkVersion: 1,
    outcome: 'redirected',
    status: 302,
    url: '/spring',
    destination: 'https://cars.example/dealers',
    userAgent:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    method: 'GET',
    httpVersion: '1.1',
    visitor: randomBytes(8).toString('hex'),
    ...change,
  }
}

/** A pageview as the collect endpoint would have made it. */
export function pageview(edgeRun: string, sequence: number, change: Partial<RawHit> = {}): RawHit {
  return click(edgeRun, sequence, {
    kind: 'pageview',
    hitId: randomBytes(16).toString('hex'),
    host: 'cars.example',
    slug: '',
    linkId: 0,
    linkVersion: 0,
    outcome: '',
    status: 202,
    url: 'https://cars.example/dealers',
    destination: '',
    method: 'POST',
    ...change,
  })
}

/** A judgement that says what it is told to: for tests of how judged rows travel, not of what they say. */
export function judgedAs(hit: RawHit, day: string, change: Partial<JudgedHit> = {}): JudgedHit {
  return {
    siteId: hit.siteId,
    day,
    time: hit.time,
    kind: hit.kind,
    hitId: hit.hitId,
    visitor: hit.visitor,
    traffic: 'person',
    trafficReason: '',
    outcome: hit.outcome,
    entry: hit.kind === 'pageview',
    channel: 'Direct',
    side: 'Other',
    sideWithPaid: 'Other',
    source: '',
    medium: '',
    campaign: '',
    term: '',
    content: '',
    channelRule: 'direct',
    baseChannel: '',
    baseSource: '',
    platform: '',
    placement: '',
    paid: '',
    postId: '',
    campaignId: '',
    linkId: hit.linkId,
    link: hit.slug ? `${hit.host}/${hit.slug}` : '',
    landingPage: 'cars.example/dealers',
    country: '',
    device: '',
    browser: '',
    os: '',
    landing: '',
    referrerHost: '',
    clickIdKinds: '',
    rulesVersion: 1,
    clickKey: '0',
    clickedAt: 0,
    inApp: '',
    consent: 'unasked',
    previousVisitor: '',
    utmValues: '',
    event: null,
    ...change,
  }
}
