import type { JudgedHit } from '../../server/domain/judged.ts'
import type { Filter, QueryRequest, QueryRow, Sides } from '../../server/reports/contract.ts'

/** The query's contract, written a second time over plain arrays: what the engine must agree with. */

export interface ModelQuestion {
  metrics: string[]
  dimensions: string[]
  filters: Filter[]
  sides: Sides
  range: [string, string]
  order_by: NonNullable<QueryRequest['order_by']>
  timezone: string
}

const UNKNOWABLE = ['country', 'device', 'browser', 'os', 'traffic', 'consent']

function text(hit: JudgedHit, name: string, { sides, timezone }: ModelQuestion): string {
  switch (name) {
    case 'time:hour':
      return hourLabel(hit.time, timezone)
    case 'time:day':
      return hit.day
    case 'time:week':
      return monday(hit.day)
    case 'time:month':
      return `${hit.day.slice(0, 7)}-01`
    case 'side':
      if (sides === 'organic') return hit.side
      if (sides === 'with_paid') return hit.sideWithPaid
      if (sides.search.includes(hit.channel)) return 'Search'
      return sides.social.includes(hit.channel) ? 'Social' : 'Other'
    case 'landing_page':
      return hit.landingPage
    case 'post':
      return hit.postId
    case 'in_app':
      return hit.inApp
    case 'referrer':
      return hit.referrerHost
    case 'traffic_reason':
      return hit.traffic === 'person' ? '' : hit.trafficReason
    // Of a site without page kinds.
    case 'page_kind':
    case 'page_label':
      return ''
    case 'campaign_id':
      return hit.campaignId
    default:
      return String(hit[name as keyof JudgedHit])
  }
}

function label(hit: JudgedHit, name: string, question: ModelQuestion): string {
  return text(hit, name, question) || (UNKNOWABLE.includes(name) ? '(unknown)' : '(none)')
}

function holds(filter: Filter, hit: JudgedHit, question: ModelQuestion): boolean {
  if (filter[0] === 'not') return !holds(filter[1], hit, question)
  if (filter[0] === 'and') return filter[1].every((part) => holds(part, hit, question))
  if (filter[0] === 'or') return filter[1].some((part) => holds(part, hit, question))
  const [operator, dimension, values] = filter
  const value = text(hit, dimension, question)
  if (operator === 'is') return values.includes(label(hit, dimension, question))
  if (operator === 'is_not') return !values.includes(label(hit, dimension, question))
  if (operator === 'contains') return values.some((part) => value.toLowerCase().includes(part.toLowerCase()))
  return value !== '' && values.some((pattern) => new RegExp(pattern, 's').test(value))
}

function filterNames(filters: Filter[]): string[] {
  return filters.flatMap((filter) => {
    if (filter[0] === 'not') return filterNames([filter[1]])
    return filter[0] === 'and' || filter[0] === 'or' ? filterNames(filter[1]) : [filter[1]]
  })
}

export function namesDimension(question: ModelQuestion, name: string): boolean {
  return question.dimensions.includes(name) || filterNames(question.filters).includes(name)
}

function counts(metric: string, hit: JudgedHit, question: ModelQuestion): boolean {
  const people = namesDimension(question, 'traffic') || hit.traffic === 'person'
  const redirected = namesDimension(question, 'outcome') || hit.outcome === 'redirected'
  const click = hit.kind === 'click' && people && redirected
  const pageview = hit.kind === 'pageview' && people
  switch (metric) {
    case 'clicks':
      return click
    case 'unique_clicks':
      return click && hit.visitor !== ''
    case 'visitors':
      return (click || pageview) && hit.visitor !== ''
    case 'pageviews':
      return pageview
    case 'arrivals':
      return pageview && hit.entry
    default:
      return hit.traffic !== 'person' || (hit.kind === 'click' && hit.outcome !== 'redirected')
  }
}

function figure(metric: string, hits: JudgedHit[], question: ModelQuestion): number {
  const counted = hits.filter((hit) => counts(metric, hit, question))
  if (metric === 'visitors') return new Set(counted.map(({ visitor }) => visitor)).size
  if (metric === 'unique_clicks') {
    return new Set(counted.map(({ visitor, link, day }) => [visitor, link, day].join('\n'))).size
  }
  return counted.length
}

/** Rows of the current generation in, rows of the answer out; without zero-filling, limits and comparisons. */
export function modelRows(all: JudgedHit[], question: ModelQuestion): QueryRow[] {
  const [from, to] = question.range
  const inRange = all.filter(({ day }) => day >= from && day <= to)
  const asked = inRange
    .filter((hit) => question.filters.every((filter) => holds(filter, hit, question)))
    .filter((hit) => question.metrics.some((metric) => counts(metric, hit, question)))
  const host = (page: string) => page.split('/')[0] ?? ''
  const measured = new Set(
    inRange.filter(({ kind }) => kind === 'pageview').map((hit) => host(hit.landingPage)),
  )
  const groups = new Map<string, JudgedHit[]>(question.dimensions.length === 0 ? [['[]', []]] : [])
  const keys = new Map<string, { values: string[]; first: number }>([['[]', { values: [], first: 0 }]])
  for (const hit of asked) {
    const values = question.dimensions.map((name) => label(hit, name, question))
    const key = JSON.stringify(values)
    groups.set(key, [...(groups.get(key) ?? []), hit])
    keys.set(key, { values, first: Math.min(hit.time, keys.get(key)?.first ?? Number.POSITIVE_INFINITY) })
  }
  const page = question.dimensions.indexOf('landing_page')
  const rows = [...groups].map(([key, hits]) => {
    const { values = [] } = keys.get(key) ?? {}
    const unknown = page >= 0 && !measured.has(host(values[page] ?? ''))
    return {
      dimensions: values,
      metrics: question.metrics.map((metric) =>
        unknown && ['arrivals', 'pageviews'].includes(metric) ? null : figure(metric, hits, question),
      ),
    }
  })
  return rows.sort((a, b) => compareRows(a, b, question))
}

function compareRows(a: QueryRow, b: QueryRow, { metrics, dimensions, order_by }: ModelQuestion): number {
  const time = dimensions.find((name) => name.startsWith('time:'))
  const byDefault: [string, 'asc' | 'desc'] = time ? [time, 'asc'] : [metrics[0] ?? '', 'desc']
  const order = order_by.length > 0 ? order_by : [byDefault]
  for (const [name, direction] of [...order, ...dimensions.map((name) => [name, 'asc'] as const)]) {
    const metric = metrics.indexOf(name)
    const dimension = dimensions.indexOf(name)
    const value = (row: QueryRow) => {
      if (metric >= 0) return row.metrics[metric] ?? null
      const shown = row.dimensions[dimension] ?? ''
      return name === 'time:hour' ? Date.parse(shown) : shown
    }
    const [x, y] = [value(a), value(b)]
    if (x === y) continue
    if (x === null) return 1
    if (y === null) return -1
    return x < y === (direction === 'asc') ? -1 : 1
  }
  return 0
}

function monday(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}

function hourLabel(time: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(time)
  const part = (type: string) => parts.find((piece) => piece.type === type)?.value ?? ''
  const offset = part('timeZoneName').slice(3) || '+00:00'
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:00:00${offset}`
}
