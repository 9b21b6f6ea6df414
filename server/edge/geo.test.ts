import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { asnDatabase } from '../../test/support/asn-database.ts'
import { ConfigError } from '../config.ts'
import { type Geo, type GeoFiles, openGeo } from './geo.ts'
import { openHostingFile } from './hosting-file.ts'

let folder: string
let opened: { close(): void }[] = []
let warned: { facts: object; message: string }[] = []
const log = { info() {}, warn: (facts: object, message: string) => warned.push({ facts, message }) }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-geo-'))
  writeFileSync(join(folder, 'asn.mmdb'), asnDatabase(64496))
})
afterEach(() => {
  for (const one of opened) one.close()
  opened = []
  warned = []
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function geoWith(files: GeoFiles): Promise<Geo> {
  const geo = await openGeo(files, log)
  opened.push(geo)
  return geo
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('a place', () => {
  it('is no data centre’s where there is no list', async () => {
    const geo = await geoWith({})
    expect(geo.placeOf('8.8.8.8')).toMatchObject({ country: 'US', networkNumber: 0, hosting: false })
    expect(geo.placeOf('')).toMatchObject({ country: '', hosting: false })
  })

  it('is a data centre’s where the list holds its address, country and all', async () => {
    const geo = await geoWith({ hosting: file('addresses.txt', '8.8.8.0/24\n2001:4860::/32\n') })
    expect(geo.placeOf('8.8.8.8')).toMatchObject({ country: 'US', hosting: true, json: '"US","",0,"",0,1' })
    expect(geo.placeOf('8.8.9.8')).toMatchObject({ country: 'US', hosting: false, json: '"US","",0,"",0,0' })
    expect(geo.placeOf('2001:4860:4860::8888').hosting).toBe(true)
    expect(geo.placeOf('2001:4861::1').hosting).toBe(false)
    expect(geo.placeOf('').hosting).toBe(false)
    expect(warned).toEqual([])
  })

  it('is a data centre’s by the number of its network', async () => {
    const network = join(folder, 'asn.mmdb')
    const listed = await geoWith({ network, hosting: file('numbers.csv', 'ASN,Entity\n64496,"A firm"\n') })
    expect(listed.placeOf('8.8.8.8')).toMatchObject({ networkNumber: 64496, hosting: true })
    expect(listed.placeOf('200.1.1.1')).toMatchObject({ networkNumber: 0, hosting: false })
    const other = await geoWith({ network, hosting: file('others.csv', 'AS64497') })
    expect(other.placeOf('8.8.8.8')).toMatchObject({ networkNumber: 64496, hosting: false })
    expect(warned).toEqual([])
  })

  it('is known of no network number without a database, which is said once', async () => {
    const geo = await geoWith({ hosting: file('numbers.txt', 'AS64496\nAS64497\n8.8.8.0/24\n') })
    expect(geo.placeOf('8.8.8.8').hosting).toBe(true)
    expect(warned).toEqual([
      {
        facts: expect.objectContaining({ numbers: 2 }),
        message: expect.stringContaining('JEJAK_NETWORK_DATABASE'),
      },
    ])
  })

  it('cannot be known by a file that is not there or no such file, which names its setting', async () => {
    const missing = join(folder, 'missing')
    await expect(openGeo({ hosting: missing })).rejects.toThrow(ConfigError)
    await expect(openGeo({ hosting: missing })).rejects.toThrow(/JEJAK_HOSTING_FILE: .*missing.*ENOENT/)
    await expect(openGeo({ hosting: folder })).rejects.toThrow(/JEJAK_HOSTING_FILE: .*it is no file/)
    await expect(openGeo({ network: missing })).rejects.toThrow(/JEJAK_NETWORK_DATABASE: .*missing/)
    const noDatabase = file('no.mmdb', 'not a database')
    await expect(openGeo({ city: noDatabase })).rejects.toThrow(/JEJAK_CITY_DATABASE: .*no\.mmdb/)
  })
})

describe('the list of data centres', () => {
  async function openList(path: string) {
    const list = await openHostingFile(path, { log, numbersKnown: false, lookMs: 10 })
    opened.push(list)
    return list
  }

  it('is read again when the file is written or replaced', async () => {
    const path = file('list.txt', '192.0.2.0/24')
    const list = await openList(path)
    expect([list.holds('192.0.2.1', 0), list.holds('198.51.100.1', 0)]).toEqual([true, false])
    writeFileSync(path, '# moved\n198.51.100.0/24\n')
    await vi.waitFor(() => expect(list.holds('198.51.100.1', 0)).toBe(true), { timeout: 20_000 })
    expect(list.holds('192.0.2.1', 0)).toBe(false)
    renameSync(file('next.txt', '203.0.113.0/24\n'), path)
    await vi.waitFor(() => expect(list.holds('203.0.113.1', 0)).toBe(true), { timeout: 20_000 })
  })

  it('stays as it was while the file cannot be read, which is said', async () => {
    const path = file('fragile.txt', '192.0.2.0/24')
    const list = await openList(path)
    rmSync(path)
    mkdirSync(path)
    await vi.waitFor(() => expect(warned).not.toEqual([]), { timeout: 20_000 })
    expect(warned[0]?.message).toMatch(/JEJAK_HOSTING_FILE cannot be read again/)
    expect(list.holds('192.0.2.1', 0)).toBe(true)
    rmSync(path, { recursive: true })
    writeFileSync(path, '198.51.100.0/24')
    await vi.waitFor(() => expect(list.holds('198.51.100.1', 0)).toBe(true), { timeout: 20_000 })
  })

  it('is taken without the lines that cannot be read, with one warning that repeats none of them', async () => {
    const text = '# head\n192.0.2.0/24\nsecret.example\n192.0.2.0/99\n'
    const list = await openList(file('bad.txt', text))
    expect(list.holds('192.0.2.1', 0)).toBe(true)
    expect(warned).toEqual([
      {
        facts: expect.objectContaining({ firstLine: 3, unreadable: 2, lines: 3 }),
        message: expect.stringContaining('JEJAK_HOSTING_FILE'),
      },
    ])
    expect(JSON.stringify(warned)).not.toContain('secret')
  })

  it('holds nothing where the file is empty', async () => {
    const list = await openList(file('empty.txt', ''))
    expect(list.holds('192.0.2.1', 0)).toBe(false)
    expect(warned).toEqual([])
  })
})
