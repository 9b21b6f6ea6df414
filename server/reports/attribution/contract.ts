import type { Model } from '../../domain/attribution/contract.ts'
import type { DateRange, QueryMeta, Sides } from '../contract.ts'

/** What touches can be counted by. */
export const GRAINS = ['channel', 'side', 'source', 'campaign', 'post', 'link'] as const
export type Grain = (typeof GRAINS)[number]

/** `POST /api/v1/attribution` takes exactly this; what is left out has a default. */
export interface AttributionRequest {
  /** Name of the site; `default` where it is left out. */
  site?: string
  /** When the conversions were; touches may lie before it. */
  date_range: DateRange
  /** Name of a goal; every goal of the site where it is left out or null. */
  goal?: string | null
  /** `channel` where it is left out. */
  grain?: Grain
  /** All where it is left out. */
  models?: Model[]
  /** Lookback window in days, above 0 up to 365 (fractions are fine); 30 where it is left out. */
  window?: number
  options?: AttributionOptions
  /** For grain `side`. */
  sides?: Sides
  /** How many of the most frequent paths to answer with: 0 to 1,000; 10 where it is left out. */
  paths?: number
}

export interface AttributionOptions {
  /** Consecutive touches of the same key become one, but for `markov` (default false). */
  collapse?: boolean
  /** Direct counts as a touch (default true); else it is left out of paths that have any other touch. */
  direct?: boolean
  /** Markov and Shapley look at paths that did not convert too (default true). */
  nulls?: boolean
  /** Touches count again for later conversions (default true); else a path begins after the conversion before. */
  reuse?: boolean
  /** Days (default 7). */
  halfLife?: number
  /** Weights of first, middle and last (default 0.4, 0.2, 0.4). */
  position?: [number, number, number]
  /** Order of the Markov chain (default 1). */
  order?: 1 | 2 | 3
}

/** Stands for conversions whose visitor has no touch in the window. Always the last row. */
export const NO_TOUCH = '(no touch)'

export interface AttributionAnswer {
  /** One for each key, those with most credit by the last model asked for first (`(no touch)` last, if any). */
  results: AttributionRow[]
  /** What all models share out: for each, `conversions` and `value` over the rows sum to these. */
  totals: { conversions: number; value: number }
  coverage: Coverage
  /** Of the paths with touches. */
  statistics: PathStatistics
  /** Journeys without conversion. */
  nulls: NullPaths
  topPaths: PathRow[]
  meta: QueryMeta
  /** The question as it was understood: defaults filled in, the range as it was resolved. */
  query: Required<Omit<AttributionRequest, 'options'>> & { options: Required<AttributionOptions> }
}

export interface AttributionRow {
  key: string
  /** By each model that was asked for. */
  credits: Partial<Record<Model, Credit>>
  /** Conversions with a touch of it before the last one, counted once each; null for `(no touch)`. */
  assisted: Assisted | null
  /** Share of all conversions (of the value) that would be lost without it, by the Markov chain; null where not asked. */
  removalEffect: { conversions: number; value: number } | null
}

export interface Credit {
  conversions: number
  value: number
  /** Of all conversions and of all value, 0 to 1; null where there are none. */
  conversionShare: number | null
  valueShare: number | null
}

export interface Assisted {
  conversions: number
  value: number
  /** Conversions whose last touch it was; those that it also assisted are among them. */
  lastConversions: number
  /** conversions ÷ lastConversions; null where the latter are 0. */
  ratio: number | null
}

export interface Coverage {
  /** Conversions whose visitor has a touch in the window, and those without. */
  withTouch: number
  withoutTouch: number
  /** Conversions by visitors without consent: nobody can see further back than that day. Share is null for no conversions. */
  oneDayHorizon: { conversions: number; share: number | null }
  /** Conversions told from elsewhere, and by what they were tied to a visitor. */
  externallyTold: number
  /**
   * Conversions without a touch because their visitor has too many touches and conversions to follow (some seven
   * hundred of each): a tester's browser, or a monitor's. Part of `withoutTouch`.
   */
  unfollowed: number
}

export interface PathStatistics {
  /** Touches of a path, after the options. Null where there is no path. */
  length: { mean: number; median: number } | null
  /** Paths by their number of touches: 1 to 10, the last for 10 and more. */
  lengths: { touches: number; conversions: number }[]
  /** Seconds from the first touch to the conversion. */
  secondsToConvert: { mean: number; median: number } | null
  /** Paths by the whole days from the first touch to the conversion; `days` is where a bucket begins. */
  daysToConvert: { days: number; conversions: number }[]
}

export interface NullPaths {
  /** Whether they were used. */
  used: boolean
  /** How many there are; null where that is not known. */
  paths: number | null
  /** Where they cannot be told from paths that may still convert: the instant from which they can; else null. */
  censoredUntil: string | null
}

export interface PathRow {
  /** Keys of the touches, oldest first. */
  path: string[]
  conversions: number
  value: number
  /** Journeys with the same touches that did not convert; null where those are not used. */
  nulls: number | null
  /** Of all conversions with a touch; null where there are none. */
  share: number | null
  /** Mean seconds from the first touch to the conversion; null where none converted. */
  secondsToConvert: number | null
}

/** `POST /api/v1/attribution/paths`: the same question without models, page by page. */
export interface PathsRequest extends Omit<AttributionRequest, 'models' | 'paths'> {
  /** Up to 10,000; 100 where it is left out. */
  limit?: number
  offset?: number
}

export interface PathsAnswer {
  /**
   * Those with most conversions first, then those with most non-converting journeys, then by their keys, those with most
   * touches first.
   */
  results: PathRow[]
  totals: { conversions: number; value: number }
  coverage: Coverage
  nulls: NullPaths
  /** `totalRows` says how many distinct paths there are. */
  meta: QueryMeta
  query: Required<Omit<PathsRequest, 'options'>> & { options: Required<AttributionOptions> }
}

/** How far an answer is: what is being done and which part of it is done, 0 to 1. */
export interface Progress {
  stage: 'paths' | Model
  done: number
}
