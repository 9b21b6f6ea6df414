import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import type { Control } from '../../server/control/control.ts'
import { openDatabase } from '../../server/control/database.ts'
import { openControl } from '../../server/control/open.ts'
import { SITE_TABLES as CONTROL_TABLES } from '../../server/control/remove-site.ts'
import { type DemoDeps, DemoError, makeDemo, removeDemo } from '../../server/demo/make.ts'
import { DemoNotes } from '../../server/demo/note.ts'
import { createDemoRunner } from '../../server/demo/runner.ts'
import { SITE_TABLES } from '../../server/loader/forget-site.ts'
import { type Loading, startLoading } from '../../server/processes/loading.ts'
import { openConfiguredControl } from '../../server/processes/stores.ts'
import { LockTaken } from '../../server/spool/lock.ts'
import { startPostgres } from '../support/postgres.ts'
import { until } from '../support/service.ts'

const SILENT = { info() {}, warn() {}, error() {}, debug() {} }
const WISH = { hits: 3000, days: 5, seed: 1, until: Date.UTC(2026, 10, 20), origin: 'http://localhost:4747' }

const dataDir = mkdtempSync(join(tmpdir(), 'jejak-demo-'))
const config = readConfig({ JEJAK_DATA_DIR: dataDir })
const log = SILENT as unknown as Parameters<typeof startLoading>[2]
const control: Control = await openConfiguredControl(config)
const loading: Loading = await startLoading(config, control, log)
const { loader, warehouse } = loading
const deps: DemoDeps = {
  control,
  dataDir,
  spoolMaxBytes: config.spoolMaxBytes,
  loader: {
    counts: async (edgeRun) => loader.counts(edgeRun),
    completeUntil: async () => loader.status().completeUntil,
    forgetSite: (siteId) => loader.forgetSite(siteId),
  },
}
const notes = new DemoNotes(dataDir)

afterEach(async () => {
  await removeDemo(deps)
})
afterAll(async () => {
  await loading.stop(1000)
  await control.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const rowsOf = async (siteId: number) => {
  const counts: Record<string, number> = {}
  for (const table of SITE_TABLES) {
    const [row] = await warehouse.query<{ n: number }>(
      `SELECT count() AS n FROM ${table} WHERE site = {site:UInt32}`,
      { site: siteId },
    )
    counts[table] = row?.n ?? 0
  }
  return counts
}
const idsOf = (siteId: number) =>
  warehouse.query<{ id: string }>(
    'SELECT toString(hit_id) AS id FROM raw_hits WHERE site = {site:UInt32} ORDER BY id',
    { site: siteId },
  )

describe('a demo', () => {
  test('is a site of its own with goals, page kinds, links and all hits that were made', async () => {
    const told: number[] = []
    const note = await makeDemo(deps, WISH, { onProgress: ({ loaded }) => told.push(loaded) })
    expect(note).toMatchObject({ ...WISH, ready: true, error: '', loaded: note.made })
    expect(Math.abs(note.made / WISH.hits - 1)).toBeLessThan(0.15)
    expect((await rowsOf(note.siteId)).raw_hits).toBe(note.made)
    expect((await rowsOf(note.siteId)).hits).toBe(note.made)
    expect(told.at(-1)).toBe(note.made)

    const site = await control.sites.byName('demo')
    expect(site).toMatchObject({ id: note.siteId, hostnames: ['sepoi.example', 'localhost:4747'] })
    const goals = (await control.goals.of(note.siteId)).items.map(({ name }) => name)
    expect(goals).toEqual(
      expect.arrayContaining(['Dealer locator search', 'Test drive booked', 'Car bought']),
    )
    const kinds = (await control.pageKinds.of(note.siteId)).items.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['dealer_locator', 'test_drive_booking', 'campaign']))
    const { data } = await control.links.list({ siteId: note.siteId, limit: 500 })
    expect(data.length).toBeGreaterThan(10)
    expect(data.every(({ slug, tags }) => slug.startsWith('demo/') && tags.includes('demo'))).toBe(true)
    expect(data.every(({ destination }) => destination.startsWith('http://localhost:4747/'))).toBe(true)
  })

  test('made again is what it was', async () => {
    const first = await makeDemo(deps, WISH)
    expect(await makeDemo(deps, WISH)).toEqual(first)
    expect(await makeDemo(deps, {})).toEqual(first)
    expect((await rowsOf(first.siteId)).raw_hits).toBe(first.made)
  })

  test('of other options is refused while there is one', async () => {
    await makeDemo(deps, WISH)
    await expect(makeDemo(deps, { seed: 2 })).rejects.toThrow(/already, of seed 1.*--remove/)
  })

  test('that was left unfinished is gone on with, and no hit comes twice', async () => {
    const left = new AbortController()
    const stopped = new Error('enough')
    const first = makeDemo(deps, WISH, {
      signal: left.signal,
      onProgress: ({ siteId }) => siteId > 0 && left.abort(stopped),
    })
    await expect(first).rejects.toBe(stopped)
    expect(notes.state()).toBe('unfinished')
    const note = await makeDemo(deps, {})
    expect(note).toMatchObject({ ...WISH, ready: true })
    expect(await idsOf(note.siteId)).toHaveLength(note.made)
  })

  test('does not take the name or the site of somebody else', async () => {
    const own = {
      hostnames: ['shop.example'],
      timezone: 'UTC',
      currency: 'EUR',
      pageKeys: [],
      keepClickIds: false,
    }
    const site = await control.sites.create({ name: 'demo', ...own })
    await expect(makeDemo(deps, WISH)).rejects.toThrow(DemoError)
    expect(notes.state()).toBe('absent')
    expect(await removeDemo(deps)).toBeNull()
    expect(await control.sites.byName('demo')).toMatchObject({ id: site.id, hostnames: ['shop.example'] })
    await control.sites.remove(site.id)
  })

  test('is made by one process at a time', async () => {
    const lock = await notes.lock(0)
    try {
      await expect(makeDemo(deps, WISH)).rejects.toBeInstanceOf(LockTaken)
    } finally {
      lock.release()
    }
  })
})

