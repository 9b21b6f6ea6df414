import { Counter, Gauge, Registry } from 'prom-client'
import type { EdgeSnapshot } from '../edge/stats.ts'
import type { LoaderStatus } from '../loader/loader.ts'
import type { SpoolStats } from '../spool/spool.ts'

/** Prometheus text of an edge process. */
export async function edgeMetrics(
  edge: EdgeSnapshot,
  spool: SpoolStats,
  appRestarts: number,
): Promise<string> {
  const registry = new Registry()
  const counter = counterIn(registry)
  const gauge = gaugeIn(registry)
  for (const outcome of [
    'redirected',
    'unknown',
    'expired',
    'disabled',
    'unavailable',
    'refused',
    'flooded',
  ] as const) {
    counter('jejak_redirect_answers_total', 'Answers to slugs by outcome', edge[outcome], { outcome })
  }
  counter('jejak_preview_requests_total', 'Redirects of link-preview crawlers', edge.previews)
  counter('jejak_page_events_total', 'Page events by result', edge.eventsTaken, { result: 'taken' })
  counter('jejak_page_events_total', 'Page events by result', edge.eventsRefused, { result: 'refused' })
  counter('jejak_page_events_total', 'Page events by result', edge.identifiesIgnored, {
    result: 'identify_without_consent',
  })
  counter('jejak_link_cache_misses_total', 'Look-ups of links beyond the cache', edge.cacheMisses)
  counter('jejak_malformed_requests_total', 'Bytes on a connection that were no HTTP', edge.malformed)
  counter('jejak_edge_failures_total', 'Requests answered 500', edge.failed)
  counter(
    'jejak_stale_salts_total',
    'Visitor keys made with an old salt, for want of the day’s',
    edge.staleSalts,
  )
  counter(
    'jejak_ignored_forwarding_total',
    'Forwarding headers from peers that are not trusted',
    edge.ignoredForwarding,
  )
  gauge('jejak_cached_links', 'Links in the edge’s cache', edge.cachedLinks)
  gauge('jejak_control_store_up', 'Whether the control store answers the edge', edge.storeReachable ? 1 : 0)
  counter('jejak_spool_written_total', 'Hits written to the spool', spool.written)
  for (const [reason, lost] of Object.entries(spool.lost)) {
    counter('jejak_spool_lost_total', 'Hits that the spool could not keep, by reason', lost, { reason })
  }
  gauge('jejak_spool_bytes', 'Bytes of this edge’s segments on disk', spool.bytes)
  counter('jejak_app_restarts_total', 'Restarts of the app process', appRestarts)
  gauge('jejak_edge_resident_bytes', 'Resident memory of the edge process', process.memoryUsage.rss())
  const text = await registry.metrics()
  return `${text}\n${latencyText(edge.latency)}`
}

/** Prometheus text of the process that loads. */
export async function loaderMetrics(status: LoaderStatus, now: number): Promise<string> {
  const registry = new Registry()
  const counter = counterIn(registry)
  const gauge = gaugeIn(registry)
  counter('jejak_loader_batches_total', 'Batches loaded', status.batches)
  counter('jejak_loader_retries_total', 'Waits for a store that did not take a batch', status.retries)
  counter('jejak_loader_hits_total', 'Hits by what became of them', status.totals.added, { result: 'added' })
  counter('jejak_loader_hits_total', 'Hits by what became of them', status.totals.duplicates, {
    result: 'duplicate',
  })
  counter('jejak_loader_hits_total', 'Hits by what became of them', status.totals.refused, {
    result: 'refused',
  })
  counter(
    'jejak_loader_set_aside_total',
    'Hits and damaged stretches set aside since the start',
    status.setAside,
  )
  gauge('jejak_loader_pending_bytes', 'Bytes in the spool that are not loaded', status.pendingBytes)
  gauge(
    'jejak_loader_lag_seconds',
    'Age of the newest instant up to which all is loaded',
    lagSeconds(status, now),
  )
  gauge('jejak_loader_failing', 'Whether loading waits for a store', status.failing === null ? 0 : 1)
  gauge('jejak_loader_blocked_segments', 'Segments that need an operator', status.blocked.length)
  gauge('jejak_app_resident_bytes', 'Resident memory of the app process', process.memoryUsage.rss())
  return registry.metrics()
}

function lagSeconds({ completeUntil }: LoaderStatus, now: number): number {
  return completeUntil === 0 ? 0 : Math.max(0, (now - completeUntil) / 1000)
}

function counterIn(registry: Registry) {
  const known = new Map<string, Counter<string>>()
  return (name: string, help: string, value: number, labels: Record<string, string> = {}): void => {
    const counter =
      known.get(name) ?? new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] })
    known.set(name, counter)
    counter.inc(labels, value)
  }
}

function gaugeIn(registry: Registry) {
  return (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers: [registry] }).set(value)
}

/** The edge counts into buckets of its own, without a library on the redirect's path; here they become text. */
function latencyText({ bounds, counts, sumMs, count }: EdgeSnapshot['latency']): string {
  const name = 'jejak_redirect_duration_seconds'
  const lines = [`# HELP ${name} Time from a slug’s request to its answer`, `# TYPE ${name} histogram`]
  let below = 0
  bounds.forEach((bound, index) => {
    below += counts[index] ?? 0
    lines.push(`${name}_bucket{le="${bound / 1000}"} ${below}`)
  })
  lines.push(`${name}_bucket{le="+Inf"} ${count}`, `${name}_sum ${sumMs / 1000}`, `${name}_count ${count}`)
  return `${lines.join('\n')}\n`
}

export const METRICS_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE
