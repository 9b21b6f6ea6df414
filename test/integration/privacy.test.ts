import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dataPaths } from '../../server/processes/stores.ts'
import { listSegments, openSegment } from '../../server/spool/segments.ts'
import { embeddedWarehouse, loadedUntilNow } from '../faults/ledger.ts'
import { setup } from '../global-setup.ts'
import { type AskOptions, createService, type HttpAnswer, type Service } from '../support/service.ts'
import { goal, happened, newId } from './collect-support.ts'
import {
  foundIn,
  foundInFiles,
  foundInWarehouse,
  ipv4Needles,
  ipv6Needles,
  type Needles,
  sendBytes,
  textNeedles,
} from './privacy-support.ts'

/** Of the networks that RFC 5737 and RFC 3849 set aside for documents. */
const CLIENTS: [string, Needles][] = [
  ['203.0.113.77', ipv4Needles('203.0.113.77')],
  ['2001:db8:77a1:c0de:51d3:fe0a:9b4c:7e21', ipv6Needles('2001:db8:77a1:c0de:51d3:fe0a:9b4c:7e21')],
]
const ADDRESSES = CLIENTS.map(([address]) => address)
const FORBIDDEN: Needles = new Map(
  CLIENTS.flatMap(([address, needles]) =>
    [...needles].map(([form, needle]) => [`${address} as ${form}`, needle] as const),
  ),
)
/** Said by every client in its user agent, which is stored: shows that the search finds what is there. */
const MARK = 'Tracer/7.31'
const KNOWN = textNeedles(MARK)
const USER_AGENT = `Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 ${MARK}`
const ORIGIN = 'https://shop.example'
const ENV = { JEJAK_TRUSTED_PROXIES: '127.0.0.1', JEJAK_LOG_LEVEL: 'debug' }

let service: Service

beforeAll(async () => {
  setup()
  service = await createService({ env: ENV })
  await service.start()
  const made = await service.ask('/api/v1/links', { body: { destination: `${ORIGIN}/`, slug: 'tracer' } })
  expect(made.status, made.text).toBe(201)
  await service.ask('/api/v1/sites/1', { method: 'PATCH', body: { hostnames: ['shop.example'] } })
  await service.stop()
}, 120_000)
afterAll(() => service.dispose())

/** A request that a trusted proxy passes on for a client. */
function from(address: string, path: string, options: AskOptions = {}): Promise<HttpAnswer> {
  const headers = { 'user-agent': USER_AGENT, 'x-forwarded-for': address, ...options.headers }
  return service.ask(path, { ...options, headers })
}

const tell = (address: string, body: unknown, headers: Record<string, string> = {}) =>
  from(address, '/e', { body, headers: { origin: ORIGIN, 'content-type': 'text/plain', ...headers } })

const pageview = () => ({ kind: 'pageview', id: newId(), url: `${ORIGIN}/`, age: 0 })
const onPage = { url: `${ORIGIN}/` }

