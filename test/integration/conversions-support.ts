import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { createApi } from '../../server/api/app.ts'
import { conversionRoutes } from '../../server/api/conversions.ts'
import { queryRoutes } from '../../server/api/query.ts'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createJudge } from '../../server/domain/judge.ts'
import { type ClickIdSigner, createClickIdSigner } from '../../server/domain/links/click-id.ts'
import type { Site } from '../../server/domain/site.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { openCheckpoint } from '../../server/loader/checkpoint.ts'
import { createEnricher } from '../../server/loader/enrich.ts'
import { createLoader, type Loader } from '../../server/loader/loader.ts'
import { type ConversionIntake, startConversionIntake } from '../../server/processes/conversion-intake.ts'
import {
  decodeHit,
  encodeHit,
  RECORD_HEADER_BYTES,
  readRecord,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
} from '../../server/spool/record.ts'
import type { SpoolWriter } from '../../server/spool/spool.ts'
import { openSpoolWriter } from '../../server/spool/writer.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { until } from '../support/service.ts'

export const quiet = { info() {}, warn() {}, error() {} }
export const GOALS = ['Car sold', 'Test drive held']

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

/** An app's way of conversions, from the API to the warehouse, with a site of its own. */
export interface Dealer {
  control: Control
  site: Site
  signer: ClickIdSigner
  intake: ConversionIntake
  /** The app’s. */
  spool: SpoolWriter
  /** An edge’s, which is loaded too. */
  edge: SpoolWriter
  /** What the clock says, where a test wants it to say something. */
  clock: { now: number | null }
  api: OpenAPIHono
  tell(body: unknown): Promise<Answer>
  tellCsv(text: string, query?: string): Promise<Answer>
  list(query?: string): Promise<Answer>
  /** All hits of conversions that are in the spool, in the order of writing. */
  spooled(): RawHit[]
  /** Writes hits as an edge would have. */
  write(hits: readonly RawHit[]): Promise<void>
  /** Loads all that is in the spool. */
  load(): Promise<void>
  status(): { completeUntil: number }
  close(): Promise<void>
}

export interface DealerOptions {
  /** Of the app’s spool. */
  maxBytes?: number
}

export async function openDealer(warehouse: Warehouse, options: DealerOptions = {}): Promise<Dealer> {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-conversions-'))
  const control = await openControl(`sqlite:${join(folder, 'control.db')}`, { defaultDomain: 'go.example' })
  const spoolRoot = join(folder, 'spool')
  const clock: Dealer['clock'] = { now: null }
  const now = () => clock.now ?? Date.now()
  const open = (name: string, maxBytes = 1e9) =>
    openSpoolWriter({ directory: join(spoolRoot, name), durability: 'fsync', maxBytes, reserveBytes: 0 })
  const [spool, edge] = [await open('app', options.maxBytes), await open('edge')]
  const site = await newSite(control)
  const intake = startConversionIntake({ ledger: control.conversions, spool, log: quiet, now })
  const signer = createClickIdSigner({ current: await control.keys.current(), previous: null })
  let loader: Loader | null = null
  let status = { completeUntil: 0 }
  const freshness = () => status.completeUntil
  const goals = async (siteId: number) => (await control.goals.of(siteId)).items
  const api = createApi({
    control,
    publicUrl: new URL('https://go.example'),
    clickIdParameter: 'jjk',
    linkClicks: async () => new Map(),
  })
  api.route('/', conversionRoutes({ control, intake, warehouse, freshness, now }))
  api.route('/', queryRoutes({ warehouse, sites: control.sites, goals, freshness }))

  async function send(path: string, init?: RequestInit): Promise<Answer> {
    const answer = await api.request(path, init)
    return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) }
  }
  const post = (body: string, type: string, query = '') =>
    send(`/api/v1/conversions${query}`, { method: 'POST', headers: { 'content-type': type }, body })

  return {
    control,
    site,
    signer,
    intake,
    spool,
    edge,
    clock,
    api,
    tell: (body) => post(JSON.stringify(body), 'application/json'),
    tellCsv: (text, query = `?site=${site.name}`) => post(text, 'text/csv; charset=utf-8', query),
    list: (query = '') => send(`/api/v1/conversions?site=${site.name}${query}`),
    spooled: () => readSpool(join(spoolRoot, 'app')),
    async write(hits) {
      await Promise.all(
        hits.map((hit) => new Promise((done) => edge.append(encodeHit({ ...hit, siteId: site.id }), done))),
      )
    },
    async load() {
      const checkpoint = openCheckpoint(join(folder, 'checkpoint.db'))
      loader = createLoader({
        warehouse,
        enricher: createEnricher(createJudge(loadFacts()), control),
        checkpoint,
        spoolRoot,
        directory: join(folder, 'loader'),
        markClicked: async () => {},
        log: quiet,
        poll: 10,
      })
      const began = Date.now()
      loader.start()
      const running = loader
      await until('all is loaded', async () => {
        const { pendingBytes, completeUntil } = running.status()
        return pendingBytes === 0 && completeUntil > began
      })
      status = running.status()
      await loader.stop(5_000)
      loader = null
      checkpoint.close()
    },
    status: () => status,
    async close() {
      await loader?.stop(0)
      await intake.stop()
      await spool.close()
      await edge.close()
      await control.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Sites share one warehouse, so each needs an id that no other test’s has. */
let sites = 0
async function newSite(control: Control): Promise<Site> {
  sites++
  let site: Site | null = null
  for (let made = 0; made < sites; made++) {
    site = await control.sites.create({
      name: `dealer-${made}`,
      hostnames: [`cars-${made}.example`],
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      pageKeys: [],
      keepClickIds: false,
    })
  }
  if (!site) throw new Error('no site was made')
  await control.goals.change(site.id, () => [
    ...GOALS.map((name) => goalOf(name, { type: 'external' })),
    goalOf('Brochure', { type: 'download' }),
  ])
  return site
}

export function goalOf(name: string, match: { type: 'external' } | { type: 'download' }) {
  return { id: null, name, template: null, match, value: { type: 'event' as const }, count: 'every' as const }
}

function readSpool(directory: string): RawHit[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .flatMap((name) => {
      const bytes = readFileSync(join(directory, name))
      const header = readSegmentHeader(bytes)
      if (typeof header === 'string') throw new Error(`a segment is ${header}`)
      const hits: RawHit[] = []
      for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; ) {
        const record = readRecord(bytes, at)
        if (record.kind !== 'record') throw new Error(`a record is ${record.kind}`)
        hits.push(decodeHit(bytes.toString('utf8', at + RECORD_HEADER_BYTES, record.end), header.edgeRun))
        at = record.end
      }
      return hits
    })
}

export const newVisitor = () => randomBytes(8).toString('hex')

/** A conversion as a CRM would tell it; `site` is left to `tell`. */
export function sale(key: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { goal: 'Car sold', time: '2026-11-10T12:00:00+01:00', key, ...more }
}
