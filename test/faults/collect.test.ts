import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createService, type Service, until } from '../support/service.ts'
import { type PageLoad, startPages } from './collect-load.ts'
import { embeddedWarehouse, loadedUntilNow } from './ledger.ts'

const ROUNDS = Number(process.env.JEJAK_FAULT_ROUNDS ?? 2)
const ROUND_MS = 60_000
const ORIGIN = 'https://shop.example'
const PAGE = 10_000
const NOTHING_WRONG = { lost: [], repeated: [], strange: [] }

let service: Service
let loads: PageLoad[]

beforeEach(async () => {
  service = await createService({ env: { JEJAK_TRUSTED_PROXIES: '127.0.0.1' } })
  loads = []
  await service.start()
  const body = { hostnames: ['shop.example'] }
  await service.ask('/api/v1/sites/1', { method: 'PATCH', body })
  await until('the edge knows the site’s host', async () => {
    const { headers } = await service.ask('/e', { method: 'OPTIONS', headers: { origin: ORIGIN } })
    return headers['access-control-allow-origin'] === ORIGIN
  })
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  await service.dispose()
})

test(
  'a killed front process loses no acknowledged event and repeats none, however often the pages send them again',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await pagesOn(`front-${round}`)
      service.signal('SIGKILL')
      await service.ended()
      await service.start()
      await load.moreAnswers(50)
      await load.stop()
      await expectPagesOnce()
    }
    expect(loads.some((load) => load.repeated() > 0)).toBe(true)
    await service.stop()
    await expectEventsOnce()
  },
  ROUNDS * ROUND_MS,
)

test(
  'a killed app refuses no event, loses none and repeats none',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await pagesOn(`app-${round}`)
      const app = service.appPid()
      service.signal('SIGKILL', app)
      await until('another app has been started', async () => ![0, app].includes(service.appPid()))
      await load.moreAnswers(50)
      await service.apiUp()
      await load.moreAnswers(50)
      await load.stop()
      expect([...load.refused]).toEqual([])
      await expectPagesOnce()
    }
    await service.stop()
    await expectEventsOnce()
  },
  ROUNDS * ROUND_MS,
)

test(
  'front process and app killed together lose no acknowledged event and repeat none',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const load = await pagesOn(`both-${round}`)
      service.signal('SIGKILL', service.appPid())
      service.signal('SIGKILL')
      await service.ended()
      await service.start()
      await load.moreAnswers(50)
      await load.stop()
      await expectPagesOnce()
    }
    await service.stop()
    await expectEventsOnce()
  },
  ROUNDS * ROUND_MS,
)

/** Pages at work, for long enough that a few batches were loaded, and ending at any moment of one. */
async function pagesOn(name: string): Promise<PageLoad> {
  const load = startPages({ port: service.port, origin: ORIGIN, name })
  loads.push(load)
  await load.moreAnswers(30)
  await sleep(300 + Math.random() * 700)
  return load
}

/** What the query API says of the pageviews so far. */
async function expectPagesOnce(): Promise<void> {
  await loadedUntilNow(service)
  const times = new Map<string, number>()
  for (let offset = 0; offset === times.size; offset += PAGE) {
    const answer = await service.ask('/api/v1/query', {
      body: {
        metrics: ['pageviews'],
        dimensions: ['content'],
        date_range: 'all',
        order_by: [['content', 'asc']],
        limit: PAGE,
        offset,
      },
    })
    expect(answer.status, answer.text).toBe(200)
    for (const { dimensions, metrics } of answer.json().results) times.set(dimensions[0], metrics[0])
  }
  expect(
    compare(
      times,
      ({ acknowledgedMarks }) => acknowledgedMarks,
      ({ sentMarks }) => sentMarks,
    ),
  ).toEqual(NOTHING_WRONG)
}

/** What the warehouse holds, of events of every kind. */
async function expectEventsOnce(): Promise<void> {
  const [raw = [], judged = [], orphans] = await embeddedWarehouse(service.dataDir)([
    `SELECT replaceAll(toString(hit_id), '-', '') AS id, count() AS times FROM raw_hits GROUP BY id`,
    `SELECT toString(hit_id) AS id, count() AS times FROM hits GROUP BY id HAVING times != 1`,
    `SELECT toString(hit_id) AS id FROM raw_hits WHERE kind = 'pageview' AND hit_id NOT IN (SELECT hit_id FROM hits)`,
  ])
  const events = compare(
    new Map(raw.map(({ id, times }) => [String(id), Number(times)])),
    ({ acknowledged }) => acknowledged,
    ({ sent }) => sent,
  )
  expect({ events, judged, orphans }).toEqual({ events: NOTHING_WRONG, judged: [], orphans: [] })
}

function compare(
  times: ReadonlyMap<string, number>,
  acknowledged: (load: PageLoad) => ReadonlySet<string>,
  sent: (load: PageLoad) => ReadonlySet<string>,
) {
  const shown = 5
  return {
    lost: loads.flatMap((load) => [...acknowledged(load)].filter((id) => !times.has(id))).slice(0, shown),
    repeated: [...times].filter(([, count]) => count !== 1).slice(0, shown),
    strange: [...times.keys()].filter((id) => !loads.some((load) => sent(load).has(id))).slice(0, shown),
  }
}
