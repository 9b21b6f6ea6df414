/** The one question form of every report, and its answer. `POST /api/v1/query` takes and gives exactly these. */
export interface QueryRequest {
  /** Name of the site; `default` where it is left out. */
  site?: string
  metrics: string[]
  dimensions?: string[]
  filters?: Filter[]
  date_range: DateRange
  order_by?: [string, 'asc' | 'desc'][]
  compare?: 'previous' | 'year' | [string, string]
  sides?: Sides
  limit?: number
  offset?: number
}

/** `[operator, dimension, values]` (values OR-ed), or a group. The list of filters itself is AND-ed. */
export type Filter =
  | ['is' | 'is_not' | 'contains' | 'matches', string, string[]]
  | ['and', Filter[]]
  | ['or', Filter[]]
  | ['not', Filter]

export type DateRange =
  | 'day'
  | '7d'
  | '28d'
  | '30d'
  | '90d'
  | 'month'
  | '6mo'
  | '12mo'
  | 'year'
  | 'all'
  | [string, string]

/** Which channels stand on which side: by default both organic; `with_paid` adds the paid ones to both. */
export type Sides = 'organic' | 'with_paid' | { search: string[]; social: string[] }

export interface QueryAnswer {
  results: QueryRow[]
  meta: QueryMeta
  /** The question as it was understood: defaults filled in, the range as `[from, to]` days of the site's zone. */
  query: Required<Omit<QueryRequest, 'compare'>> & { compare: [string, string] | null }
}

export interface QueryRow {
  dimensions: string[]
  /** In the order asked; null is unknown. */
  metrics: (number | null)[]
  compare?: { metrics: (number | null)[] }
}

export interface QueryMeta {
  timezone: string
  /** First and last day of the range, inclusive, or the instants that were given. */
  from: string
  to: string
  /** Everything that the edges received before this instant is in the figures. */
  completeUntil: string
  rulesVersion: number
  totalRows: number
  warnings: string[]
  /** First and last local day for which the site has any data, null while it has none. */
  available: { from: string; to: string } | null
}
