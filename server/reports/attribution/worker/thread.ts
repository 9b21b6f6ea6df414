import { Worker } from 'node:worker_threads'
import type { Progress } from '../contract.ts'
import type { ModelResults, ModelsReply, ModelsRequest, ModelsTask } from './messages.ts'
import { ModelsError } from './models-error.ts'

export interface ThreadLimits {
  /** Of the thread's heap. */
  heapMegabytes: number
  /** From its start to its end. */
  seconds: number
}

export interface ModelsThread {
  /** Sends a request; gives the results for `finish`, null for a chunk that was read. @throws {ModelsError} */
  ask(request: ModelsRequest): Promise<ModelResults | null>
  /** Ends the thread at once; what was asked and is asked later is rejected with the reason. */
  end(reason: ModelsError): void
  /** Resolves when the thread has ended and its memory is free. */
  gone: Promise<void>
}

/** Sources run under vitest or tsx; what is built is plain JavaScript beside this file. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')
const MODULE = new URL(FROM_SOURCES ? './models-worker.ts' : './models-worker.js', import.meta.url)

/** Opens a thread for one run. It imports pure modules only: the embedded engine does not survive being opened twice. */
export function openThread(
  task: ModelsTask,
  limits: ThreadLimits,
  onProgress: (progress: Progress) => void,
): ModelsThread {
  const worker = new Worker(MODULE, {
    workerData: task,
    execArgv: FROM_SOURCES ? typescriptLoader() : [],
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
  })
  const waiting: { resolve(results: ModelResults | null): void; reject(error: ModelsError): void }[] = []
  let ended: ModelsError | null = null

  function end(reason: ModelsError): void {
    if (ended) return
    ended = reason
    clearTimeout(timer)
    for (const { reject } of waiting.splice(0)) reject(reason)
    void worker.terminate()
  }

  const timer = setTimeout(
    () => end(new ModelsError('limit', `the models took more than ${limits.seconds} seconds`)),
    limits.seconds * 1000,
  )
  worker.on('message', (reply: ModelsReply) => {
    if (ended) return
    if (reply.type === 'progress') onProgress(reply.progress)
    else if (reply.type === 'limit') end(new ModelsError('limit', reply.message))
    else waiting.shift()?.resolve(reply.type === 'results' ? reply.results : null)
  })
  worker.on('messageerror', (cause) =>
    end(new ModelsError('failed', 'the models gave an answer that cannot be read', { cause })),
  )
  worker.on('error', (error) => end(deathOf(error)))
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      end(new ModelsError('failed', `the models' thread ended by itself, with code ${code}`))
      resolve()
    })
  })
  return {
    end,
    gone,
    ask(request) {
      if (ended) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage(request)
      })
    },
  }
}

function deathOf(error: Error & { code?: string }): ModelsError {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new ModelsError('limit', 'the models ran out of the memory they may use', { cause: error })
  return new ModelsError('failed', `the models failed: ${error.message}`, { cause: error })
}

/** On Node 20 `--import tsx` leaves threads alone; its API does not. */
function typescriptLoader(): string[] {
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,import{register}from${encodeURIComponent(api)};register()`]
}
