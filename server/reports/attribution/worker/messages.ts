import type { Credits, Model } from '../../../domain/attribution/contract.ts'
import type { RunOptions } from '../../../domain/attribution/models.ts'
import type { Progress } from '../contract.ts'

/** What is to be computed, and within which bounds. */
export interface ModelsTask {
  models: readonly Model[]
  options: RunOptions
  /** How many paths will be added, for the progress of reading them; null where that is not known. */
  paths: number | null
  /** Bytes of typed arrays that the thread may hold. */
  arrayBytes: number
}

/** What all paths together give. Arrays are as long as `keys`. */
export interface ModelResults {
  keys: readonly string[]
  /** Of every model that was asked for. */
  credits: Partial<Record<Model, Credits>>
  /** Share of all conversions and of all value that goes without a key, by the Markov chain; null where not asked. */
  removalEffects: Credits | null
  /** How sure `shapleyRate` is; null where not asked. */
  shapleyRate: ShapleyRateCertainty | null
}

export interface ShapleyRateCertainty {
  /** False where the credits are estimates. */
  exact: boolean
  /** One standard error of each estimate; null where they are exact. */
  standardErrors: Credits | null
}

/** To the thread; each is answered once, in order. */
export type ModelsRequest = { type: 'chunk'; chunk: string } | { type: 'finish' }

/** From the thread. `progress` and `limit` come unasked; after `limit` nothing else does. */
export type ModelsReply =
  | { type: 'taken' }
  | { type: 'results'; results: ModelResults }
  | { type: 'progress'; progress: Progress }
  | { type: 'limit'; message: string }