describe('removing the demo', () => {
  test('leaves no row of it, neither in the warehouse nor in the control store, and nothing of others is touched', async () => {
    const before = await control.sites.list()
    const other = await makeOther()
    const note = await makeDemo(deps, WISH)
    const [link] = (await control.links.list({ siteId: note.siteId, limit: 1 })).data
    expect(await removeDemo(deps)).toBe(note.made)
    expect(await rowsOf(note.siteId)).toEqual(Object.fromEntries(SITE_TABLES.map((table) => [table, 0])))
    expect(await control.sites.list()).toEqual(before)
    expect(await control.links.byId(link?.id ?? 0)).toBeNull()
    expect((await control.links.list({ siteId: note.siteId, limit: 10 })).data).toEqual([])
    expect((await control.goals.of(note.siteId)).items).toEqual([])
    expect(notes.state()).toBe('absent')
    expect(await control.links.byId(other.id)).toEqual(other)
    await control.links.archive(other.id)
  })

  test('and making it again gives all of its hits anew', async () => {
    const first = await makeDemo(deps, WISH)
    await removeDemo(deps)
    const again = await makeDemo(deps, WISH)
    expect(again.siteId).not.toBe(first.siteId)
    expect((await rowsOf(again.siteId)).raw_hits).toBe(again.made)
    expect(again.made).toBe(first.made)
  })

  test('can be done twice, and where there is none', async () => {
    await makeDemo(deps, WISH)
    expect(await removeDemo(deps)).toBeGreaterThan(0)
    expect(await removeDemo(deps)).toBeNull()
  })

  test('goes on where it was interrupted', async () => {
    const note = await makeDemo(deps, WISH)
    // As if the process had died in between: asked for, the links gone, the hits still there.
    notes.askRemoval()
    await control.sites.retire(note.siteId)
    expect(notes.state()).toBe('removing')
    await expect(makeDemo(deps, {})).rejects.toThrow(/being removed/)
    expect(await removeDemo(deps)).toBe(note.made)
    expect(await control.sites.byName('demo')).toBeNull()
  })

  test('ends the making of it', async () => {
    let wanted = true
    const making = makeDemo(
      deps,
      { ...WISH, hits: 400_000 },
      {
        onProgress({ made }) {
          if (made > 0 && wanted) {
            wanted = false
            notes.askRemoval()
          }
        },
      },
    )
    await expect(making).rejects.toThrow(/removed while it was being made/)
    expect(await removeDemo(deps)).toBeGreaterThan(0)
    expect(await control.sites.byName('demo')).toBeNull()
  })

  test('forgets every table of the warehouse that holds something of a site', async () => {
    const tables = await warehouse.query<{ held: string }>(
      `SELECT DISTINCT table AS held FROM system.columns
       WHERE database = currentDatabase() AND name = 'site' ORDER BY held`,
    )
    expect(tables.map(({ held }) => held)).toEqual([...SITE_TABLES].sort())
  })
})

describe('the app', () => {
  const runner = () =>
    createDemoRunner({ control, loader, dataDir, spoolMaxBytes: config.spoolMaxBytes, log })

  test('makes the demo beside its other work and says how far it is', async () => {
    const demo = runner()
    expect(demo.status()).toMatchObject({ state: 'absent', site: null })
    const { until: end, origin, ...wish } = WISH
    expect(await demo.start(wish)).toMatchObject({ state: 'making', site: 'demo', hits: WISH.hits })
    await until('the demo stands', async () => demo.status().state === 'ready')
    expect(demo.status().loaded).toBe(demo.status().made)
    expect(demo.status().until).toBeGreaterThan(end)
    expect(demo.status().pages).toBe(origin)
    expect(demo.remove()).toMatchObject({ state: 'removing' })
    await until('the demo is gone', async () => demo.status().state === 'absent')
    await demo.stop()
  })

  test('says at once where it cannot', async () => {
    const demo = runner()
    await makeDemo(deps, WISH)
    await expect(demo.start({ seed: 9 })).rejects.toThrow(DemoError)
    expect(demo.status()).toMatchObject({ state: 'ready', seed: 1 })
    await demo.stop()
  })

  test('that stops leaves a demo that can be gone on with', async () => {
    const demo = runner()
    await demo.start({ hits: 300_000, days: 5 })
    await demo.stop()
    expect(demo.status()).toMatchObject({ state: 'unfinished' })
  })
})

