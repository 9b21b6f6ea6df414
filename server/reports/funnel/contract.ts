import type { DateRange, Filter, QueryMeta } from '../contract.ts'

/** A question about a way that visitors go. `POST /api/v1/funnel` takes and gives exactly these. */
export interface FunnelRequest {
  /** Name of the site; `default` where it is left out. */
  site?: string
  /** When the first step was. */
  date_range: DateRange
  /** Two to eight. */
  steps: FunnelRequestStep[]
  /** `loose` (the default): anything may lie between two steps. `strict`: no other page and no other goal. */
  order?: FunnelOrder
  /** How long the whole way may take, from the first step; seven days where it is left out. */
  window?: FunnelWindow
  /** A dimension by whose value at the first step the visitors are split. */
  split?: string | null
  /** Which first steps count, AND-ed. */
  filters?: Filter[]
  /** Rows of the split. */
  limit?: number
}

export type FunnelRequestStep =
  /** A click of any link, or of those of one link (`domain/slug`), platform or campaign; all that are named must hold. */
  | { click: { link?: string; platform?: string; campaign?: string } }
  /** A pageview, by a pattern of pages as goals have them. */
  | { page: string }
  /** A goal of the site, by its name. */
  | { goal: string }

export type FunnelOrder = 'strict' | 'loose'
export type FunnelWindow = { value: number; unit: 'minutes' | 'hours' | 'days' } | 'session'

export interface FunnelAnswer {
  steps: FunnelStepFigures[]
  /** By the visitors of the first step, descending; only where it was asked for. */
  split?: { key: string; steps: FunnelStepFigures[] }[]
  /** `totalRows` is the number of rows that the split has before its limit; 1 without one. */
  meta: QueryMeta
}

export interface FunnelStepFigures {
  name: string
  /** Visitors who got at least this far. */
  visitors: number
  /** Of those of the first step; null where there is none. */
  rate_from_start: number | null
  /** Of those of the step before; null for the first step, and where there is none. */
  rate_from_previous: number | null
  /** From the step before; null for the first step, and where nobody got here. */
  median_seconds_from_previous: number | null
}
