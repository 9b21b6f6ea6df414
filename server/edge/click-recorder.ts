import { TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { clickIdKinds } from '../domain/urls/query-values.ts'
import type { LossReason, SpoolWriter } from '../spool/spool.ts'
import type { Asked } from './asked.ts'
import { capBytes } from './cap.ts'
import { encodeClick, linkJson } from './click-record.ts'
import type { Clock } from './clock.ts'
import { consentedKey } from './consented-key.ts'
import type { LinkAtHand, Route } from './link-route.ts'
import type { VisitReader } from './visit.ts'

export interface ClickRecorderOptions {
  spool: SpoolWriter
  visits: VisitReader
  clock: Clock
}

/** What a click's record says of its link, or of the domain where there is none. */
export interface ClickSubject {
  siteId: number
  keptKeys: ReadonlySet<string>
  siteJson: string
  termsJson: string
}

/** Appends the hit that a request makes to the spool; `done` is called once it is written, or cannot be. */
export type RecordClick = (
  asked: Asked,
  subject: ClickSubject,
  /** Null where nobody made the slug. */
  link: LinkAtHand | null,
  route: Route,
  clickId: string,
  /** Unix ms: the instant that the click id names. */
  receivedAt: number,
  done: (lost?: LossReason) => void,
) => void

const NO_LINK_JSON = linkJson(0, 0)
const NO_NAMES: readonly string[] = []

export function createClickRecorder({ spool, visits, clock }: ClickRecorderOptions): RecordClick {
  return (asked, subject, link, route, clickId, receivedAt, done) => {
    const { req, path, query, headers, client, userAgent, slug: whole } = asked
    const sequence = clock.nextSequence()
    const visitor = visits.visitor(client, headers.userAgent, subject.siteId, receivedAt)
    const consented = headers.cookie === '' ? '' : consentedKey(asked, subject.siteId)
    const referrer = visits.referrer(headers.referrer, subject.keptKeys)
    const slug = capBytes(whole, TEXT_CAPS.slug)
    const wholeUrl = privateRequest(path, query, route, subject.keptKeys)
    const url = capBytes(wholeUrl, TEXT_CAPS.url)
    const cut = cutNames(
      slug !== whole,
      url !== wholeUrl,
      route.destinationCut,
      referrer.cut,
      userAgent.cut,
      headers.evidenceCut,
    )
    const payload = encodeClick({
      edgeRun: spool.edgeRun,
      sequence,
      receivedAt,
      siteJson: subject.siteJson,
      slug,
      linkJson: link === null ? NO_LINK_JSON : linkJson(link.id, link.version),
      outcome: route.outcome,
      status: route.status,
      url,
      destinationJson: route.destinationJson,
      referrerJson: referrer.json,
      userAgentJson: userAgent.json,
      method: req.method === 'HEAD' ? 'HEAD' : 'GET',
      httpVersion: req.httpVersion,
      evidenceJson: headers.evidence,
      utmJson: route.utmJson,
      clickIdKinds: query === '' ? NO_NAMES : clickIdKinds(query),
      placeJson: visitor.place.json,
      visitor: consented || visitor.key,
      previousVisitor: consented === '' ? visitor.previousKey : visitor.key,
      consent: consented === '' ? 'unasked' : 'granted',
      clickId,
      termsJson: subject.termsJson,
      choiceJson: route.choiceJson,
      cut,
    })
    spool.append(payload, done)
  }
}

const CAPPED = ['slug', 'url', 'destination', 'referrer', 'userAgent', 'headers'] as const

/** The names of the fields that were cut, in the order of `CAPPED`. */
function cutNames(...cut: boolean[]): readonly string[] {
  return cut.includes(true) ? CAPPED.filter((_, index) => cut[index]) : NO_NAMES
}

/** What was asked for, made private; of a request that a link served the path holds nothing but a slug. */
function privateRequest(path: string, query: string, route: Route, keptKeys: ReadonlySet<string>): string {
  if (query === '') return route.outcome === 'unknown' ? privateUrl(path, keptKeys) : path
  if (route.privateQuery !== null) return `${path}?${route.privateQuery}`
  return privateUrl(`${path}?${query}`, keptKeys)
}
