/**
 * Tables that figures come from. `sessions` are counted by when they began, `conversions` by when they happened;
 * `converting` are conversions too, each counted where its session is.
 */
export type Table = 'hits' | 'sessions' | 'conversions' | 'converting'

/**
 * Conditions and values of rows of `hits` that hang on the question or on what its period holds. A default holds unless
 * a question names the dimension that it restricts, as a dimension or anywhere in its filters: then it gives way (`1`)
 * and the question says which hits it means.
 */
export interface Terms {
  /** `traffic` is person; gives way. */
  people: string
  /** `outcome` is redirected, for clicks; pageviews have no outcome. Gives way. */
  redirected: string
  /** The hit is a person's, whatever the question names. */
  person: string
  /** Visitor key; a click that landed has that of its landing. */
  visitor: string
  /** The click has landed. */
  landed: string
  /** Seconds from the click to its landing, for one that has landed. */
  secondsToLand: string
  /** A pageview's click id has brought another visitor here before. */
  broughtAnother: string
  /** A landing of the click could be seen: it has an id of its own, and the host sent pageviews in the period. */
  visible: string
}

/** One column that is counted over a table. Figures are shared between metrics and counted once a question. */
export interface Figure {
  table: Table
  /** Which rows it is about. */
  rows(terms: Terms): string
  /** The aggregate over the rows for which `condition` holds. */
  aggregate(condition: string, terms: Terms): string
  /** Where no row is: 0, or null where that would say something. */
  none: 0 | null
  /** It looks only at rows with a visitor key; `meta.warnings` counts the ones that it leaves out. */
  ofVisitors?: true
  /** It looks at clicks, of which a prefetched one may have become a person's. */
  ofClicks?: true
  /** It looks at whether clicks have landed. */
  ofLandings?: true
  /** It is not split or filtered by what only conversions have: the sessions below a conversion rate. */
  regardless?: true
}

/** A figure that may be asked for. */
export interface Metric {
  name: string
  description: string
  /** `count` adds up over any split; `distinct` and `ratio` do not. */
  kind: 'count' | 'distinct' | 'ratio'
  unit: 'number' | 'rate' | 'seconds' | 'money'
  figures: readonly Figure[]
  /** The metric by its figures' columns, of which those whose `none` is 0 are never null. */
  value(columns: readonly string[]): string
  /** It says something only about pages whose host sent pageviews; elsewhere it is unknown (null), never 0. */
  ofPages?: true
  /** It looks only at clicks to hosts that sent pageviews, and is unknown where no host did in the period. */
  ofMeasured?: true
}

/** The condition on the rows that a figure counts. */
export function countedRows(figure: Figure, terms: Terms): string {
  return figure.ofVisitors ? `(${figure.rows(terms)}) AND ${terms.visitor} != ''` : figure.rows(terms)
}

/** What a metric shows where it has no row at all: 0 where its figures would all be 0. */
export function whenNothing({ kind }: Metric): 0 | null {
  return kind === 'ratio' ? null : 0
}

/** A metric that is one figure as it is. */
export function just([column = '']: readonly string[]): string {
  return column
}

/** A ratio of two figures, null where the second is 0. */
export function ratio([part = '', whole = '']: readonly string[]): string {
  return `${part} / nullIf(${whole}, 0)`
}
