import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTrafficDetector } from '../../server/domain/bots/traffic.ts'
import { type Geo, openGeo } from '../../server/edge/geo.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { PHONE, type RunningEdge, startEdge } from './edge-harness.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ORIGIN = 'https://www.shop.example'
const trafficOf = createTrafficDetector(loadFacts())

let folder: string
let geo: Geo
let running: RunningEdge

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-edge-hosting-'))
  const hosting = join(folder, 'networks.txt')
  writeFileSync(hosting, '127.0.0.0/8\n198.51.100.0/24\n2001:db8::/32\n')
  geo = await openGeo({ hosting })
  running = await startEdge({ geo, trustedProxies: ['127.0.0.1'] })
  const { control } = running
  const domainId = (await control.domains.default()).id
  await control.links.create({ domainId, slug: 'drive', destination: `${ORIGIN}/` })
  const site = await control.sites.byName('default')
  await control.sites.update(site?.id ?? 0, { hostnames: ['shop.example'] })
  await running.settled()
})
afterAll(async () => {
  await running.close()
  geo.close()
  rmSync(folder, { recursive: true, force: true })
})

it.each([
  ['directly from a listed network', {}, true],
  ['through a trusted proxy from a listed one', { 'x-forwarded-for': '198.51.100.7' }, true],
  ['through a trusted proxy from a listed IPv6 one', { 'x-forwarded-for': '2001:db8::7' }, true],
  [
    'through a trusted proxy from a listed one, as mapped IPv6',
    { 'x-forwarded-for': '::ffff:198.51.100.7' },
    true,
  ],
  ['through a trusted proxy from another', { 'x-forwarded-for': '203.0.113.7' }, false],
  ['through a trusted proxy that names nobody', { 'x-forwarded-for': 'unknown' }, false],
])('a click and a pageview %s say so, and the address is kept nowhere', async (_, headers, hosting) => {
  const before = running.hits().length
  const asked = { 'user-agent': BROWSER, ...headers }
  expect((await running.ask('/drive', { headers: asked })).status).toBe(302)
  const id = (before + 1).toString(16).padStart(32, '0')
  const event = JSON.stringify({ id, url: `${ORIGIN}/`, referrer: '' })
  const posted = { ...asked, origin: ORIGIN, 'content-type': 'text/plain' }
  expect((await running.ask('/e', { method: 'POST', headers: posted }, event)).status).toBe(202)
  const hits = running.hits().slice(before)
  expect(hits.map(({ kind }) => kind)).toEqual(['click', 'pageview'])
  for (const hit of hits) {
    expect(hit.hosting).toBe(hosting)
    expect(trafficOf(hit).reason).toBe(hosting ? 'hosting_network' : '')
  }
  expect(running.spooled()).not.toMatch(/127\.0\.0|198\.51\.100|203\.0\.113|2001:db8/)
})

it('says nothing more of whoever is known as a machine by itself', async () => {
  await running.ask('/drive', { headers: { 'user-agent': 'curl/8.5.0' } })
  const hit = running.hits().at(-1)
  expect(hit?.hosting).toBe(true)
  expect(hit && trafficOf(hit).reason).toBe('bot_list')
})

it('takes an app’s own browser for a machine’s there too', async () => {
  await running.ask('/drive', { headers: { 'user-agent': PHONE } })
  const hit = running.hits().at(-1)
  expect(hit && trafficOf(hit).reason).toBe('hosting_network')
})
