import { type SelectQueryBuilder, sql } from 'kysely'
import { customAlphabet } from 'nanoid'
import type { Link } from '../domain/links/link.ts'
import { slugKey } from '../domain/links/slug.ts'
import limits from '../facts/link-limits.json' with { type: 'json' }
import type { LinkChange, LinkFields, LinkQuery, LinkStore, NewLink } from './control.ts'
import { ControlError, SlugTaken } from './errors.ts'
import { given } from './given.ts'
import { containing, containingTag, DEFAULT_FIELDS, type LinkRow, toColumns, toLink } from './link-rows.ts'
import { inRevision, readRevision } from './revision.ts'
import type { Database, Schema } from './schema.ts'

/** After these many collisions in a row the made slug grows by one character: the short ones are running out. */
const TRIES_PER_LENGTH = 3
/** Ids in one statement, far below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const IDS_AT_ONCE = 1000

const makeSlug = customAlphabet(limits.generatedAlphabet, limits.generatedLength)

export function linkStore(database: Database): LinkStore {
  const store: LinkStore = {
    create: (link) => createLink(database, link),

    async byId(id) {
      const row = await selectLinks(database).where('links.id', '=', id).executeTakeFirst()
      return row === undefined ? null : toLink(row)
    },

    async byIds(ids) {
      const links: Link[] = []
      for (const some of chunks(ids)) {
        const rows = await selectLinks(database).where('links.id', 'in', some).execute()
        links.push(...rows.map(toLink))
      }
      return links
    },

    async bySlug(domain, key) {
      const row = await selectLinks(database)
        .where('domains.host', '=', domain)
        .where('links.slug_key', '=', key)
        .executeTakeFirst()
      return row === undefined ? null : toLink(row)
    },

    async list(query) {
      const rows = await matching(selectLinks(database), query)
        .orderBy('links.id', 'desc')
        .limit(query.limit + 1)
        .execute()
      const data = rows.slice(0, query.limit).map(toLink)
      const last = data.at(-1)
      return { data, nextCursor: rows.length > query.limit && last !== undefined ? toCursor(last.id) : null }
    },

    update: (id, change, expectedVersion) => updateLink(database, id, change, expectedVersion),

    archive: (id) => store.update(id, { state: 'archived' }),

    async markClicked(ids) {
      for (const some of chunks(ids)) {
        await database
          .updateTable('links')
          .set({ first_click_at: Date.now() })
          .where('id', 'in', some)
          .where('first_click_at', 'is', null)
          .execute()
      }
    },

    async changedSince(revision, limit) {
      // Read before the links: what is committed in between has a higher revision, and comes now or next time.
      const latest = await readRevision(database)
      const rows = await selectLinks(database)
        .where('links.revision', '>', revision)
        .orderBy('links.revision')
        .limit(limit)
        .execute()
      const reached = rows.at(-1)?.revision ?? revision
      return {
        links: rows.map(toLink),
        revision: rows.length < limit ? Math.max(latest, reached) : reached,
      }
    },

    latestRevision: () => readRevision(database),
  }
  return store
}

function createLink(database: Database, link: NewLink): Promise<Link> {
  return inRevision(database, async (transaction, revision) => {
    const domain = await transaction
      .selectFrom('domains')
      .select(['host', 'site_id', 'case_sensitive'])
      .where('id', '=', link.domainId)
      .executeTakeFirst()
    if (domain === undefined) {
      throw new ControlError('not_found', `There is no domain ${link.domainId}.`, 'domain')
    }
    const fields = withChanges({ ...DEFAULT_FIELDS, destination: link.destination }, link)
    const now = Date.now()
    for (let attempt = 0; ; attempt++) {
      const slug = link.slug ?? makeSlug(limits.generatedLength + Math.floor(attempt / TRIES_PER_LENGTH))
      const row = await transaction
        .insertInto('links')
        .values({
          ...toColumns(slug, fields),
          site_id: link.siteId ?? domain.site_id,
          domain_id: link.domainId,
          slug_key: slugKey(slug, domain.case_sensitive === 1),
          version: 1,
          revision,
          first_click_at: null,
          created_at: now,
          updated_at: now,
          archived_at: fields.state === 'archived' ? now : null,
        })
        .onConflict((conflict) => conflict.columns(['domain_id', 'slug_key']).doNothing())
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) return toLink({ ...row, domain: domain.host })
      if (link.slug !== undefined) throw new SlugTaken(domain.host, slug)
    }
  })
}

function updateLink(
  database: Database,
  id: number,
  change: LinkChange,
  expectedVersion: number | undefined,
): Promise<Link> {
  return inRevision(database, async (transaction, revision) => {
    const row = await selectLinks(transaction).where('links.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ControlError('not_found', `There is no link ${id}.`)
    if (expectedVersion !== undefined && expectedVersion !== row.version) {
      const message = `The link is at version ${row.version} by now, not ${expectedVersion}: read it again.`
      throw new ControlError('version_conflict', message, 'version')
    }
    const current = toLink(row)
    const fields = withChanges(current, change)
    const slug = change.slug ?? current.slug
    const moved = slug !== current.slug
    const key = moved ? await freeKey(transaction, row, slug) : row.slug_key
    const now = Date.now()
    const archivedAt = fields.state === 'archived' ? (current.archivedAt ?? now) : null
    const written = await transaction
      .updateTable('links')
      .set({
        ...toColumns(slug, fields),
        slug_key: key,
        version: row.version + 1,
        revision,
        updated_at: now,
        archived_at: archivedAt,
      })
      .where('id', '=', id)
      // In the statement itself: the loader marks clicks without waiting for the counter.
      .$if(moved, (update) => update.where('first_click_at', 'is', null))
      .returningAll()
      .executeTakeFirst()
    if (written === undefined) {
      const message = 'The link has been clicked, so its slug stays; make another link for another slug.'
      throw new ControlError('slug_fixed', message, 'slug')
    }
    return toLink({ ...written, domain: row.domain })
  })
}

/** The key of a slug for a link's domain. The look-up cannot be overtaken: writers of links wait for the counter. */
async function freeKey(transaction: Database, link: LinkRow, slug: string): Promise<string> {
  const { case_sensitive } = await transaction
    .selectFrom('domains')
    .select('case_sensitive')
    .where('id', '=', link.domain_id)
    .executeTakeFirstOrThrow()
  const key = slugKey(slug, case_sensitive === 1)
  const holder = await transaction
    .selectFrom('links')
    .select('id')
    .where('domain_id', '=', link.domain_id)
    .where('slug_key', '=', key)
    .executeTakeFirst()
  if (holder !== undefined && holder.id !== link.id) throw new SlugTaken(link.domain, slug)
  return key
}

