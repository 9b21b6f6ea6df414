import { type Credits, DEFAULT_OPTIONS, type Model, type ModelOptions, type PathSet } from './contract.ts'
import { markov } from './markov.ts'
import { firstTouch, lastNonDirect, lastTouch } from './one-touch.ts'
import { type ShapleyRateOptions, shapley, shapleyRate } from './shapley.ts'
import { linear, positionBased, timeDecay } from './shared-credit.ts'

/** Keys that mean Direct, as reports and the usual tools write it; compared without case. */
export const DIRECT_KEYS: readonly string[] = ['direct', '(direct)']

/** What a model can be told; plain data, so that it can be handed to a worker. */
export interface RunOptions extends Partial<ModelOptions>, ShapleyRateOptions {
  /** Keys that `lastNonDirect` passes over, compared without case; `DIRECT_KEYS` where left out. */
  directKeys?: readonly string[]
}

/** What a model answers; the arrays are as long as `keys` of the path set. */
export interface ModelResult {
  credits: Credits
  /** Of `markov`: what share of conversions and of value goes without the key, 0 to 1. */
  removalEffects?: Credits
  /** Of `shapleyRate`: false where it is an estimate. */
  exact?: boolean
  /** Of an estimate: one standard error of each credit. */
  standardErrors?: Credits | null
}

/**
 * Runs one model by its name.
 *
 * @param onProgress Told the share done, from 0 to 1, by the models that take long (`markov`, `shapleyRate`).
 * @throws {ModelError} where an option is out of range, or the paths lack what the model needs.
 */
export function runModel(
  model: Model,
  paths: PathSet,
  options: RunOptions = {},
  onProgress?: (done: number) => void,
): ModelResult {
  switch (model) {
    case 'first':
      return { credits: firstTouch(paths) }
    case 'last':
      return { credits: lastTouch(paths) }
    case 'lastNonDirect':
      return { credits: lastNonDirect(paths, directTest(options.directKeys)) }
    case 'linear':
      return { credits: linear(paths) }
    case 'timeDecay':
      return { credits: timeDecay(paths, options.halfLife ?? DEFAULT_OPTIONS.halfLife) }
    case 'position':
      return { credits: positionBased(paths, options.position ?? DEFAULT_OPTIONS.position) }
    case 'markov':
      return markov(paths, options.order ?? DEFAULT_OPTIONS.order, onProgress)
    case 'shapley':
      return { credits: shapley(paths) }
    case 'shapleyRate':
      return shapleyRate(paths, options, onProgress)
  }
}

/** Whether a key means Direct. */
export const isDirect: (key: string) => boolean = directTest()

function directTest(keys: readonly string[] = DIRECT_KEYS): (key: string) => boolean {
  const direct = new Set(keys.map((key) => key.toLowerCase()))
  return (key) => direct.has(key.toLowerCase())
}
