import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_OPTIONS } from '../../../domain/attribution/contract.ts'
import { openEmbeddedWarehouse } from '../../../warehouse/embedded.ts'
import type { Warehouse } from '../../../warehouse/warehouse.ts'
import { startModels } from './start-models.ts'

const directory = mkdtempSync(join(tmpdir(), 'jejak-models-'))
let warehouse: Warehouse

beforeAll(async () => {
  warehouse = await openEmbeddedWarehouse({ path: join(directory, 'engine') })
})
afterAll(async () => {
  await warehouse.close()
  rmSync(directory, { recursive: true, force: true })
})

const RUNS = 20
/** A thread from sources takes a fifth of a second to start, several times that on a busy machine. */
const PATIENCE_MS = 180_000
/** Paths of up to four touches on ten keys, as the warehouse hands them to the models. */
const CHUNK = `SELECT toJSONString(groupArray(row)) AS chunk FROM (
  SELECT tuple(arrayMap(i -> toString(cityHash64(number, i) % 10), range(1 + number % 4)), 1 + number % 3, 0, number % 5) AS row
  FROM numbers(20000))`

test('threads come, work and are ended while the engine of the main thread answers', {
  timeout: PATIENCE_MS,
}, async () => {
  let running = true
  let answered = 0
  const asking = [1, 2].map(async () => {
    while (running) {
      const [row] = await warehouse.query<{ n: number }>(
        'SELECT uniqExact(number % 1000) AS n FROM numbers(200000)',
      )
      expect(row?.n).toBe(1000)
      answered += 1
    }
  })
  let finished = 0
  try {
    for (let i = 0; i < RUNS; i++) {
      const [row] = await warehouse.query<{ chunk: string }>(CHUNK)
      const run = startModels({ models: ['linear', 'markov'], options: { ...DEFAULT_OPTIONS, order: 2 } })
      const added = run.add(row?.chunk ?? '')
      added.catch(() => {})
      // Every fifth goes to its end; the others are ended while they start, read or compute.
      if (i % 5 === 0) {
        await added
        const { keys } = await run.finish()
        expect(keys).toHaveLength(10)
        finished += 1
      } else if (i % 5 === 1) {
        await run.add('[]')
        run.finish().catch(() => {})
        await warehouse.ping()
      } else if (i % 5 === 2) {
        await run.add('[]')
      }
      await run.close()
    }
  } finally {
    running = false
    await Promise.all(asking)
  }
  expect(finished).toBe(RUNS / 5)
  expect(answered).toBeGreaterThan(RUNS)
})
