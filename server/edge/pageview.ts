import type { IncomingMessage } from 'node:http'
import { emptyHit, type RawHit, TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { clickIdKinds, readUtm } from '../domain/urls/query-values.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import type { ClientAddress } from './address.ts'
import { capBytes } from './cap.ts'
import type { Clock } from './clock.ts'
import type { DirectorySite } from './directory.ts'
import type { PageEvent } from './event.ts'
import type { RequestHeaders } from './request-headers.ts'
import { storedText, type VisitReader } from './visit.ts'

/** A pageview's request, once it is known to be one of the site's. */
export interface TakenEvent {
  event: PageEvent
  site: DirectorySite
  headers: RequestHeaders
  client: ClientAddress
}

/** The hit that a pageview makes. */
export function pageviewHit(
  req: IncomingMessage,
  { event, site: { site, keptKeys }, headers, client }: TakenEvent,
  edgeRun: string,
  clock: Clock,
  visits: VisitReader,
): RawHit {
  const receivedAt = clock.now()
  const sequence = clock.nextSequence()
  const visitor = visits.visitor(client, headers.userAgent, site.id, receivedAt)
  const url = storedText(privateUrl(event.url.href, keptKeys), TEXT_CAPS.url)
  const referrer = visits.referrer(event.referrer, keptKeys)
  const userAgent = visits.userAgent(headers.userAgent)
  const clickId = capBytes(event.clickId, limits.clickIdBytes)
  const cut = [
    url.cut ? 'url' : '',
    referrer.cut ? 'referrer' : '',
    userAgent.cut ? 'userAgent' : '',
    clickId !== event.clickId ? 'clickId' : '',
    headers.evidenceCut ? 'headers' : '',
  ].filter((name) => name !== '')
  return {
    ...emptyHit(),
    kind: 'pageview',
    hitId: event.id,
    edgeRun,
    sequence,
    receivedAt,
    time: receivedAt - Math.round(event.age),
    siteId: site.id,
    host: event.url.host,
    status: 202,
    url: url.text,
    referrer: referrer.text,
    userAgent: userAgent.text,
    method: req.method ?? '',
    httpVersion: req.httpVersion,
    headers: JSON.parse(headers.evidence),
    utm: readUtm(event.url.search),
    clickIdKinds: clickIdKinds(event.url.search),
    country: visitor.place.country,
    region: visitor.place.region,
    cityId: visitor.place.cityId,
    networkNumber: visitor.place.networkNumber,
    visitor: visitor.key,
    previousVisitor: visitor.previousKey,
    clickId,
    cut,
  }
}
