import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Filter, QueryRequest } from '../../../../server/reports/contract.ts'
import { report } from '../../shared/api/report.ts'
import { askedSite, useSite } from '../../shared/api/sites.ts'
import { boundsOf, type Days, grainFor, grainsFor } from '../../shared/range/range.ts'
import { dayIn } from '../../shared/time/days.ts'
import { totalsOf } from './figures.ts'
import { type BaseQuestion, baseQuestion, type CompareSearch, viewOf } from './search.ts'
import { trendPoints } from './trend-points.ts'

const route = getRouteApi('/')

/** The API's own limit on rows. */
export const MOST_ROWS = 10_000
export const SIDES_ONLY: Filter = ['is', 'side', ['Search', 'Social']]

/** The view that the address names, the questions it asks, and a way to change it. */
export function useCompare() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const site = useSite(search.site)
  const view = useMemo(() => viewOf(search), [search])
  const asked = askedSite(search.site, site)
  const base = useMemo(() => baseQuestion(view, asked), [view, asked])
  const change = useCallback(
    (patch: Partial<CompareSearch>, how: { replace?: boolean } = {}) =>
      void navigate({
        search: (before) => ({ ...before, ...patch }),
        replace: how.replace ?? false,
        resetScroll: false,
      }),
    [navigate],
  )
  const timezone = site?.timezone ?? 'UTC'
  return { search, view, base, site, timezone, today: dayIn(timezone), change, compared: 'compare' in base }
}

/** A question about the same view: more filters, other metrics. */
export function ask(
  base: BaseQuestion,
  question: Pick<QueryRequest, 'metrics' | 'dimensions' | 'order_by' | 'limit'>,
  ...more: Filter[]
): QueryRequest {
  return { ...base, ...question, filters: [...base.filters, ...more] }
}

/**
 * Whether any page of the site sent a pageview in the range, whatever the filters: without one, arrivals are unknown.
 * Undefined until that is known.
 */
export function useMeasured(): boolean | undefined {
  const { base } = useCompare()
  const { site, date_range } = base
  const { data } = useQuery(
    report({ ...(site === undefined ? {} : { site }), date_range, metrics: ['pageviews'], dimensions: [] }),
  )
  return data?.results.some((row) => (row.metrics[0] ?? 0) > 0)
}

/** Arrivals and clicks of the sides. */
export function useTotals() {
  const { base, compared } = useCompare()
  const measured = useMeasured()
  const query = useQuery(report(ask(base, { metrics: ['arrivals', 'clicks'], dimensions: ['side'] })))
  const rows = query.data?.results
  const totals = useMemo(
    () => (rows === undefined || measured === undefined ? undefined : totalsOf(rows, compared, measured)),
    [rows, compared, measured],
  )
  return { ...query, totals }
}

/** Arrivals of both sides over time; for Social its clicks where no page sent a pageview. */
export function useTrend() {
  const { view, base, today } = useCompare()
  const { data, totals } = useTotals()
  const resolved: Days | null = data ? [data.meta.from.slice(0, 10), data.meta.to.slice(0, 10)] : null
  const bounds = view.range === 'all' ? resolved : boundsOf(view.range, today, null)
  const grains = bounds === null ? [] : grainsFor(bounds)
  const chosen = grains.find((grain) => grain === view.grain)
  const grain = chosen ?? (bounds === null ? 'day' : grainFor(bounds))
  // One question a side: a lone time dimension is filled with zeros, and its comparison is matched by position.
  const side = (name: string) =>
    report(
      ask(base, { metrics: ['arrivals', 'clicks'], dimensions: [`time:${grain}`], limit: MOST_ROWS }, [
        'is',
        'side',
        [name],
      ]),
    )
  const enabled = bounds !== null
  const search = useQuery({ ...side('Search'), enabled })
  const social = useQuery({ ...side('Social'), enabled })
  const clicksOnly = totals?.noPageData
  const trend = useMemo(() => {
    if (search.data === undefined || social.data === undefined || clicksOnly === undefined) return undefined
    return { points: trendPoints(search.data.results, social.data.results, clicksOnly), clicksOnly }
  }, [search.data, social.data, clicksOnly])
  return {
    grain,
    grains,
    trend,
    error: search.error ?? social.error,
    refetch: () => {
      void search.refetch()
      void social.refetch()
    },
  }
}
