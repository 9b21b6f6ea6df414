import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseSlug, slugKey } from '../domain/links/slug.ts'
import { refusesBySignal } from '../domain/site.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { answerPage, answerRedirect } from './answers.ts'
import type { Asked } from './asked.ts'
import type { ClickSubject, RecordClick } from './click-recorder.ts'
import type { Clock } from './clock.ts'
import type { Directory } from './directory.ts'
import type { FloodGate } from './flood.ts'
import type { CachedLink, LinkCache } from './link-cache.ts'
import { nowhere, type Route } from './link-route.ts'
import type { RouteOfTerms } from './link-routes.ts'
import { BAD_ADDRESS_PAGE, GONE_PAGE, NOT_FOUND_PAGE, previewPage, UNAVAILABLE_PAGE } from './pages.ts'
import { readHeaders } from './request-headers.ts'
import { type RequestTarget, readSlug } from './request-target.ts'
import type { EdgeStats } from './stats.ts'
import type { VisitReader } from './visit.ts'

export interface RedirectOptions {
  cache: LinkCache
  routeOf: RouteOfTerms
  visits: VisitReader
  record: RecordClick
  unknownGate: FloodGate
  stats: EdgeStats
  clock: Clock
  /** Null until the control store has been heard of. */
  directory(): Directory | null
  /** Answers a request whose handling threw. */
  fail(req: IncomingMessage, res: ServerResponse, error: unknown): void
}

/** Answers requests for slugs: finds the link, writes the hit, redirects when the hit is written. */
export function createRedirect(
  options: RedirectOptions,
): (req: IncomingMessage, res: ServerResponse, target: RequestTarget) => void {
  const { cache, routeOf, visits, record, unknownGate, clock } = options
  const { counters, answered } = options.stats

  function handle(req: IncomingMessage, res: ServerResponse, target: RequestTarget): void {
    const began = performance.now()
    const { path, query } = target
    const directory = options.directory()
    const slug = readSlug(path)
    if (slug.kind !== 'slug') {
      counters.refused++
      answerPage(req, res, slug.kind === 'too_long' ? 414 : 400, BAD_ADDRESS_PAGE)
    } else if (!directory) {
      unavailable(req, res)
    } else {
      const headers = readHeaders(req.rawHeaders)
      const domain = directory.domainOf(target.host === '' ? headers.host : target.host)
      const client = visits.client(req.socket.remoteAddress, headers)
      const userAgent = visits.userAgent(headers.userAgent)
      const asked = {
        req,
        res,
        path,
        query,
        headers,
        client,
        userAgent,
        directory,
        domain,
        slug: slug.slug,
        began,
      }
      find(asked, slug.preview ? answerPreview : answer)
    }
  }

  /** Looks the slug up in the cache, or else in the store, and goes on with what was found: null for nobody's slug. */
  function find(asked: Asked, go: (asked: Asked, cached: CachedLink | null) => void): void {
    const { host, caseSensitive } = asked.domain.domain
    const key = slugKey(asked.slug, caseSensitive)
    const cached = cache.get(host, key)
    if (cached !== undefined) {
      go(asked, cached)
    } else if (!parseSlug(asked.slug).ok) {
      // What can be no slug is nobody's; asking for it would let scanners load the store.
      go(asked, null)
    } else {
      counters.cacheMisses++
      const { req, res } = asked
      cache
        .load(host, key)
        .then(
          (loaded) => go(asked, loaded),
          () => unavailable(req, res),
        )
        .catch((error: unknown) => options.fail(req, res, error))
    }
  }

  function answer(asked: Asked, cached: CachedLink | null): void {
    if (cached) answerLink(asked, cached)
    else answerUnknown(asked)
  }

  function answerLink(asked: Asked, link: CachedLink): void {
    const now = clock.now()
    const ready = routeOf(link.terms, asked.domain, asked.directory)
    const route = ready.route(link, asked.query, now)
    const clickId = route.outcome === 'redirected' ? clickIdFor(asked, link, now) : ''
    counters[route.outcome]++
    recordAndSend(asked, ready, link, route, clickId, now)
  }

  function answerUnknown(asked: Asked): void {
    const { domain, keptKeys, subject } = asked.domain
    const route = nowhere('unknown', 404, domain.fallbackUrl, keptKeys)
    counters.unknown++
    const now = clock.now()
    if (unknownGate.pass(asked.client.household, now)) {
      recordAndSend(asked, subject, null, route, '', now)
    } else {
      counters.flooded++
      send(asked, route, '')
    }
  }

  /**
   * Empty where the link wants none, and for those who only look: HEAD and link-preview crawlers. Names the link alone
   * where nothing unique is to stand in the visitor's address bar.
   */
  function clickIdFor({ req, headers, userAgent, directory }: Asked, link: CachedLink, now: number): string {
    const { clickId } = link.terms
    if (clickId === 'off' || req.method !== 'GET' || userAgent.previewCrawler) return ''
    const { signer } = directory
    if (clickId === 'link') return signer.signLink(link.id)
    if (headers.gpc || headers.dnt) {
      const site = directory.siteById(link.terms.siteId)
      if (site && refusesBySignal(site.site, headers)) return signer.signLink(link.id)
    }
    return signer.sign(now, link.id, headers.prefetch)
  }

  function recordAndSend(
    asked: Asked,
    subject: ClickSubject,
    link: CachedLink | null,
    route: Route,
    clickId: string,
    now: number,
  ): void {
    record(asked, subject, link, route, clickId, now, (lost) => {
      if (lost) counters.lost++
      send(asked, route, clickId)
    })
  }

  function send({ req, res, began }: Asked, route: Route, clickId: string): void {
    const { status, location, before, after } = route
    if (location === '') answerPage(req, res, status, status === 410 ? GONE_PAGE : NOT_FOUND_PAGE)
    else answerRedirect(res, status, clickId === '' ? location : before + clickId + after)
    answered(performance.now() - began)
  }

  /** `/slug+`: says where a link leads; counted nowhere. */
  function answerPreview({ req, res, domain, directory, slug }: Asked, cached: CachedLink | null): void {
    if (cached) {
      counters.previews++
      const route = routeOf(cached.terms, domain, directory).route(cached, '', clock.now())
      const state = route.outcome === 'redirected' ? 'active' : 'ended'
      const destination = state === 'active' ? route.location : cached.destination
      const shortUrl = `${domain.domain.host}/${slug}`
      answerPage(req, res, 200, previewPage({ shortUrl, destination, state }))
    } else {
      answerPage(req, res, 404, NOT_FOUND_PAGE)
    }
  }

  function unavailable(req: IncomingMessage, res: ServerResponse): void {
    counters.unavailable++
    answerPage(req, res, 503, UNAVAILABLE_PAGE, ['Retry-After', String(limits.retryAfterSeconds)])
  }

  return handle
}
