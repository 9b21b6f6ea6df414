import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DEFAULT_OPTIONS } from '../../../domain/attribution/contract.ts'
import type { Progress } from '../contract.ts'
import { type ModelRun, type ModelsContext, type ModelsQuestion, startModels } from './start-models.ts'

const options = DEFAULT_OPTIONS
const SMALL = JSON.stringify([
  [['Social', 'Search'], 2, 20, 1],
  [['Search'], 1, 5, 0],
])

/** Rows of up to eight touches on twenty channels; the same ones each time. */
function chunkOf(rows: number, seed: number): string {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  const row = () => {
    const touches = Array.from({ length: 1 + random(8) }, () => `channel ${random(20)}`)
    return [touches, random(3), 0, random(9)]
  }
  return JSON.stringify(Array.from({ length: rows }, row))
}

async function withRun<Result>(
  question: ModelsQuestion,
  context: ModelsContext,
  use: (run: ModelRun) => Promise<Result>,
): Promise<Result> {
  const run = startModels(question, context)
  try {
    return await use(run)
  } finally {
    await run.close()
  }
}

/** Whether a run that comes after gets its turn and its results. */
async function goesOn(): Promise<boolean> {
  return withRun({ models: ['first'], options }, {}, async (run) => {
    await run.add(SMALL)
    const { credits } = await run.finish()
    return credits.first?.conversions.length === 2
  })
}

test('every model asked for gives its credits, by the keys', async () => {
  const results = await withRun({ models: ['last', 'linear'], options }, {}, async (run) => {
    await run.add(SMALL)
    await run.add(JSON.stringify([[['Email'], 3, 30, 0]]))
    return run.finish()
  })
  expect(results).toEqual({
    keys: ['Social', 'Search', 'Email'],
    credits: {
      last: { conversions: Float64Array.of(0, 3, 3), values: Float64Array.of(0, 25, 30) },
      linear: { conversions: Float64Array.of(1, 2, 3), values: Float64Array.of(10, 15, 30) },
    },
    removalEffects: null,
    shapleyRate: null,
  })
})

test('Markov and Shapley tell what more they know', async () => {
  const models = ['markov', 'shapley', 'shapleyRate'] as const
  const { credits, removalEffects, shapleyRate } = await withRun({ models, options }, {}, async (run) => {
    await run.add(SMALL)
    return run.finish()
  })
  expect(Object.keys(credits)).toEqual(models)
  expect(removalEffects?.conversions).toHaveLength(2)
  expect(shapleyRate).toEqual({ exact: true, standardErrors: null })
})

test('no paths give no keys', async () => {
  const { keys } = await withRun({ models: ['markov', 'linear'], options }, {}, (run) => run.finish())
  expect(keys).toEqual([])
})

test('progress goes through its stages and never back', async () => {
  const seen: Progress[] = []
  const question = { models: ['linear', 'markov'], options, paths: 4000 } as const
  await withRun(question, { onProgress: (progress) => seen.push(progress) }, async (run) => {
    for (const seed of [1, 2, 3, 4]) await run.add(chunkOf(1000, seed))
    await run.finish()
  })
  const stages = [...new Set(seen.map(({ stage }) => stage))]
  expect(stages).toEqual(['paths', 'linear', 'markov'])
  for (const stage of stages) {
    const done = seen.filter((progress) => progress.stage === stage).map((progress) => progress.done)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(done.at(-1)).toBe(1)
  }
  expect(seen.filter(({ stage }) => stage === 'paths').map(({ done }) => done)).toEqual([0.25, 0.5, 0.75, 1])
})

test('the main thread goes on while a chain of order 3 is computed', async () => {
  const question = { models: ['markov'], options: { ...options, order: 3 } } as const
  let turns = 0
  await withRun(question, {}, async (run) => {
    for (let seed = 0; seed < 5; seed++) await run.add(chunkOf(20_000, seed))
    const counting = setInterval(() => {
      turns += 1
    }, 1)
    await run.finish()
    clearInterval(counting)
  })
  expect(turns).toBeGreaterThan(20)
})

test('aborting midway ends the run at once and hands its place on', async () => {
  const gone = new AbortController()
  const question = { models: ['markov'], options: { ...options, order: 3 } } as const
  const onProgress = ({ stage }: Progress) => stage === 'markov' && gone.abort()
  await withRun(question, { signal: gone.signal, onProgress }, async (run) => {
    await run.add(chunkOf(20_000, 1))
    await expect(run.finish()).rejects.toMatchObject({ name: 'ModelsError', kind: 'aborted' })
    await expect(run.add(SMALL)).rejects.toMatchObject({ kind: 'aborted' })
  })
  expect(await goesOn()).toBe(true)
})

test('a signal given before or while waiting for a turn ends the waiting', async () => {
  const question: ModelsQuestion = { models: ['first'], options }
  await withRun(question, { signal: AbortSignal.abort() }, async (run) => {
    await expect(run.add(SMALL).then(() => run.finish())).rejects.toMatchObject({ kind: 'aborted' })
  })
  // More than any machine runs at once.
  const first = Array.from({ length: 100 }, () => startModels(question))
  const gone = new AbortController()
  const late = startModels(question, { signal: gone.signal })
  const waiting = expect(late.finish()).rejects.toMatchObject({ kind: 'aborted' })
  await turn()
  gone.abort()
  await waiting
  await Promise.all(first.map((run) => run.close()))
  expect(await goesOn()).toBe(true)
})

test.each<[string, Partial<Record<'heapMegabytes' | 'arrayMegabytes' | 'seconds', number>>]>([
  ['heap', { heapMegabytes: 8 }],
  ['typed arrays', { arrayMegabytes: 1 }],
  ['time', { seconds: 0.001 }],
])('a question too heavy for its %s ends as such, and the app goes on', async (_, limits) => {
  const question = { models: ['markov'], options: { ...options, order: 3 } } as const
  await withRun(question, { limits }, async (run) => {
    const all = async () => {
      for (let seed = 0; seed < 5; seed++) await run.add(chunkOf(20_000, seed))
      return run.finish()
    }
    await expect(all()).rejects.toMatchObject({ name: 'ModelsError', kind: 'limit' })
  })
  expect(await goesOn()).toBe(true)
})

test.each([
  ['no JSON', '[[["a"], 1'],
  ['no rows', '{}'],
  ['a path without touches', '[[[], 1, 0, 0]]'],
  ['a count that is none', '[[["a"], null, 0, 0]]'],
])('a chunk of %s is an error with its cause, not a hang', async (_, chunk) => {
  await withRun({ models: ['first'], options }, {}, async (run) => {
    const all = run.add(chunk).then(() => run.finish())
    await expect(all).rejects.toMatchObject({ kind: 'failed', cause: expect.any(Error) })
  })
  expect(await goesOn()).toBe(true)
})

test('a model that cannot be computed is an error that says why', async () => {
  await withRun({ models: ['timeDecay'], options }, {}, async (run) => {
    await run.add(SMALL)
    await expect(run.finish()).rejects.toThrow(/timeDecay needs the times/)
  })
})

test('a run that is closed without results hands its place on', async () => {
  const run = startModels({ models: ['first'], options })
  await run.add(SMALL)
  await run.close()
  await run.close()
  await expect(run.finish()).rejects.toMatchObject({ kind: 'aborted' })
  expect(await goesOn()).toBe(true)
})
