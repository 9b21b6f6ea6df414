import { TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { clickIdKinds } from '../domain/urls/query-values.ts'
import type { LossReason, SpoolWriter } from '../spool/spool.ts'
import type { Asked } from './asked.ts'
import { capBytes } from './cap.ts'
import { encodeClick } from './click-record.ts'
import type { Clock } from './clock.ts'
import type { Route } from './link-route.ts'
import { jsonText } from './request-headers.ts'
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
  linkJson: string
  termsJson: string
}

/** Appends the hit that a request makes to the spool; `done` is called once it is written, or cannot be. */
export type RecordClick = (
  asked: Asked,
  subject: ClickSubject,
  route: Route,
  clickId: string,
  done: (lost?: LossReason) => void,
) => void

const NO_NAMES: readonly string[] = []

export function createClickRecorder({ spool, visits, clock }: ClickRecorderOptions): RecordClick {
  return ({ req, path, query, headers, client, userAgent, slug: whole }, subject, route, clickId, done) => {
    const { receivedAt, sequence } = clock.next()
    const visitor = visits.visitor(client, headers.userAgent, subject.siteId, receivedAt)
    const referrer = visits.referrer(headers.referrer, subject.keptKeys)
    const slug = capBytes(whole, TEXT_CAPS.slug)
    const wholeUrl = privateRequest(path, query, route, subject.keptKeys)
    const url = capBytes(wholeUrl, TEXT_CAPS.url)
    const cut = [
      slug === whole ? '' : 'slug',
      url === wholeUrl ? '' : 'url',
      route.destinationCut ? 'destination' : '',
      referrer.cut ? 'referrer' : '',
      userAgent.cut ? 'userAgent' : '',
      headers.evidenceCut ? 'headers' : '',
    ].filter((name) => name !== '')
    const payload = encodeClick({
      edgeRun: spool.edgeRun,
      sequence,
      receivedAt,
      siteJson: subject.siteJson,
      slug,
      linkJson: subject.linkJson,
      outcome: route.outcome,
      status: route.status,
      url,
      destinationJson: jsonText(route.destination),
      referrerJson: referrer.json,
      userAgentJson: userAgent.json,
      method: req.method === 'HEAD' ? 'HEAD' : 'GET',
      httpVersion: req.httpVersion,
      evidenceJson: headers.evidence,
      utmJson: route.utmJson,
      clickIdKinds: query === '' ? NO_NAMES : clickIdKinds(query),
      placeJson: visitor.place.json,
      visitor: visitor.key,
      previousVisitor: visitor.previousKey,
      clickId,
      termsJson: subject.termsJson,
      choiceJson: route.choiceJson,
      cut,
    })
    spool.append(payload, done)
  }
}

/** What was asked for, made private; of a request that a link served the path holds nothing but a slug. */
function privateRequest(path: string, query: string, route: Route, keptKeys: ReadonlySet<string>): string {
  if (query === '') return route.outcome === 'unknown' ? privateUrl(path, keptKeys) : path
  if (route.privateQuery !== null) return `${path}?${route.privateQuery}`
  return privateUrl(`${path}?${query}`, keptKeys)
}
