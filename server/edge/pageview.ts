import { emptyHit, type RawHit, TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { clickIdKinds, readUtm } from '../domain/urls/query-values.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { capBytes } from './cap.ts'
import type { DirectorySite } from './directory.ts'
import type { PageEvent, PageviewEvent } from './event.ts'
import type { KnownPlace } from './geo.ts'
import type { Identity } from './identity.ts'
import type { RequestHeaders } from './request-headers.ts'
import { storedText, type VisitReader } from './visit.ts'

/** What the hits of one message share. */
export interface Sender {
  site: DirectorySite
  headers: RequestHeaders
  method: string
  httpVersion: string
  place: KnownPlace
  identity: Identity
  edgeRun: string
  /** Unix milliseconds. */
  receivedAt: number
  visits: VisitReader
}

/** Makes the facts that hits of every kind have; `cut` lacks what only one kind has. */
export type BaseHit = (event: Pick<PageEvent, 'id' | 'url' | 'age'>, sequence: number) => RawHit

/** What is the same for all events of a message is worked out once, and of a page once for the events that follow. */
export function baseHits(sender: Sender): BaseHit {
  const { headers, place, identity, receivedAt } = sender
  const { site, keptKeys } = sender.site
  const userAgent = sender.visits.userAgent(headers.userAgent)
  const shared: RawHit = {
    ...emptyHit(),
    edgeRun: sender.edgeRun,
    receivedAt,
    siteId: site.id,
    status: 202,
    userAgent: userAgent.text,
    method: sender.method,
    httpVersion: sender.httpVersion,
    headers: JSON.parse(headers.evidence),
    country: place.country,
    region: place.region,
    cityId: place.cityId,
    networkNumber: place.networkNumber,
    hosting: place.hosting,
    visitor: identity.visitor,
    previousVisitor: identity.previousVisitor,
    consent: identity.consent,
  }
  let page: (PageFacts & { href: string }) | null = null

  function pageFacts({ href, host, search }: URL): PageFacts {
    const url = storedText(privateUrl(href, keptKeys), TEXT_CAPS.url)
    const cut = named({ url: url.cut, userAgent: userAgent.cut, headers: headers.evidenceCut })
    return { host, url: url.text, utm: readUtm(search), clickIdKinds: clickIdKinds(search), cut }
  }

  return ({ id, url, age }, sequence) => {
    if (page?.href !== url.href) page = { ...pageFacts(url), href: url.href }
    const { host, utm, cut } = page
    const time = receivedAt - Math.round(age)
    return {
      ...shared,
      hitId: id,
      sequence,
      time,
      host,
      url: page.url,
      utm,
      clickIdKinds: page.clickIdKinds,
      cut,
    }
  }
}

type PageFacts = Pick<RawHit, 'host' | 'url' | 'utm' | 'clickIdKinds' | 'cut'>

/** The hit that a pageview makes. */
export function pageviewHit(
  event: PageviewEvent,
  { visits, site }: Pick<Sender, 'visits' | 'site'>,
  hit: RawHit,
): RawHit {
  const referrer = visits.referrer(event.referrer, site.keptKeys)
  const clickId = capBytes(event.clickId, limits.clickIdBytes)
  return {
    ...hit,
    kind: 'pageview',
    referrer: referrer.text,
    clickId,
    cut: [...hit.cut, ...named({ referrer: referrer.cut, clickId: clickId !== event.clickId })],
  }
}

/** The names of what was cut. */
export function named(cut: Record<string, boolean>): string[] {
  return Object.keys(cut).filter((name) => cut[name])
}
