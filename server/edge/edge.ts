import type { IncomingMessage, ServerResponse } from 'node:http'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import type { SpoolWriter } from '../spool/spool.ts'
import { createAddressReader } from './address.ts'
import { answerPage } from './answers.ts'
import { createClickRecorder } from './click-recorder.ts'
import { createClock } from './clock.ts'
import { createCollect } from './collect.ts'
import type { Directory } from './directory.ts'
import { createFloodGate } from './flood.ts'
import type { Geo } from './geo.ts'
import { createHealth, type Readiness } from './health.ts'
import { createLinkCache } from './link-cache.ts'
import { createRouteOfTerms } from './link-routes.ts'
import { FAILED_PAGE } from './pages.ts'
import { createRedirect } from './redirect.ts'
import { readTarget } from './request-target.ts'
import { createRouter, type TrackerScript } from './router.ts'
import { createDailySalts } from './salts.ts'
import { createEdgeStats, type EdgeSnapshot } from './stats.ts'
import type { EdgeStore } from './store.ts'
import { within } from './store-away.ts'
import { followStore } from './sync.ts'
import { createVisitReader } from './visit.ts'

export interface EdgeOptions {
  store: EdgeStore
  spool: SpoolWriter
  geo: Geo
  /** The built page script, served as `/t.js` and `/t.js?actions`. */
  tracker: TrackerScript
  /** Addresses and CIDR ranges whose forwarding headers are believed. */
  trustedProxies?: readonly string[]
  /** Our query parameter on landing pages (default `jjk`). */
  clickIdParameter?: string
  isPreviewCrawler(userAgent: string): boolean
  /** Takes requests under `/api`, `/app`, `/assets`, `/metrics` and `/_`. */
  passOn(req: IncomingMessage, res: ServerResponse): void
  /** Whether whoever asks for `/` may see the dashboard (default: nobody). */
  mayUseApp?(req: IncomingMessage): boolean
  /** What the process around the edge says of itself (default: ready, nothing ails). */
  readiness?(): Readiness
  log?: EdgeLog
  /** Unix milliseconds (default the system's clock). */
  now?: () => number
}

/** As pino's: what happened in words, and facts beside it. Never holds an address. */
export interface EdgeLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface Edge {
  /** A listener for `http.Server`'s `request`; never throws. */
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Resolves once the control store has been heard of; until then slugs are answered 503. */
  readonly started: Promise<void>
  /** Counts bytes on a connection that were no HTTP (`server.ts`). */
  malformed(): void
  snapshot(): EdgeSnapshot
  /** Ends the polling; the server and the spool are their owners' to close, in that order, before and after. */
  close(): void
}

/**
 * The edge: answers slugs, the collect endpoint and the page script, and writes each hit to the spool before it
 * answers. It waits for nothing but the spool, and for the control store where it does not know a slug yet.
 *
 * @throws {TypeError} for a trusted proxy that is neither an address nor a range
 */
export function createEdge(options: EdgeOptions): Edge {
  const { store, spool, geo } = options
  const log = options.log ?? SILENT
  const clickIdParameter = (options.clickIdParameter ?? 'jjk').toLowerCase()
  const clock = createClock(options.now)
  const stats = createEdgeStats()
  const addresses = createAddressReader(options.trustedProxies ?? [])
  const salts = createDailySalts((siteId, day, now) =>
    within(limits.storeTimeoutMs, () => store.salt(siteId, day, now)),
  )
  const visits = createVisitReader({ addresses, geo, salts, isPreviewCrawler: options.isPreviewCrawler })
  const cache = createLinkCache({
    load: (host, slugKey) => within(limits.storeTimeoutMs, () => store.linkBySlug(host, slugKey)),
    maxLinks: limits.cachedLinks,
    maxUnknown: limits.cachedUnknown,
  })
  let upcoming: Directory | null = null
  let directory: Directory | null = null
  let toldOfForwarding = false

  const sync = followStore({
    store,
    cache,
    pollMs: limits.revisionPollMs,
    timeoutMs: limits.storeTimeoutMs,
    onDirectory(next) {
      salts.setSites(next.sites.map(({ site }) => site))
      upcoming = next
    },
    async onReached() {
      // A first hit needs its salt; but where none can be had, redirects begin without.
      await salts.maintain(clock.now()).finally(() => {
        directory = upcoming
      })
      if (!toldOfForwarding && addresses.ignored() > 0) {
        toldOfForwarding = true
        log.warn(
          {},
          'a forwarding header came from a peer that is no trusted proxy and was ignored; if it is yours, name it in JEJAK_TRUSTED_PROXIES',
        )
      }
    },
    onReachable(reachable, reason) {
      if (reachable) log.info({}, 'the control store answers')
      else log.warn({ err: reason }, 'the control store does not answer: known links go on, others get 503')
    },
  })

  function fail(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    stats.counters.failed++
    log.error({ err: error }, 'a request could not be handled')
    if (res.headersSent) res.destroy()
    else answerPage(req, res, 500, FAILED_PAGE)
  }

  const shared = { visits, stats, clock, directory: () => directory, fail }
  const redirect = createRedirect({
    ...shared,
    cache,
    routeOf: createRouteOfTerms(clickIdParameter),
    record: createClickRecorder({ spool, visits, clock }),
    unknownGate: createFloodGate(limits.unknownPerMinute, limits.trackedAddresses),
  })
  const collect = createCollect({
    ...shared,
    spool,
    clickIdParameter,
    gate: createFloodGate(limits.eventsPerMinute, limits.trackedAddresses),
  })
  const health = createHealth({
    readiness: options.readiness ?? (() => ({ phase: 'ready', reasons: [] })),
    started: () => directory !== null,
    reachable: sync.reachable,
    spool: () => spool.stats(),
    forwarding: () => ({ ignored: addresses.ignored(), contradictory: addresses.contradictory() }),
  })
  const route = createRouter({
    redirect,
    collect,
    health,
    passOn: options.passOn,
    tracker: options.tracker,
    directory: () => directory,
    mayUseApp: options.mayUseApp ?? (() => false),
    stats,
  })

  return {
    handle(req, res) {
      try {
        route(req, res, readTarget(req.url ?? '/'))
      } catch (error) {
        fail(req, res, error)
      }
    },
    started: sync.started,
    malformed: () => {
      stats.counters.malformed++
    },
    snapshot: () => ({
      ...stats.counters,
      latency: stats.latency(),
      cachedLinks: cache.size(),
      staleSalts: salts.stale(),
      ignoredForwarding: addresses.ignored(),
      contradictoryForwarding: addresses.contradictory(),
      storeReachable: sync.reachable(),
      revision: sync.revision(),
    }),
    close: () => sync.stop(),
  }
}

const SILENT: EdgeLog = { info() {}, warn() {}, error() {} }
