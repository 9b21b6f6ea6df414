import { availableParallelism } from 'node:os'
import type { Model } from '../../../domain/attribution/contract.ts'
import type { RunOptions } from '../../../domain/attribution/models.ts'
import type { Progress } from '../contract.ts'
import type { ModelResults, ModelsTask } from './messages.ts'
import { ModelsError } from './models-error.ts'
import { createSlots } from './slots.ts'
import { type ModelsThread, openThread, type ThreadLimits } from './thread.ts'

/** What the models are to compute. */
export interface ModelsQuestion {
  models: readonly Model[]
  options: RunOptions
  /** How many paths will be added, where that is known: for the progress of reading them. */
  paths?: number
}

/** The models at work on a thread of their own, so that the app goes on answering. */
export interface ModelRun {
  /**
   * Takes paths: the JSON text of rows `[[keys of the touches…], conversions, value, nulls]`, some 20,000 at a time.
   * Resolves when the chunk before has been read: whoever awaits it never holds more than two in memory.
   *
   * @throws {ModelsError} as `finish`; what is wrong with a chunk is told by what is called after it.
   */
  add(chunk: string): Promise<void>
  /**
   * What all paths that were added give; the thread is gone then.
   *
   * @throws {ModelsError} `aborted` by the signal, `limit` where it is too heavy, `failed` for a defect of ours.
   */
  finish(): Promise<ModelResults>
  /** Ends the run, finished or not. Whoever starts one calls it in a `finally`: an open run keeps others waiting. */
  close(): Promise<void>
}

export interface ModelsContext {
  /** Aborting ends the thread at once, or the waiting for it. */
  signal?: AbortSignal
  /** Told of each stage in order; `done` never goes back within a stage. */
  onProgress?(progress: Progress): void
  limits?: Partial<ModelsLimits>
}

/** Beyond any of these a run ends with a `ModelsError` of kind `limit`. */
export interface ModelsLimits extends ThreadLimits {
  /** Of the thread's typed arrays, which its heap does not hold. */
  arrayMegabytes: number
}

/** A run that takes longer keeps all others waiting. */
const LIMITS: ModelsLimits = { heapMegabytes: 512, arrayMegabytes: 512, seconds: 120 }

/** Half of the cores: the engine wants the others. */
const slots = createSlots(Math.max(1, Math.floor(availableParallelism() / 2)))

/** Starts the models; `add` and `finish` wait for their turn where other runs are at work. */
export function startModels(question: ModelsQuestion, context: ModelsContext = {}): ModelRun {
  const { signal, onProgress = () => {} } = context
  const limits = { ...LIMITS, ...context.limits }
  const stop = new AbortController()
  const giveUp = () => stop.abort(new ModelsError('aborted', 'nobody waits for the models any more'))
  if (signal?.aborted) giveUp()
  signal?.addEventListener('abort', giveUp, { signal: stop.signal })
  const thread = openInTurn(taskOf(question, limits), limits, onProgress, stop.signal)
  // Where it cannot be opened, `add` and `finish` say so.
  thread.catch(() => {})
  /** Of the chunk before. */
  let read: Promise<unknown> = Promise.resolve()

  async function close(): Promise<void> {
    stop.abort(new ModelsError('aborted', 'the run of the models has been closed'))
    await thread.then(({ gone }) => gone).catch(() => {})
  }

  return {
    close,
    async add(chunk) {
      stop.signal.throwIfAborted()
      const before = read
      read = before.then(async () => (await thread).ask({ type: 'chunk', chunk }))
      read.catch(() => {})
      await before
    },
    async finish() {
      await read
      const results = await (await thread).ask({ type: 'finish' })
      await close()
      if (!results) throw new ModelsError('failed', 'the models ended without results')
      return results
    },
  }
}

async function openInTurn(
  task: ModelsTask,
  limits: ThreadLimits,
  onProgress: (progress: Progress) => void,
  stop: AbortSignal,
): Promise<ModelsThread> {
  const leave = await slots.take(stop)
  try {
    stop.throwIfAborted()
    const thread = openThread(task, limits, onProgress)
    stop.addEventListener('abort', () => thread.end(stop.reason), { once: true })
    void thread.gone.then(leave)
    return thread
  } catch (error) {
    leave()
    throw error
  }
}

function taskOf({ models, options, paths }: ModelsQuestion, { arrayMegabytes }: ModelsLimits): ModelsTask {
  return {
    models: [...models],
    options: { ...options },
    paths: paths ?? null,
    arrayBytes: arrayMegabytes * 2 ** 20,
  }
}
