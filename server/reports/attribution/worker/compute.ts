import type { Credits, Model } from '../../../domain/attribution/contract.ts'
import { runModel } from '../../../domain/attribution/models.ts'
import { createPathCollector } from '../../../domain/attribution/paths.ts'
import type { Progress } from '../contract.ts'
import type { ModelResults, ModelsTask, ShapleyRateCertainty } from './messages.ts'

/** A row of a chunk. */
type ChunkRow = readonly [touches: string[], conversions: number, value: number, nulls: number]

export interface Computation {
  /** Reads the JSON text of rows. @throws {SyntaxError} @throws {PathError} */
  add(chunk: string): void
  /** Runs the models, in the order asked. @throws {ModelError} */
  finish(): ModelResults
}

/** What the thread does, apart from being one: reads paths, then runs models over them. */
export function startComputation(
  { models, options, paths }: Pick<ModelsTask, 'models' | 'options' | 'paths'>,
  onProgress: (progress: Progress) => void,
): Computation {
  const collector = createPathCollector()
  const tell = inSteps(onProgress)
  let rows = 0
  return {
    add(chunk) {
      const added = JSON.parse(chunk) as readonly ChunkRow[]
      for (const [touches, conversions, value, nulls] of added)
        collector.add({ touches, conversions, value, nulls })
      rows += added.length
      if (paths !== null) tell({ stage: 'paths', done: Math.min(rows / paths, 1) })
    },
    finish() {
      const set = collector.done()
      const credits: Partial<Record<Model, Credits>> = {}
      let removalEffects: Credits | null = null
      let shapleyRate: ShapleyRateCertainty | null = null
      for (const model of models) {
        tell({ stage: model, done: 0 })
        const result = runModel(model, set, options, (done) => tell({ stage: model, done }))
        tell({ stage: model, done: 1 })
        credits[model] = result.credits
        if (model === 'markov') removalEffects = result.removalEffects ?? null
        if (model === 'shapleyRate')
          shapleyRate = { exact: result.exact ?? true, standardErrors: result.standardErrors ?? null }
      }
      return { keys: set.keys, credits, removalEffects, shapleyRate }
    },
  }
}

/** Whoever looks sees no more than hundredths. */
const STEP = 0.01

/** Passes on the beginning of each stage, every hundredth of it, and its end; never a step back. */
function inSteps(onProgress: (progress: Progress) => void): (progress: Progress) => void {
  let last: Progress | null = null
  return (progress) => {
    const { stage, done } = progress
    if (last?.stage === stage && !(done >= last.done + STEP || (done === 1 && last.done < 1))) return
    last = progress
    onProgress(progress)
  }
}