function withChanges(fields: LinkFields, change: LinkChange): LinkFields {
  return { ...fields, ...given(change), utm: { ...fields.utm, ...given(change.utm ?? {}) } }
}

function selectLinks(database: Database) {
  return database
    .selectFrom('links')
    .innerJoin('domains', 'domains.id', 'links.domain_id')
    .selectAll('links')
    .select('domains.host as domain')
}

function matching<Row>(select: SelectQueryBuilder<Schema, 'links' | 'domains', Row>, query: LinkQuery) {
  const { siteId, states, search, tag, cursor } = query
  let found = select
  if (siteId !== undefined) found = found.where('links.site_id', '=', siteId)
  if (states !== undefined) found = found.where('links.state', 'in', states)
  if (search !== undefined)
    found = found.where(sql<boolean>`links.search_text like ${containing(search)} escape '\\'`)
  if (tag !== undefined)
    found = found.where(sql<boolean>`links.tag_keys like ${containingTag(tag)} escape '\\'`)
  if (cursor !== undefined) found = found.where('links.id', '<', fromCursor(cursor))
  return found
}

function toCursor(id: number): string {
  return Buffer.from(`link:${id}`).toString('base64url')
}

function fromCursor(cursor: string): number {
  const id = /^link:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (id === undefined) {
    throw new ControlError(
      'bad_cursor',
      'The cursor is not one that a list gave; begin without it.',
      'cursor',
    )
  }
  return Number(id)
}

function* chunks(ids: readonly number[]): Generator<number[]> {
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) yield ids.slice(at, at + IDS_AT_ONCE)
}
