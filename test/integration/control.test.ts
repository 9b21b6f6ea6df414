import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import { startPostgres } from '../support/postgres.ts'

const DESTINATION = 'https://example.com/'
const postgres = await startPostgres()
if ('unavailable' in postgres)
  console.warn(`PostgreSQL's half of the suite is skipped: ${postgres.unavailable}`)
const folder = mkdtempSync(join(tmpdir(), 'jejak-control-'))
let stores = 0

const ENGINES = {
  sqlite: async () => `sqlite:${join(folder, String(++stores), 'control.db')}`,
  postgres: async () => ('unavailable' in postgres ? '' : postgres.createDatabase()),
}

afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(['sqlite', 'postgres'] as const)('the control store on %s', (engine) => {
  describe.skipIf(engine === 'postgres' && 'unavailable' in postgres)('holds', () => {
    let url: string
    let control: Control
    let domainId: number
    const open = (defaultDomain = 'go.example') => openControl(url, { defaultDomain })
    const link = (slug?: string) => control.links.create({ domainId, destination: DESTINATION, slug })

    beforeEach(async () => {
      url = await ENGINES[engine]()
      control = await open()
      domainId = (await control.domains.default()).id
    })
    afterEach(() => control.close())

    describe('sites', () => {
      it('and begins with one, named default', async () => {
        const { id, ...site } = (await control.sites.byName('default')) ?? { id: 0 }
        expect(id).toBeGreaterThan(0)
        expect(site).toEqual({
          name: 'default',
          hostnames: [],
          timezone: 'UTC',
          currency: 'USD',
          pageKeys: [],
          keepClickIds: false,
          respectGpc: true,
          respectDnt: false,
        })
      })

      const blog = {
        name: 'blog',
        hostnames: ['blog.example'],
        timezone: 'Asia/Kathmandu',
        currency: 'NPR',
        pageKeys: ['p'],
        keepClickIds: true,
        respectGpc: false,
        respectDnt: true,
      }

      it('that keep what is set, and change only what a change names', async () => {
        const site = await control.sites.create(blog)
        expect(await control.sites.byId(site.id)).toEqual({ id: site.id, ...blog })
        const changed = await control.sites.update(site.id, { timezone: 'Europe/Riga', currency: undefined })
        expect(changed).toEqual({ id: site.id, ...blog, timezone: 'Europe/Riga' })
        expect(await control.sites.byId(site.id)).toEqual(changed)
        expect((await control.sites.list()).map((one) => one.name)).toEqual(['blog', 'default'])
      })

      it('of which no two share a name or a hostname', async () => {
        await control.sites.create(blog)
        await expect(control.sites.create({ ...blog, hostnames: [] })).rejects.toMatchObject({
          field: 'name',
        })
        await expect(control.sites.create({ ...blog, name: 'other' })).rejects.toMatchObject({
          field: 'hostnames',
        })
        const site = await control.sites.byName('default')
        await expect(
          control.sites.update(site?.id ?? 0, { hostnames: ['blog.example'] }),
        ).rejects.toMatchObject({
          kind: 'taken',
          field: 'hostnames',
        })
        await expect(control.sites.update(999, {})).rejects.toMatchObject({ kind: 'not_found' })
      })
    })

    describe('domains', () => {
      it('and begins with the default one', async () => {
        const site = await control.sites.byName('default')
        expect(await control.domains.list()).toEqual([
          {
            id: domainId,
            siteId: site?.id,
            host: 'go.example',
            fallbackUrl: null,
            caseSensitive: false,
            isDefault: true,
          },
        ])
      })

      it('and adds and edits others', async () => {
        const { siteId } = await control.domains.default()
        const made = await control.domains.create({
          siteId,
          host: 'a.example',
          fallbackUrl: 'https://example.com/x',
          caseSensitive: true,
        })
        expect(await control.domains.byHost('a.example')).toEqual(made)
        expect((await control.domains.update(made.id, { fallbackUrl: null })).fallbackUrl).toBeNull()
        expect(await control.domains.byHost('a.example')).toEqual({ ...made, fallbackUrl: null })
        expect((await control.domains.list()).map((domain) => domain.host)).toEqual([
          'go.example',
          'a.example',
        ])
        await expect(control.domains.create(made)).rejects.toMatchObject({ kind: 'taken', field: 'host' })
      })

      it('and lets the default one follow the public URL, with its links', async () => {
        const { id } = await link('sale')
        await control.close()
        control = await open('new.example')
        expect(await control.domains.default()).toMatchObject({ id: domainId, host: 'new.example' })
        expect(await control.links.byId(id)).toMatchObject({ domain: 'new.example', slug: 'sale' })
      })

      it('and makes a domain the default one when the public URL becomes its host', async () => {
        const { siteId } = await control.domains.default()
        const second = { siteId, host: 'second.example', fallbackUrl: null, caseSensitive: false }
        const { id } = await control.domains.create(second)
        await control.close()
        control = await open('second.example')
        expect(await control.domains.default()).toMatchObject({ id, host: 'second.example' })
        expect(await control.domains.byHost('go.example')).toMatchObject({ isDefault: false })
      })
    })

    describe('links', () => {
      it('with defaults for everything but the destination', async () => {
        const made = await link()
        expect(made).toMatchObject({
          domain: 'go.example',
          destination: DESTINATION,
          utm: { source: '', medium: '', campaign: '', term: '', content: '' },
          status: 302,
          state: 'active',
          expiresAt: null,
          passThrough: 'fill',
          clickId: 'visit',
          tags: [],
          version: 1,
          archivedAt: null,
        })
        expect(made.slug).toMatch(/^[6789bcdfghjkmnpqrtwx]{7}$/)
        expect(await control.links.byId(made.id)).toEqual(made)
        expect(await control.links.bySlug('go.example', made.slugKey)).toEqual(made)
      })

      it('and gives back every field as it was set', async () => {
        const fields = {
          destination: DESTINATION,
          slug: 'Größe/ΟΔΟΣ',
          utm: { source: 'facebook', medium: 'social', campaign: 'spring "26"', term: 't', content: 'c' },
          status: 308,
          state: 'disabled',
          expiresAt: 4102444800000,
          fallbackUrl: 'https://example.com/gone',
          passThrough: 'override',
          clickId: 'off',
          platform: 'facebook',
          placement: 'bio',
          paid: 'organic',
          title: 'Tïtle',
          notes: 'two\nlines',
          tags: ['a, b', 'ж'],
          postId: 'p1',
          campaignId: 'c1',
          externalId: 'e1',
        } as const
        const made = await control.links.create({ domainId, ...fields, tags: [...fields.tags] })
        expect(made).toMatchObject(fields)
        expect(made.slugKey).toBe('grösse/οδοσ')
        expect(await control.links.byIds([made.id, 12345])).toEqual([made])
      })

      it('of which one among twenty gets a slug, however they write it', async () => {
        const attempts = Array.from({ length: 20 }, (_, index) => link(index % 2 === 0 ? 'Sale' : 'sALE'))
        const outcomes = await Promise.allSettled(attempts)
        const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
        expect(refused).toHaveLength(19)
        for (const reason of refused)
          expect(reason).toMatchObject({ name: 'SlugTaken', kind: 'slug_taken', field: 'slug' })
        expect((await control.links.list({ limit: 50 })).data).toHaveLength(1)
      })

      it('whose slugs differ by case where the domain minds it, and by domain', async () => {
        const { siteId } = await control.domains.default()
        const strict = await control.domains.create({
          siteId,
          host: 'strict.example',
          fallbackUrl: null,
          caseSensitive: true,
        })
        const made = await link('sale')
        for (const slug of ['sale', 'Sale']) {
          await control.links.create({ domainId: strict.id, destination: DESTINATION, slug })
        }
        expect(await control.links.bySlug('strict.example', 'Sale')).toMatchObject({
          slug: 'Sale',
          slugKey: 'Sale',
        })
        expect(await control.links.bySlug('go.example', 'sale')).toEqual(made)
        expect(await control.links.bySlug('other.example', 'sale')).toBeNull()
      })

      it('and changes only what a change names, counting versions', async () => {
        const made = await control.links.create({
          domainId,
          destination: DESTINATION,
          title: 'Old',
          utm: { source: 'x', medium: 'y', campaign: '', term: '', content: '' },
        })
        const changed = await control.links.update(
          made.id,
          { title: null, utm: { medium: '', term: 't' } },
          1,
        )
        expect(changed).toEqual({
          ...made,
          title: null,
          utm: { source: 'x', medium: '', campaign: '', term: 't', content: '' },
          version: 2,
          updatedAt: changed.updatedAt,
        })
        expect(await control.links.byId(made.id)).toEqual(changed)
        await expect(control.links.update(made.id, { title: 'x' }, 1)).rejects.toMatchObject({
          kind: 'version_conflict',
        })
        await expect(control.links.update(12345, {})).rejects.toMatchObject({ kind: 'not_found' })
      })

      it('and lets one of twenty edits of one version through', async () => {
        const { id } = await link()
        const edits = Array.from({ length: 20 }, (_, index) =>
          control.links.update(id, { title: `${index}` }, 1),
        )
        const outcomes = await Promise.allSettled(edits)
        expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
        expect(await control.links.byId(id)).toMatchObject({ version: 2 })
      })

      it('that are archived with their slug, and restored', async () => {
        const { id } = await link('sale')
        const archived = await control.links.archive(id)
        expect(archived.state).toBe('archived')
        expect(archived.archivedAt).toBeGreaterThan(0)
        await expect(link('SALE')).rejects.toMatchObject({ kind: 'slug_taken' })
        expect(await control.links.update(id, { state: 'active' })).toMatchObject({
          archivedAt: null,
          version: 3,
        })
      })

      it('whose slug can change until the first click', async () => {
        const { id } = await link('one')
        await link('taken')
        await expect(control.links.update(id, { slug: 'TAKEN' })).rejects.toMatchObject({
          kind: 'slug_taken',
        })
        expect(await control.links.update(id, { slug: 'Two' })).toMatchObject({ slug: 'Two', slugKey: 'two' })
        expect(await control.links.update(id, { slug: 'two' })).toMatchObject({ slug: 'two', slugKey: 'two' })
        await link('one')
        await control.links.markClicked([id])
        await control.links.markClicked([id, 12345])
        await expect(control.links.update(id, { slug: 'three' })).rejects.toMatchObject({
          kind: 'slug_fixed',
        })
        expect(await control.links.update(id, { slug: 'two', title: 'x' })).toMatchObject({ title: 'x' })
      })

      it('and lists them newest first, page by page, each once', async () => {
        const made: number[] = []
        for (let count = 0; count < 7; count++) made.push((await link()).id)
        const seen: number[] = []
        let cursor: string | undefined
        for (;;) {
          const page = await control.links.list({ limit: 3, cursor })
          seen.push(...page.data.map((one) => one.id))
          if (page.nextCursor === null) break
          cursor = page.nextCursor
          await link()
        }
        expect(seen).toEqual(made.toReversed())
        await expect(control.links.list({ limit: 3, cursor: 'x' })).rejects.toMatchObject({
          kind: 'bad_cursor',
        })
      })

      it('and finds them by slug, destination, title, campaign, tag and state, whatever the case', async () => {
        const one = await control.links.create({
          domainId,
          slug: 'Größe',
          destination: 'https://xn--mller-kva.de/%D1%82%D0%B5%D1%81%D1%82?q=100%25_x',
          title: 'ΟΔΟΣ',
          utm: { source: '', medium: '', campaign: 'Spring', term: '', content: '' },
          tags: ['Straße', 'x,y'],
        })
        const other = await control.links.create({
          domainId,
          slug: 'other',
          destination: DESTINATION,
          tags: ['x'],
        })
        await control.links.archive(other.id)
        const found = async (query: object) =>
          (await control.links.list({ limit: 10, ...query })).data.map(({ slug }) => slug)

        for (const search of ['GRÖSSE', 'Müller.DE', 'ТЕСТ', 'οδος', 'sprinG', '100%25_', 'xn--mller']) {
          expect(await found({ search }), search).toEqual([one.slug])
        }
        for (const search of ['g_össe', '%', 'nowhere', '\\']) {
          expect(await found({ search }), search).toEqual(search === '%' ? [one.slug] : [])
        }
        expect(await found({ tag: 'STRASSE' })).toEqual([one.slug])
        expect(await found({ tag: 'X' })).toEqual(['other'])
        expect(await found({ tag: 'strass' })).toEqual([])
        expect(await found({ states: ['active', 'disabled'] })).toEqual([one.slug])
        expect(await found({ states: ['archived'], siteId: other.siteId })).toEqual(['other'])
        expect(await found({ siteId: 999 })).toEqual([])
      })
    })

    describe('revisions', () => {
      it('that tell edges of every change of a link, in order and once', async () => {
        const start = await control.links.latestRevision()
        const one = await link('one')
        const two = await link('two')
        const edited = await control.links.update(one.id, { title: 'x' })
        const first = await control.links.changedSince(start, 1)
        expect(first.links).toEqual([two])
        const rest = await control.links.changedSince(first.revision, 5)
        expect(rest).toEqual({ links: [edited], revision: await control.links.latestRevision() })
        expect(await control.links.changedSince(rest.revision, 5)).toEqual({
          links: [],
          revision: rest.revision,
        })
        expect((await control.links.changedSince(0, 5)).links).toHaveLength(2)
      })

      it('that move with sites, domains and keys, and stay with refused changes and clicks', async () => {
        let last = await control.links.latestRevision()
        const moved = async () => {
          const now = await control.links.latestRevision()
          const grown = now > last
          last = now
          return grown
        }
        await control.domains.update(domainId, { fallbackUrl: DESTINATION })
        expect(await moved()).toBe(true)
        await control.sites.update((await control.domains.default()).siteId, { currency: 'EUR' })
        expect(await moved()).toBe(true)
        await control.keys.rotate()
        expect(await moved()).toBe(true)
        const { id } = await link('sale')
        expect(await moved()).toBe(true)
        await expect(link('sale')).rejects.toThrow()
        await control.links.markClicked([id])
        await control.salts.forDay(1, '2026-03-01', Date.now())
        expect(await moved()).toBe(false)
      })

      it('that a second connection sees, and that never overtake a commit', async () => {
        const reader = await open()
        const seen = new Map<number, number>()
        let revision = await reader.links.latestRevision()
        const writes = Promise.all(Array.from({ length: 40 }, () => link()))
        let done = false
        writes.finally(() => {
          done = true
        })
        for (;;) {
          const last = done
          const changed = await reader.links.changedSince(revision, 7)
          for (const { id } of changed.links) seen.set(id, (seen.get(id) ?? 0) + 1)
          revision = changed.revision
          if (last && changed.links.length === 0) break
        }
        await reader.close()
        expect(new Set(seen.keys())).toEqual(new Set((await writes).map(({ id }) => id)))
        expect(new Set(seen.values())).toEqual(new Set([1]))
      })
    })

    describe('secrets', () => {
      it('one salt for a site and day, until its day is deleted', async () => {
        const { siteId } = await control.domains.default()
        const salt = (day: string) => control.salts.forDay(siteId, day, Date.now())
        const monday = await salt('2026-03-02')
        const tuesday = await salt('2026-03-03')
        expect(monday).toHaveLength(32)
        expect(monday).not.toEqual(tuesday)
        expect(await salt('2026-03-02')).toEqual(monday)
        await control.salts.deleteBefore(siteId, '2026-03-03')
        expect(await salt('2026-03-03')).toEqual(tuesday)
        expect(await salt('2026-03-02')).not.toEqual(monday)
      })

      it('a key and the one before it', async () => {
        const first = await control.keys.current()
        expect(first).toHaveLength(32)
        expect(await control.keys.current()).toEqual(first)
        expect(await control.keys.previous()).toBeNull()
        await control.keys.rotate()
        const second = await control.keys.current()
        expect(second).not.toEqual(first)
        expect(await control.keys.previous()).toEqual(first)
        await control.keys.rotate()
        expect(await control.keys.previous()).toEqual(second)
      })
    })

    it('everything over a restart', async () => {
      const made = await link('sale')
      const revision = await control.links.latestRevision()
      await control.close()
      control = await open()
      expect(await control.links.bySlug('go.example', 'sale')).toEqual(made)
      expect(await control.links.latestRevision()).toBe(revision)
    })
  })
})

describe('openControl', () => {
  it.each(['', 'sqlite:control.db', 'mysql://localhost/x', 'postgres'])('refuses the URL %j', async (url) => {
    await expect(openControl(url, { defaultDomain: 'go.example' })).rejects.toMatchObject({ kind: 'bad_url' })
  })

  it('makes a SQLite file that only its owner can read', async () => {
    const path = join(folder, 'private', 'control.db')
    const control = await openControl(`sqlite:${path}`, { defaultDomain: 'go.example' })
    expect(statSync(path).mode & 0o077).toBe(0)
    await control.close()
  })

  it('fails in time where PostgreSQL does not answer', async () => {
    await expect(openControl('postgres://127.0.0.1:1/x', { defaultDomain: 'go.example' })).rejects.toThrow()
  })
})
