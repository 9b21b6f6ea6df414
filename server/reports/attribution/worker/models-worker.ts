import { memoryUsage } from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import type { Credits } from '../../../domain/attribution/contract.ts'
import { ModelError } from '../../../domain/attribution/model-error.ts'
import { startComputation } from './compute.ts'
import type { ModelResults, ModelsReply, ModelsRequest, ModelsTask } from './messages.ts'

/** The models' thread: `openThread` starts it and speaks with it. What is thrown here ends it and is told there. */

/** What V8 says where memory outside its heap, or a structure of its own, has no room left. */
const NO_ROOM =
  /allocation failed|Invalid (typed array|array buffer|array|string) length|maximum size exceeded/i

class NoRoom extends Error {}

const task = workerData as ModelsTask
const computation = startComputation(task, (progress) => {
  checkMemory()
  reply({ type: 'progress', progress })
})

parentPort?.on('message', (request: ModelsRequest) => {
  try {
    if (request.type === 'chunk') {
      computation.add(request.chunk)
      checkMemory()
      reply({ type: 'taken' })
    } else {
      const results = computation.finish()
      reply({ type: 'results', results }, buffersOf(results))
    }
  } catch (error) {
    const message = tooHeavy(error)
    if (message === null) throw error
    reply({ type: 'limit', message })
  }
})

/** What there is too much of; null for an error of another kind. */
function tooHeavy(error: unknown): string | null {
  if (error instanceof ModelError && error.field === 'keys') return error.message
  if (error instanceof NoRoom || (error instanceof RangeError && NO_ROOM.test(error.message)))
    return `the models ran out of the memory they may use (${error.message})`
  return null
}

/** Typed arrays lie outside the heap, whose limit does not see them. */
function checkMemory(): void {
  const { arrayBuffers } = memoryUsage()
  if (arrayBuffers > task.arrayBytes) throw new NoRoom(`${arrayBuffers} bytes of arrays`)
}

function reply(message: ModelsReply, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}

/** Each once: two results may share an array. */
function buffersOf({ credits, removalEffects, shapleyRate }: ModelResults): ArrayBuffer[] {
  const all: (Credits | null | undefined)[] = [
    ...Object.values(credits),
    removalEffects,
    shapleyRate?.standardErrors,
  ]
  const arrays = all.flatMap((each) => (each ? [each.conversions, each.values] : []))
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]
}
