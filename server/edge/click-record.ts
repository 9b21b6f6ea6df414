import type { Consent, Outcome, UtmValues } from '../domain/hit.ts'
import type { Place } from './geo.ts'
import { jsonText } from './request-headers.ts'

/**
 * A click's hit in pieces of JSON, each made where its facts are known: of the link once, of a user agent or a country
 * once for many clicks. Names that end in `Json` are JSON already; the others are numbers, or texts of letters and
 * digits that need no escaping.
 */
export interface ClickPieces {
  edgeRun: string
  sequence: number
  receivedAt: number
  /** `siteJson`. */
  siteJson: string
  slug: string
  /** `linkJson`. */
  linkJson: string
  outcome: Outcome
  status: number
  url: string
  destinationJson: string
  referrerJson: string
  userAgentJson: string
  method: string
  httpVersion: string
  /** JSON of `RawHit.headers`. */
  evidenceJson: string
  utmJson: string
  clickIdKinds: readonly string[]
  placeJson: string
  visitor: string
  previousVisitor: string
  consent: Consent
  clickId: string
  /** `termsJson`. */
  termsJson: string
  /** `choiceJson`. */
  choiceJson: string
  cut: readonly string[]
}

/**
 * The payload that `encodeHit` gives for the same hit, glued from its pieces: about 1 µs where building the hit and
 * `JSON.stringify` take 3.
 */
export function encodeClick(p: ClickPieces): string {
  return (
    `["click","${clickHitId(p.edgeRun, p.sequence)}",${p.sequence},${p.receivedAt},${p.receivedAt},${p.siteJson},` +
    `${jsonText(p.slug)},${p.linkJson},"${p.outcome}",${p.status},${jsonText(p.url)},${p.destinationJson},` +
    `${p.referrerJson},${p.userAgentJson},"${p.method}","${p.httpVersion}",${p.evidenceJson},${p.utmJson},` +
    `${jsonList(p.clickIdKinds)},${p.placeJson},"${p.visitor}","${p.previousVisitor}","${p.consent}","${p.clickId}",` +
    `${p.termsJson},${p.choiceJson},${jsonList(p.cut)},"edge"]`
  )
}

/** `RawHit.hitId` of a click. */
export function clickHitId(edgeRun: string, sequence: number): string {
  return edgeRun + sequence.toString(16).padStart(16, '0')
}

/** Site and short domain. */
export function siteJson(siteId: number, host: string): string {
  return `${siteId},${jsonText(host)}`
}

/** Link and version; 0 and 0 where there is none. */
export function linkJson(linkId: number, version: number): string {
  return `${linkId},${version}`
}

export function utmJson(utm: UtmValues): string {
  return [utm.source, utm.medium, utm.campaign, utm.term, utm.content].map(jsonText).join(',')
}

/** Country to hosting flag. */
export function placeJson(place: Place): string {
  return `${jsonText(place.country)},${jsonText(place.region)},${place.cityId},"",${place.networkNumber},${place.hosting ? 1 : 0}`
}

/** What the link says about where it was put. */
export function termsJson(terms: {
  platform: string | null
  placement: string | null
  paid: string | null
  postId: string | null
  campaignId: string | null
}): string {
  return [terms.platform, terms.placement, terms.paid, terms.postId, terms.campaignId]
    .map((text) => jsonText(text ?? ''))
    .join(',')
}

/** Which variant and which of the link's rules fired. */
export function choiceJson(variant: string, rule: string): string {
  return `${jsonText(variant)},${jsonText(rule)}`
}

function jsonList(names: readonly string[]): string {
  return names.length === 0 ? '[]' : JSON.stringify(names)
}
