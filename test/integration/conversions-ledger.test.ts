import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import { conversionFingerprint, type ToldConversion } from '../../server/domain/conversions/conversion.ts'
import { startPostgres } from '../support/postgres.ts'

const postgres = await startPostgres()
if ('unavailable' in postgres)
  console.warn(`PostgreSQL's half of the suite is skipped: ${postgres.unavailable}`)
const folder = mkdtempSync(join(tmpdir(), 'jejak-ledger-'))
let stores = 0

const ENGINES = {
  sqlite: async () => `sqlite:${join(folder, String(++stores), 'control.db')}`,
  postgres: async () => ('unavailable' in postgres ? '' : postgres.createDatabase()),
}

afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

function entry(key: string, change: Partial<ToldConversion> = {}) {
  const told: ToldConversion = {
    goal: 'Car sold',
    time: 1_790_000_000_000,
    value: '10.5',
    currency: '',
    key,
    version: 1,
    cancelled: false,
    clickId: '',
    visitorId: '',
    externalId: '',
    props: {},
    ...change,
  }
  return { told, fingerprint: conversionFingerprint(told) }
}

const NOW = 1_795_000_000_000

describe.each(['sqlite', 'postgres'] as const)('conversions told to a site on %s', (engine) => {
  describe.skipIf(engine === 'postgres' && 'unavailable' in postgres)('are', () => {
    let url: string
    let control: Control
    let siteId: number
    const kinds = async (...entries: ReturnType<typeof entry>[]) =>
      (await control.conversions.enter(siteId, entries, NOW)).map(({ kind }) => kind)

    beforeEach(async () => {
      url = await ENGINES[engine]()
      control = await openControl(url, { defaultDomain: 'go.example' })
      siteId = (await control.sites.byName('default'))?.id ?? 0
    })
    afterEach(() => control.close())

    it('new once, the same after that, and refused with another body', async () => {
      expect(await kinds(entry('A'), entry("it's Ж"))).toEqual(['new', 'new'])
      expect(await control.conversions.enter(siteId, [entry('A')], NOW + 5)).toEqual([
        { kind: 'same', receivedAt: NOW, pending: true },
      ])
      expect(await control.conversions.enter(siteId, [entry('A', { value: '11' })], NOW + 5)).toEqual([
        { kind: 'other_body', version: 1 },
      ])
    })

    it('replaced by a higher version, for good', async () => {
      await kinds(entry('A'))
      expect(await control.conversions.enter(siteId, [entry('A', { version: 4_294_967_295 })], NOW)).toEqual([
        { kind: 'replaces', version: 1 },
      ])
      expect(await control.conversions.enter(siteId, [entry('A')], NOW)).toEqual([
        { kind: 'older', version: 4_294_967_295 },
      ])
    })

    it('decided in their order within one message', async () => {
      const second = entry('A', { version: 2, cancelled: true })
      expect(await kinds(entry('A'), entry('A'), second, entry('A'), second)).toEqual([
        'new',
        'same',
        'replaces',
        'older',
        'same',
      ])
      const pending = await control.conversions.pending(NOW + 1, 10)
      expect(pending).toEqual([{ siteId, told: second.told }])
    })

    it('one site’s own: another may use the same key', async () => {
      const { id: other } = await control.sites.create({
        name: 'other',
        hostnames: [],
        timezone: 'UTC',
        currency: 'EUR',
        pageKeys: [],
        keepClickIds: false,
      })
      await kinds(entry('A'))
      expect(await control.conversions.enter(other, [entry('A', { value: '1' })], NOW)).toEqual([
        { kind: 'new' },
      ])
    })

    it('pending until they are checked off, oldest first', async () => {
      await control.conversions.enter(siteId, [entry('B')], NOW + 1)
      await control.conversions.enter(siteId, [entry('A')], NOW)
      await control.conversions.enter(siteId, [entry('C')], NOW + 2)
      const keys = async (before: number, limit = 10) =>
        (await control.conversions.pending(before, limit)).map(({ told }) => told.key)
      expect(await keys(NOW + 2)).toEqual(['A', 'B'])
      expect(await keys(NOW + 9, 1)).toEqual(['A'])
      await control.conversions.spooled(siteId, [
        { key: 'A', version: 1 },
        { key: 'C', version: 1 },
      ])
      expect(await keys(NOW + 9)).toEqual(['B'])
      expect((await control.conversions.find(siteId, ['A', 'B', 'Z'])).get('A')).toMatchObject({
        receivedAt: NOW,
        pending: false,
      })
    })

    it('not checked off by the end of a version that was replaced meanwhile', async () => {
      await kinds(entry('A'))
      await kinds(entry('A', { version: 2 }))
      await control.conversions.spooled(siteId, [{ key: 'A', version: 1 }])
      expect(await control.conversions.pending(NOW + 1, 10)).toHaveLength(1)
      await control.conversions.spooled(siteId, [{ key: 'A', version: 2 }])
      expect(await control.conversions.pending(NOW + 1, 10)).toEqual([])
    })

    it('kept over the store’s end, thousands at a time', async () => {
      const many = Array.from({ length: 2_500 }, (_, index) => entry(`K${index}`))
      expect(new Set(await kinds(...many))).toEqual(new Set(['new']))
      await control.conversions.spooled(
        siteId,
        many.map(({ told }) => told),
      )
      await control.close()
      control = await openControl(url, { defaultDomain: 'go.example' })
      expect(new Set(await kinds(...many))).toEqual(new Set(['same']))
      expect(await control.conversions.pending(NOW + 1, 1)).toEqual([])
    })

    it('new to one of those that tell the same at once', async () => {
      // A second way into one SQLite file belongs to a second process: waiting for its lock blocks this one.
      const other = engine === 'sqlite' ? control : await openControl(url, { defaultDomain: 'go.example' })
      const verdicts = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? control : other).conversions.enter(siteId, [entry('A')], NOW),
        ),
      )
      if (other !== control) await other.close()
      expect(verdicts.flat().filter(({ kind }) => kind === 'new')).toHaveLength(1)
      expect(verdicts.flat().filter(({ kind }) => kind === 'same')).toHaveLength(19)
    })

    it('of no concern to edges: the counter that they watch stays', async () => {
      const before = await control.links.latestRevision()
      await kinds(entry('A'))
      expect(await control.links.latestRevision()).toBe(before)
    })
  })
})
