import { expect } from 'vitest'
import type { Service } from '../support/service.ts'
import { type CrmLoad, SALE_VALUE, SALES_GOAL } from './conversions-load.ts'
import { loadedUntilNow } from './ledger.ts'

/** Gives the first site the goal that loads tell of; each conversion counts with its value. */
export async function addSalesGoal(service: Service): Promise<void> {
  const goal = { name: SALES_GOAL, match: { type: 'external' }, value: { type: 'event' }, count: 'every' }
  const made = await service.ask('/api/v1/sites/1/goals', { body: goal })
  expect(made.status, made.text).toBe(201)
}

/** Waits until all is loaded, and checks what the API lists and counts of what was told to the site so far. */
export async function expectToldOnce(service: Service, loads: readonly CrmLoad[]): Promise<void> {
  await loadedUntilNow(service)
  const times = new Map<string, number>()
  for (let cursor = ''; ; ) {
    const answer = await service.ask(`/api/v1/conversions?limit=500${cursor}`)
    expect(answer.status, answer.text).toBe(200)
    const { data, nextCursor } = answer.json()
    for (const { key } of data) times.set(key, (times.get(key) ?? 0) + 1)
    if (nextCursor === null) break
    cursor = `&cursor=${nextCursor}`
  }
  expectAsTold(loads, times)
  const counted = await service.ask('/api/v1/query', {
    body: { metrics: ['conversions', 'value'], date_range: 'all' },
  })
  expect(counted.json().results[0].metrics).toEqual([times.size, times.size * SALE_VALUE])
}

/** Each acknowledged one once, each other that was sent at most once, and nothing else. */
export function expectAsTold(loads: readonly CrmLoad[], times: ReadonlyMap<string, number>): void {
  const shown = 5
  expect({
    lost: loads
      .flatMap(({ acknowledged }) => [...acknowledged].filter((key) => !times.has(key)))
      .slice(0, shown),
    repeated: [...times].filter(([, count]) => count !== 1).slice(0, shown),
    unknown: [...times.keys()].filter((key) => !loads.some(({ sent }) => sent.has(key))).slice(0, shown),
    strange: loads.flatMap(({ strange }) => strange).slice(0, shown),
  }).toEqual({ lost: [], repeated: [], unknown: [], strange: [] })
}