async function makeOther() {
  const { id: domainId } = await control.domains.default()
  return control.links.create({ domainId, destination: 'https://example.com/', slug: `own-${Date.now()}` })
}

const postgres = await startPostgres()
afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
})

describe.each(['sqlite', 'postgres'] as const)('a control store on %s', (engine) => {
  describe.skipIf(engine === 'postgres' && 'unavailable' in postgres)('lets a site go', () => {
    let url: string
    let store: Control
    beforeEach(async () => {
      const folder = mkdtempSync(join(dataDir, 'store-'))
      url =
        engine === 'postgres' && !('unavailable' in postgres)
          ? await postgres.createDatabase()
          : `sqlite:${join(folder, 'control.db')}`
      store = await openControl(url, { defaultDomain: 'go.example' })
    })
    afterEach(() => store.close())

    const shop = {
      name: 'shop',
      hostnames: ['shop.example'],
      timezone: 'UTC',
      currency: 'EUR',
      pageKeys: [],
      keepClickIds: false,
    }

    test('with everything of it, and its domains go to another', async () => {
      const site = await store.sites.create(shop)
      const domain = await store.domains.create({
        siteId: site.id,
        host: 'go.shop.example',
        fallbackUrl: null,
        caseSensitive: false,
      })
      const link = await store.links.create({
        domainId: domain.id,
        destination: 'https://shop.example/',
        slug: 'a',
      })
      await store.goals.change(site.id, () => [
        {
          id: null,
          name: 'Bought',
          template: null,
          match: { type: 'external' },
          value: { type: 'none' },
          count: 'every',
        },
      ])
      await store.salts.forDay(site.id, '2026-01-01', Date.now())
      await store.sites.retire(site.id)
      await store.sites.remove(site.id)
      await store.sites.remove(site.id)
      expect(await store.sites.byName('shop')).toBeNull()
      expect(await store.links.byId(link.id)).toBeNull()
      const first = await store.sites.byName('default')
      expect(await store.domains.byHost('go.shop.example')).toMatchObject({ siteId: first?.id })
    })

    test('its links end at once for whoever follows changes, and their slugs are free again', async () => {
      const site = await store.sites.create(shop)
      const { id: domainId } = await store.domains.default()
      const slugs = ['demo/a', 'demo/b']
      const links = []
      for (const slug of slugs) {
        links.push(
          await store.links.create({ domainId, siteId: site.id, destination: 'https://shop.example/', slug }),
        )
      }
      await store.links.markClicked(links.map(({ id }) => id))
      const seen = await store.links.latestRevision()
      await store.sites.retire(site.id)
      const { links: changed } = await store.links.changedSince(seen, 10)
      expect(changed.map(({ id, state }) => [id, state])).toEqual(links.map(({ id }) => [id, 'archived']))
      for (const slug of slugs) expect(await store.links.bySlug('go.example', slug)).toBeNull()
      const after = await store.links.latestRevision()
      await store.sites.retire(site.id)
      expect((await store.links.changedSince(after, 10)).links).toEqual([])
      expect(await store.sites.byId(site.id)).toMatchObject({ hostnames: [] })
    })

    test('but not the only one', async () => {
      const only = await store.sites.byName('default')
      await expect(store.sites.remove(only?.id ?? 0)).rejects.toMatchObject({ kind: 'taken' })
      expect(await store.sites.byName('default')).toEqual(only)
    })

    test('and forgets no table that belongs to sites', async () => {
      const { database } = await openDatabase(url)
      const tables = await database.introspection.getTables()
      const ofSites = tables
        .filter(({ columns }) => columns.some(({ name }) => name === 'site_id'))
        .map(({ name }) => name)
      await database.destroy()
      expect(ofSites.sort()).toEqual([...CONTROL_TABLES, 'domains'].sort())
    })
  })
})

test('a note that was being written when the machine stopped leaves the one before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-note-'))
  const own = new DemoNotes(folder)
  const note = { siteId: 3, ...WISH, ready: false, made: 1, loaded: 0, error: '' }
  own.write(note)
  writeFileSync(join(folder, 'demo.json.new'), '{"siteId":')
  expect(own.read()).toEqual(note)
  own.forget()
  expect(own.state()).toBe('absent')
  expect(existsSync(join(folder, 'demo.json'))).toBe(false)
  rmSync(folder, { recursive: true, force: true })
})
