import { TEXT_CAPS } from '../domain/hit.ts'
import { clickIdKinds } from '../domain/urls/query-values.ts'
import type { LossReason, SpoolWriter } from '../spool/spool.ts'
import type { Asked } from './asked.ts'
import { capBytes } from './cap.ts'
import { type ClickLink, encodeClick } from './click-record.ts'
import type { Clock } from './clock.ts'
import type { Route } from './link-route.ts'
import { storedUrl, type VisitReader } from './visit.ts'

export interface ClickRecorderOptions {
  spool: SpoolWriter
  visits: VisitReader
  clock: Clock
}

/** Appends the hit that a request makes to the spool; `done` is called once it is written, or cannot be. */
export type RecordClick = (
  asked: Asked,
  link: ClickLink,
  route: Route,
  clickId: string,
  done: (lost?: LossReason) => void,
) => void

const NO_KINDS: readonly string[] = []

export function createClickRecorder({ spool, visits, clock }: ClickRecorderOptions): RecordClick {
  return (
    { req, path, query, headers, client, directory, domain, slug: askedSlug },
    link,
    route,
    clickId,
    done,
  ) => {
    const { receivedAt, sequence } = clock.next()
    const visitor = visits.visitor(client, headers.userAgent, link.siteId, receivedAt)
    const keptKeys = directory.siteById(link.siteId)?.keptKeys ?? domain.keptKeys
    const userAgent = visits.userAgent(headers.userAgent)
    const referrer = visits.referrer(headers.referrer, keptKeys)
    const url = storedUrl(query === '' ? path : `${path}?${query}`, keptKeys, TEXT_CAPS.url)
    const slug = capBytes(askedSlug, TEXT_CAPS.slug)
    const destination = capBytes(route.destination, TEXT_CAPS.destination)
    const cut: string[] = []
    if (slug !== askedSlug) cut.push('slug')
    if (url.cut) cut.push('url')
    if (destination !== route.destination) cut.push('destination')
    if (referrer.cut) cut.push('referrer')
    if (userAgent.cut) cut.push('userAgent')
    if (headers.evidenceCut) cut.push('headers')
    const payload = encodeClick(link, {
      edgeRun: spool.edgeRun,
      sequence,
      receivedAt,
      slug,
      outcome: route.outcome,
      status: route.status,
      url: url.text,
      destination,
      referrer: referrer.text,
      userAgent: userAgent.text,
      method: req.method ?? '',
      httpVersion: req.httpVersion,
      evidence: headers.evidence,
      utm: route.utm,
      clickIdKinds: query === '' ? NO_KINDS : clickIdKinds(query),
      place: visitor.place,
      visitor: visitor.key,
      previousVisitor: visitor.previousKey,
      clickId,
      variant: route.variant,
      rule: route.rule,
      cut,
    })
    spool.append(payload, done)
  }
}