/** Everything that a visitor can do, rightly and wrongly. */
async function visit(address: string): Promise<void> {
  expect((await from(address, '/tracer')).status).toBe(302)
  expect((await from(address, '/tracer', { method: 'HEAD' })).status).toBe(302)
  await from(address, '/nobody-made-this?a=b')
  await from(address, '/tracer+')
  await from(address, '/%zz')
  await from(address, '/tracer', { method: 'DELETE' })
  await from(address, '/', {})
  await from(address, '/api/v1/links')
  await from(address, '/metrics')

  const plain = await tell(address, { events: [pageview(), goal('a', onPage)] })
  expect(plain.status).toBe(202)
  expect(plain.headers['set-cookie']).toBeUndefined()
  const granted = await tell(address, { consent: true, events: [pageview()] })
  const cookie = String(granted.headers['set-cookie']).split(';')[0] ?? ''
  expect(cookie).toMatch(/^jejak_id_\d+=/)
  const identify = happened('identify', { ...onPage, externalId: 'customer-7' })
  expect((await tell(address, { events: [goal('b', onPage), identify] }, { cookie })).status).toBe(202)
  expect((await from(address, '/tracer', { headers: { cookie } })).status).toBe(302)
  expect((await tell(address, { consent: false, events: [pageview()] }, { cookie })).status).toBe(202)
  expect((await tell(address, { events: [pageview()] }, { 'sec-gpc': '1' })).status).toBe(202)

  expect((await tell(address, '{"events":')).status).toBe(400)
  expect((await tell(address, { events: [goal('', onPage)] })).status).toBe(400)
  expect((await tell(address, { events: [{ ...pageview(), url: 'https://evil.test/' }] })).status).toBe(403)
  expect((await tell(address, { events: [pageview()] }, { origin: 'https://evil.test' })).status).toBe(403)
  expect((await tell(address, { events: [pageview()] }, { 'content-type': 'text/html' })).status).toBe(415)
  expect((await tell(address, 'x'.repeat(20_000))).status).toBe(413)
  expect((await from(address, '/e')).status).toBe(405)

  const contradicted = { 'x-forwarded-for': address, forwarded: 'for=192.0.2.1' }
  expect((await service.ask('/tracer', { headers: contradicted })).status).toBe(302)
  for (const header of [`for="[${address}]:4711"`, `for=${address}`, `garbage, ${address}, for=`]) {
    await service.ask('/tracer', { headers: { forwarded: header, 'user-agent': USER_AGENT } })
  }
  await service.ask('/tracer', { headers: { 'x-forwarded-for': `unknown, ${address}, junk` } })
  const head = `Host: localhost\r\nX-Forwarded-For: ${address}\r\n`
  await sendBytes(service.port, `GET /tracer HTTP/1.1\r\n${head}broken header\r\n\r\n`)
  await sendBytes(service.port, `POST /e HTTP/1.1\r\n${head}Content-Length: 500\r\n\r\n{"events":[`)
}

function logs(): Buffer {
  return Buffer.from(JSON.stringify(service.log()))
}

it('no address is left in spool, warehouse, control store or log, in whatever form', async () => {
  // Without the app nothing loads: what was written stands in the spool.
  await service.start({ command: 'edge', env: ENV })
  for (const address of ADDRESSES) await visit(address)
  await service.stop()
  const spooled = Buffer.concat(
    listSegments(dataPaths(service.dataDir).spool).map(({ path }) => {
      const segment = openSegment(path)
      if (typeof segment === 'string') throw new Error(`segment: ${segment}`)
      segment.close()
      return readFileSync(path)
    }),
  )
  expect(foundIn(spooled, KNOWN)).toEqual(['text'])
  expect(foundIn(spooled, FORBIDDEN)).toEqual([])
  expect(foundInFiles(service.dataDir, FORBIDDEN)).toEqual([])

  await service.start()
  for (const address of ADDRESSES) await visit(address)
  await loadedUntilNow(service)
  const counted = await service.ask('/api/v1/query', { body: { metrics: ['pageviews'], date_range: 'day' } })
  expect(counted.json().results[0].metrics[0]).toBeGreaterThanOrEqual(8)
  await service.stop()

  expect(service.log().length).toBeGreaterThan(10)
  expect(foundIn(logs(), FORBIDDEN)).toEqual([])
  expect(foundInFiles(service.dataDir, FORBIDDEN)).toEqual([])
  expect(foundInFiles(service.dataDir, textNeedles('tracer'))).toContainEqual(
    expect.stringMatching(/control/),
  )
  const read = embeddedWarehouse(service.dataDir)
  expect(await foundInWarehouse(read, KNOWN)).toContainEqual(expect.stringMatching(/^raw_hits\.record: \d+$/))
  expect(await foundInWarehouse(read, FORBIDDEN)).toEqual([])
}, 240_000)
