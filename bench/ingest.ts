/**
 * `npm run bench -- ingest [HITS]`: what it costs to bring hits from the spool to where they can be queried, beside a
 * bare `INSERT … SELECT FROM file()` of the very same rows into the same two tables. CPU seconds of the whole process,
 * engine threads included; rounds in turn, the median of three.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJudge } from '../server/domain/judge.ts'
import { loadFacts } from '../server/facts/load.ts'
import { openCheckpoint } from '../server/loader/checkpoint.ts'
import { JUDGED_COLUMNS, judgedRow, RAW_COLUMNS, rawRow } from '../server/loader/columns.ts'
import { createEnricher } from '../server/loader/enrich.ts'
import { createLoader } from '../server/loader/loader.ts'
import { encodeHit } from '../server/spool/record.ts'
import { openSpoolWriter } from '../server/spool/writer.ts'
import { openEmbeddedWarehouse } from '../server/warehouse/embedded.ts'
import { migrate } from '../server/warehouse/migrate.ts'
import type { InsertFile } from '../server/warehouse/warehouse.ts'
import { clicks } from './support/traffic.ts'

const HITS = Number(process.argv[2] ?? 200_000)
const ROUNDS = 3
const DAY = Date.UTC(2026, 4, 4)
const SITE = {
  id: 1,
  name: 'default',
  hostnames: ['cars.example'],
  timezone: 'Europe/Berlin',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}
const root = mkdtempSync(join(tmpdir(), 'jejak-bench-'))
const warehouse = await openEmbeddedWarehouse({ path: join(root, 'engine') })
await migrate(warehouse)
const judge = createJudge(loadFacts())
const enricher = createEnricher(judge, {
  sites: { list: async () => [SITE] },
  rules: { all: async () => [] },
  links: { byIds: async () => [] },
  keys: { current: async () => Buffer.alloc(32, 1), previous: async () => null },
})

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function spoolToQueryable(round: number): Promise<number> {
  const directory = join(root, `spool-${round}`)
  const writer = await openSpoolWriter({
    directory: join(directory, 'edge'),
    durability: 'write',
    maxBytes: 1e11,
  })
  const edgeRun = writer.edgeRun
  let last: Promise<unknown> = Promise.resolve()
  let n = 0
  for (const hit of clicks(HITS, 100_000, edgeRun, DAY)) {
    last = new Promise((done) => writer.append(encodeHit(hit), done))
    if (++n % 2_000 === 0) await last
  }
  await last
  await writer.close()
  const checkpoint = openCheckpoint(join(root, `loader-${round}.db`))
  const loader = createLoader({
    warehouse,
    enricher,
    checkpoint,
    spoolRoot: directory,
    directory: join(root, `loader-${round}`),
    markClicked: async () => {},
    log: { info() {}, warn: console.error, error: console.error },
  })
  const seconds = await cpuSeconds(async () => {
    loader.start()
    while (loader.counts(edgeRun).added < HITS) await new Promise((done) => setTimeout(done, 20))
  })
  await loader.stop(0)
  checkpoint.close()
  return seconds
}

async function bareInsert(round: number): Promise<number> {
  const rows = [...clicks(HITS, 100_000, `b${round}`.padStart(16, '0'), DAY)]
  await enricher.prepare(rows)
  const files: InsertFile[] = []
  for (let from = 0, part = 0; from < rows.length; from += 50_000, part++) {
    const some = rows.slice(from, from + 50_000)
    const raw = join(root, `raw-${part}.tsv`)
    const judged = join(root, `judged-${part}.tsv`)
    writeFileSync(raw, some.map((hit) => rawRow(hit, 'bench', encodeHit(hit))).join(''))
    writeFileSync(judged, some.map((hit) => judgedRow(enricher.judge(hit), 0)).join(''))
    files.push({ table: 'raw_hits', columns: RAW_COLUMNS, path: raw, token: `raw-${round}-${part}` })
    files.push({ table: 'hits', columns: JUDGED_COLUMNS, path: judged, token: `judged-${round}-${part}` })
  }
  return cpuSeconds(async () => {
    for (const file of files) await warehouse.insert(file)
  })
}

const ours: number[] = []
const bare: number[] = []
await spoolToQueryable(-1) // warms caches and compiled code; not counted
for (let round = 0; round < ROUNDS; round++) {
  ours.push(await spoolToQueryable(round))
  bare.push(await bareInsert(round))
}
const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
const perSecond = (seconds: number) => Math.round(HITS / seconds)
console.log(`hits a round: ${HITS}, rounds: ${ROUNDS}`)
console.log(`spool → queryable:  ${perSecond(median(ours))} hits per CPU-second`)
console.log(`bare INSERT … file: ${perSecond(median(bare))} hits per CPU-second (same rows, both tables)`)
console.log(
  `ratio: ${(median(bare) / median(ours)).toFixed(2)} of the bare insert; required: 100000 hits per CPU-second`,
)
await warehouse.close()
rmSync(root, { recursive: true, force: true })
