import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Service } from '../support/service.ts'
import { until } from '../support/service.ts'
import type { Load } from './load.ts'

/** What is known of the requests that were sent. */
export type Sent = Pick<Load, 'answered' | 'unanswered'>

const READER = fileURLToPath(new URL('./read-warehouse.ts', import.meta.url))
const SHOWN = 5
const PAGE = 10_000

/** Runs queries and gives the rows of each. */
export type ReadWarehouse = (queries: string[]) => Promise<Record<string, unknown>[][]>

/** The embedded warehouse of a service that does not run. */
export function embeddedWarehouse(dataDir: string): ReadWarehouse {
  return async (queries) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', READER, dataDir, ...queries],
      { maxBuffer: 2 ** 30 },
    )
    return JSON.parse(stdout)
  }
}

/**
 * Checks that the clicks in the warehouse, raw and judged, are those of these loads: each answered one once, each
 * unanswered one at most once, and nothing else.
 */
export async function expectExactlyOnce(read: ReadWarehouse, loads: readonly Sent[]): Promise<void> {
  const [raw = [], judged = [], [ids] = [], orphans = []] = await read([
    `SELECT utm_content AS mark, count() AS times FROM raw_hits WHERE kind = 'click' GROUP BY mark`,
    `SELECT content AS mark, count() AS times FROM hits WHERE kind = 'click' GROUP BY mark`,
    `SELECT (SELECT count() - uniqExact(hit_id) FROM raw_hits) AS raw, (SELECT count() - uniqExact(hit_id) FROM hits) AS judged`,
    `SELECT toString(hit_id) AS id FROM raw_hits WHERE hit_id NOT IN (SELECT hit_id FROM hits)`,
  ])
  expect({ raw: compare(raw, loads), judged: compare(judged, loads), ids, orphans }).toEqual({
    raw: AS_IT_SHOULD_BE,
    judged: AS_IT_SHOULD_BE,
    ids: { raw: 0, judged: 0 },
    orphans: [],
  })
}

/** As `expectExactlyOnce`, by what the running service's query API says of one link. */
export async function expectAnsweredOnce(
  service: Service,
  slug: string,
  loads: readonly Sent[],
): Promise<void> {
  await loadedUntilNow(service)
  const rows: Record<string, unknown>[] = []
  for (let offset = 0; ; offset += PAGE) {
    const answer = await service.ask('/api/v1/query', {
      body: {
        metrics: ['clicks'],
        dimensions: ['content'],
        filters: [['is', 'link', [`localhost:${service.port}/${slug}`]]],
        date_range: 'all',
        order_by: [['content', 'asc']],
        limit: PAGE,
        offset,
      },
    })
    expect(answer.status, answer.text).toBe(200)
    const { results } = answer.json()
    for (const { dimensions, metrics } of results) rows.push({ mark: dimensions[0], times: metrics[0] })
    if (results.length < PAGE) break
  }
  expect(compare(rows, loads)).toEqual(AS_IT_SHOULD_BE)
}

/** Waits until the service says that all it has received so far is loaded. */
export async function loadedUntilNow(service: Service): Promise<void> {
  const now = Date.now()
  const question = { metrics: ['clicks'], date_range: 'day' }
  await until('everything is loaded', async () => {
    const answer = await service.ask('/api/v1/query', { body: question })
    if (answer.status !== 200) throw new Error(answer.text)
    return Date.parse(answer.json().meta.completeUntil) > now
  })
}

const AS_IT_SHOULD_BE = { lost: [], lostInAll: 0, repeated: [], strange: [] }

function compare(rows: readonly Record<string, unknown>[], loads: readonly Sent[]) {
  const times = new Map(rows.map((row) => [String(row.mark), Number(row.times)]))
  const lost = loads.flatMap((load) => [...load.answered].filter((mark) => !times.has(mark)))
  const known = (mark: string) => loads.some((load) => load.answered.has(mark) || load.unanswered.has(mark))
  return {
    lost: lost.slice(0, SHOWN),
    lostInAll: lost.length,
    repeated: [...times].filter(([, count]) => count !== 1).slice(0, SHOWN),
    strange: [...times.keys()].filter((mark) => !known(mark)).slice(0, SHOWN),
  }
}
