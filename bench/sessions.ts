/**
 * `npm run bench -- sessions [HITS]`: brings shuffled hits of made-up visitors in through the loader, works out all
 * sessions anew from the raw hits, and compares: they must be the same. Says what sessions cost, in CPU seconds of the
 * whole process, beside bringing in the same hits as clicks, which are in no session.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawHit } from '../server/domain/hit.ts'
import { createJudge } from '../server/domain/judge.ts'
import { loadFacts } from '../server/facts/load.ts'
import { openCheckpoint } from '../server/loader/checkpoint.ts'
import { createEnricher } from '../server/loader/enrich.ts'
import { createLoader, type Loader } from '../server/loader/loader.ts'
import { encodeHit } from '../server/spool/record.ts'
import { openSpoolWriter } from '../server/spool/writer.ts'
import { openEmbeddedWarehouse } from '../server/warehouse/embedded.ts'
import { migrate } from '../server/warehouse/migrate.ts'
import { seeded } from './support/traffic.ts'
import { createVisits, SIGNING_KEY, VISITED_SITES } from './support/visits.ts'

const HITS = Number(process.argv[2] ?? 200_000)
const root = mkdtempSync(join(tmpdir(), 'jejak-bench-'))
const warehouse = await openEmbeddedWarehouse({ path: join(root, 'engine') })
await migrate(warehouse)

const enricher = createEnricher(createJudge(loadFacts()), {
  sites: { list: async () => VISITED_SITES },
  rules: { all: async () => [] },
  links: { byIds: async () => [] },
  keys: { current: async () => SIGNING_KEY, previous: async () => null },
})

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** A place of each hit to be made, shuffled: the visitor's number and that of the hit. */
function shuffledPlaces(): { visitors: Uint32Array; steps: Uint32Array } {
  const visits = createVisits('')
  const visitors = new Uint32Array(HITS)
  const steps = new Uint32Array(HITS)
  for (let visitor = 0, at = 0; at < HITS; visitor++) {
    const { length } = visits.of(visitor)
    for (let step = 0; step < length && at < HITS; step++, at++) {
      visitors[at] = visitor
      steps[at] = step
    }
  }
  const random = seeded(5)
  for (let at = HITS - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    for (const list of [visitors, steps]) {
      const kept = list[at] ?? 0
      list[at] = list[other] ?? 0
      list[other] = kept
    }
  }
  return { visitors, steps }
}

const places = shuffledPlaces()

/** Spools the hits, changed as told, and loads them; CPU seconds of loading, and the loader that did it. */
async function load(
  name: string,
  change: (hit: RawHit) => RawHit,
): Promise<{ seconds: number; loader: Loader }> {
  const directory = join(root, name)
  const writer = await openSpoolWriter({
    directory: join(directory, 'edge'),
    durability: 'write',
    maxBytes: 1e11,
  })
  const visits = createVisits(writer.edgeRun)
  let last: Promise<unknown> = Promise.resolve()
  for (let at = 0; at < HITS; at++) {
    const hit = visits.of(places.visitors[at] ?? 0)[places.steps[at] ?? 0]
    if (!hit) throw new RangeError('no such hit')
    const record = encodeHit({ ...change(hit), sequence: at + 1 })
    last = new Promise((done) => writer.append(record, done))
    if (at % 2_000 === 0) await last
  }
  await last
  await writer.close()
  const loader = createLoader({
    warehouse,
    enricher,
    checkpoint: openCheckpoint(join(root, `${name}.db`)),
    spoolRoot: directory,
    directory: join(root, `${name}-files`),
    markClicked: async () => {},
    log: { info() {}, warn: console.error, error: console.error },
  })
  const seconds = await cpuSeconds(async () => {
    loader.start()
    while (loader.counts(writer.edgeRun).added < HITS) await new Promise((done) => setTimeout(done, 50))
  })
  return { seconds, loader }
}

interface Standing {
  site: number
  sessions: number
  pageviews: number
  joined: number
  fingerprint: string
}

/** What stands in `sessions` for each site under a generation, and a fingerprint of all of it. */
function standing(generation: number): Promise<Standing[]> {
  return warehouse.query<Standing>(
    `SELECT site, count() AS sessions, sum(pageviews) AS pageviews, countIf(length(visitors) > 1) AS joined,
       hex(sum(cityHash64(* EXCEPT (version, generation, is_deleted)))) AS fingerprint
     FROM sessions FINAL WHERE generation = {generation:UInt32} GROUP BY site ORDER BY site`,
    { generation },
    { maxSeconds: 300 },
  )
}

const clicked = await load('clicks', (hit) => ({ ...hit, kind: 'click', clickId: '', event: null }))
await clicked.loader.stop(0)
for (const table of ['hits', 'raw_hits']) await warehouse.command(`TRUNCATE TABLE ${table}`)
const visited = await load('visits', (hit) => hit)
const live = await standing(0)

let turned = 0
const anew = await cpuSeconds(async () => {
  for (const { id } of VISITED_SITES) {
    const { hits } = await visited.loader.judgeAgain({
      siteId: id,
      from: 0,
      to: Date.UTC(2100, 0, 1),
      days: null,
    })
    turned += hits
  }
})
await visited.loader.stop(0)
const rebuilt = await standing(1)
const same = JSON.stringify(live) === JSON.stringify(rebuilt)

const sum = (field: 'sessions' | 'pageviews' | 'joined') => live.reduce((total, row) => total + row[field], 0)
const perHit = (seconds: number) => `${((seconds / HITS) * 1e6).toFixed(1)} µs of CPU a hit`
console.log(
  `hits: ${HITS}, shuffled; sites: ${live.length}; sessions: ${sum('sessions')}, ${sum('joined')} of them over several keys`,
)
console.log(`as clicks, without sessions: ${perHit(clicked.seconds)}`)
console.log(
  `as visits, with sessions:    ${perHit(visited.seconds)}, ${(visited.seconds / clicked.seconds).toFixed(1)} times as much`,
)
console.log(`all ${turned} judged again:      ${perHit(anew)}, sessions made anew included`)
console.log(same ? 'sessions made anew equal those made live' : 'NOT THE SAME')
if (!same) console.log({ live, rebuilt })
await warehouse.close()
rmSync(root, { recursive: true, force: true })
process.exitCode = same ? 0 : 1
