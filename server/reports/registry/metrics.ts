/** Tables that figures come from. A metric over another table (sessions, conversions) adds its name here. */
export type Table = 'hits'

/**
 * Conditions that hold unless a question names the dimension they restrict, as a dimension or anywhere in its
 * filters: then that dimension's default gives way (its condition is `1`), and the question says which hits it means.
 */
export interface Defaults {
  /** `traffic` is person. */
  people: string
  /** `outcome` is redirected, for clicks; pageviews have no outcome. */
  redirected: string
}

/** A figure that may be asked for, and the SQL that counts it. */
export interface Metric {
  name: string
  description: string
  /** `count` adds up over any split; `distinct` does not. Both are 0 where there is nothing. */
  kind: 'count' | 'distinct'
  table: Table
  /** Which rows it is about. */
  rows(defaults: Defaults): string
  /** The aggregate over the rows for which `condition` holds. */
  aggregate(condition: string): string
  /** It says something only about pages whose host sent pageviews; elsewhere it is unknown (null), never 0. */
  ofPages?: true
  /** It looks only at rows with a visitor key; `meta.warnings` counts the ones that it leaves out. */
  ofVisitors?: true
}

/** The condition on the rows that a metric counts. */
export function countedRows(metric: Metric, defaults: Defaults): string {
  return metric.ofVisitors ? `(${metric.rows(defaults)}) AND visitor != ''` : metric.rows(defaults)
}

const countIf = (condition: string) => `countIf(${condition})`

const clicks = ({ people, redirected }: Defaults) => `kind = 'click' AND ${people} AND ${redirected}`
const pageviews = ({ people }: Defaults) => `kind = 'pageview' AND ${people}`

/** What is counted when a question names neither `traffic` nor `outcome`. */
export const STANDARD_DEFAULTS: Defaults = {
  people: "traffic = 'person'",
  redirected: "outcome = 'redirected'",
}

const METRIC_LIST: readonly Metric[] = [
  {
    name: 'arrivals',
    description:
      'Entry pageviews of people: no referrer, or one of another site. The unit in which Search and Social are ' +
      'compared. Null on a landing page whose host sent no pageview in the range.',
    kind: 'count',
    table: 'hits',
    rows: (defaults) => `${pageviews(defaults)} AND entry = 1`,
    aggregate: countIf,
    ofPages: true,
  },
  {
    name: 'clicks',
    description: 'GETs of short links that people made and a redirect answered, repeats included.',
    kind: 'count',
    table: 'hits',
    rows: clicks,
    aggregate: countIf,
  },
  {
    name: 'unique_clicks',
    description:
      'Distinct pairs of visitor and link among clicks on each day of the site’s zone, summed over days.',
    kind: 'distinct',
    table: 'hits',
    rows: clicks,
    aggregate: (condition) => `uniqExactIf(visitor, link, day, ${condition})`,
    ofVisitors: true,
  },
  {
    name: 'visitors',
    description:
      'Distinct visitor keys over people’s clicks and pageviews. A visitor without consent has a new key each day.',
    kind: 'distinct',
    table: 'hits',
    rows: (defaults) => `${clicks(defaults)} OR ${pageviews(defaults)}`,
    aggregate: (condition) => `uniqExactIf(visitor, ${condition})`,
    ofVisitors: true,
  },
  {
    name: 'pageviews',
    description: 'Pageviews of people. Null on a landing page whose host sent no pageview in the range.',
    kind: 'count',
    table: 'hits',
    rows: pageviews,
    aggregate: countIf,
    ofPages: true,
  },
  {
    name: 'bot_hits',
    description:
      'Every hit that the other metrics leave out by default: not by a person, or a click that no redirect answered. ' +
      'With clicks and pageviews it adds up to all hits.',
    kind: 'count',
    table: 'hits',
    // Always against the standard defaults: a question that names `traffic` asks about them, not around them.
    rows: () => `NOT (${clicks(STANDARD_DEFAULTS)}) AND NOT (${pageviews(STANDARD_DEFAULTS)})`,
    aggregate: countIf,
  },
]

export const METRICS: ReadonlyMap<string, Metric> = new Map(
  METRIC_LIST.map((metric) => [metric.name, metric]),
)
