/**
 * Journeys grouped by their touches, in columns, so that a million of them fit in a hundred megabytes and can be handed
 * to a worker without a copy. `collectPaths` makes one.
 */
export interface PathSet {
  /** What the touches are counted by (channels, sources, links …); a touch is an index into it. */
  keys: readonly string[]
  /** Path i has the touches from `offsets[i]` to before `offsets[i + 1]`; never none. One entry more than paths. */
  offsets: Uint32Array
  /** Oldest first. */
  touches: Uint32Array
  /** Conversions that ended the path, at least 0; fractions are fine. */
  conversions: Float64Array
  /** What all these conversions together are worth, at least 0. */
  values: Float64Array
  /** Journeys with the same touches that ended without conversion, at least 0. */
  nulls: Float64Array
  /** Days from each touch to the conversion, as `touches`; null where times are not known. */
  ages: Float64Array | null
}

/** Models that look at one path at a time; ClickHouse computes them too. */
export const HEURISTIC_MODELS = ['first', 'last', 'lastNonDirect', 'linear', 'timeDecay', 'position'] as const
/** Models that need all paths at once. */
export const PATH_MODELS = ['markov', 'shapley', 'shapleyRate'] as const
export const MODELS = [...HEURISTIC_MODELS, ...PATH_MODELS] as const
export type HeuristicModel = (typeof HEURISTIC_MODELS)[number]
export type PathModel = (typeof PATH_MODELS)[number]
export type Model = (typeof MODELS)[number]

/** What the models can be told. */
export interface ModelOptions {
  /** Half-life of `timeDecay` in days, above 0. */
  halfLife: number
  /** Weights of the first touch, those between and the last one in `position`: at least 0, not all 0. */
  position: readonly [first: number, middle: number, last: number]
  /** Touches that a state of `markov` looks back on: 1, 2 or 3. */
  order: MarkovOrder
}

export type MarkovOrder = 1 | 2 | 3

export const DEFAULT_OPTIONS: ModelOptions = { halfLife: 7, position: [0.4, 0.2, 0.4], order: 1 }

/** What a model gives each key; arrays are as long as `keys` of the path set. */
export interface Credits {
  /** They sum to the conversions of all paths. `shapleyRate` may give less than 0. */
  conversions: Float64Array
  /** They sum to the value of all paths. */
  values: Float64Array
}
