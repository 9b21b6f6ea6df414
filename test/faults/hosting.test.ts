import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createService, type Service, until } from '../support/service.ts'
import { embeddedWarehouse, loadedUntilNow } from './ledger.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const PAGE = 'https://www.example.com/'

let folder: string
let list: string
let service: Service

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-hosting-'))
  list = join(folder, 'networks.txt')
  writeFileSync(list, '127.0.0.0/8\n198.51.100.0/24\n')
  service = await createService()
})
afterAll(async () => {
  await service.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('clicks and pageviews from a listed network are a machine’s, by the client’s address behind a proxy, and follow the file', async () => {
  await service.start({ env: { JEJAK_HOSTING_FILE: list, JEJAK_TRUSTED_PROXIES: '127.0.0.1' } })
  await service.ask('/api/v1/links', { body: { destination: PAGE, slug: 'drive' } })
  await service.ask('/api/v1/sites/1', { method: 'PATCH', body: { hostnames: ['www.example.com'] } })
  await until('the edge knows the site’s host', async () => (await pageview('settling')) === 202)

  await click('directly')
  await click('inside', '198.51.100.7')
  await click('outside', '203.0.113.7')
  await click('outside-6', '2001:db8::7')
  expect(await pageview('page-inside', '198.51.100.7')).toBe(202)
  expect(await pageview('page-outside', '203.0.113.7')).toBe(202)

  writeFileSync(list, '203.0.113.0/24\n2001:db8::/32\n')
  const known = () => service.log().filter(({ msg }) => msg === 'data-centre networks are known').length
  await until('the changed file is read', async () => known() === 2)
  await click('later-inside', '2001:db8::7')
  await click('later-outside', '198.51.100.7')

  await loadedUntilNow(service)
  await service.stop()
  const [rows] = await embeddedWarehouse(service.dataDir)([
    `SELECT content, traffic, traffic_reason AS reason FROM hits WHERE content != 'settling' ORDER BY content`,
  ])
  const machine = { traffic: 'bot', reason: 'hosting_network' }
  const person = { traffic: 'person', reason: '' }
  expect(rows).toEqual([
    { content: 'directly', ...machine },
    { content: 'inside', ...machine },
    { content: 'later-inside', ...machine },
    { content: 'later-outside', ...person },
    { content: 'outside', ...person },
    { content: 'outside-6', ...person },
    { content: 'page-inside', ...machine },
    { content: 'page-outside', ...person },
  ])
  expect(JSON.stringify(service.log())).not.toMatch(/198\.51\.100|203\.0\.113|2001:db8/)
})

test('a list that cannot be read ends the start with its name', async () => {
  const missing = join(folder, 'missing.txt')
  await expect(service.start({ env: { JEJAK_HOSTING_FILE: missing } })).rejects.toThrow(
    /JEJAK_HOSTING_FILE: .*missing\.txt cannot be used: ENOENT/,
  )
  expect(await service.ended()).toMatchObject({ code: 2 })
})

async function click(mark: string, forwardedFor?: string): Promise<void> {
  const headers = { 'user-agent': BROWSER, ...(forwardedFor ? { 'x-forwarded-for': forwardedFor } : {}) }
  expect((await service.ask(`/drive?utm_content=${mark}`, { headers })).status).toBe(302)
}

let events = 0
async function pageview(mark: string, forwardedFor?: string): Promise<number> {
  const headers = {
    'user-agent': BROWSER,
    'content-type': 'text/plain',
    origin: new URL(PAGE).origin,
    ...(forwardedFor ? { 'x-forwarded-for': forwardedFor } : {}),
  }
  const id = (++events).toString(16).padStart(32, '0')
  const body = JSON.stringify({ id, url: `${PAGE}?utm_content=${mark}`, referrer: '' })
  return (await service.ask('/e', { headers, body })).status
}
