import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Engine } from '../database.ts'

/** Sites, domains, links, salts, keys, and the counter that orders their changes. */
export function start(engine: Engine) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const idType = engine === 'postgres' ? 'bigint' : 'integer'
      const id = (column: ColumnDefinitionBuilder) =>
        engine === 'postgres'
          ? column.generatedByDefaultAsIdentity().primaryKey()
          : column.primaryKey().autoIncrement()
      const required = (column: ColumnDefinitionBuilder) => column.notNull()

      await db.schema
        .createTable('sites')
        .addColumn('id', idType, id)
        .addColumn('name', 'text', (column) => column.notNull().unique())
        .addColumn('hostnames', 'text', required)
        .addColumn('timezone', 'text', required)
        .addColumn('currency', 'text', required)
        .addColumn('page_keys', 'text', required)
        .addColumn('keep_click_ids', 'integer', required)
        .addColumn('created_at', 'bigint', required)
        .execute()

      await db.schema
        .createTable('domains')
        .addColumn('id', idType, id)
        .addColumn('site_id', 'bigint', (column) => column.notNull().references('sites.id'))
        .addColumn('host', 'text', (column) => column.notNull().unique())
        .addColumn('fallback_url', 'text')
        .addColumn('case_sensitive', 'integer', required)
        .addColumn('is_default', 'integer', required)
        .addColumn('created_at', 'bigint', required)
        .execute()
      await db.schema
        .createIndex('domains_one_default')
        .on('domains')
        .column('is_default')
        .unique()
        .where(sql.ref('is_default'), '=', sql.lit(1))
        .execute()

      await db.schema
        .createTable('links')
        .addColumn('id', idType, id)
        .addColumn('site_id', 'bigint', (column) => column.notNull().references('sites.id'))
        .addColumn('domain_id', 'bigint', (column) => column.notNull().references('domains.id'))
        .addColumn('slug', 'text', required)
        .addColumn('slug_key', 'text', required)
        .addColumn('destination', 'text', required)
        .addColumn('utm_source', 'text', required)
        .addColumn('utm_medium', 'text', required)
        .addColumn('utm_campaign', 'text', required)
        .addColumn('utm_term', 'text', required)
        .addColumn('utm_content', 'text', required)
        .addColumn('status', 'integer', required)
        .addColumn('state', 'text', required)
        .addColumn('expires_at', 'bigint')
        .addColumn('fallback_url', 'text')
        .addColumn('pass_through', 'text', required)
        .addColumn('click_id', 'text', required)
        .addColumn('platform', 'text')
        .addColumn('placement', 'text')
        .addColumn('paid', 'text')
        .addColumn('title', 'text')
        .addColumn('notes', 'text')
        .addColumn('tags', 'text', required)
        .addColumn('post_id', 'text')
        .addColumn('campaign_id', 'text')
        .addColumn('external_id', 'text')
        .addColumn('version', 'integer', required)
        .addColumn('revision', 'bigint', (column) => column.notNull().unique())
        .addColumn('first_click_at', 'bigint')
        .addColumn('created_at', 'bigint', required)
        .addColumn('updated_at', 'bigint', required)
        .addColumn('archived_at', 'bigint')
        .addColumn('search_text', 'text', required)
        .addColumn('tag_keys', 'text', required)
        .addUniqueConstraint('links_slug', ['domain_id', 'slug_key'])
        .execute()

      await db.schema
        .createTable('salts')
        .addColumn('site_id', 'bigint', (column) => column.notNull().references('sites.id'))
        .addColumn('day', 'text', required)
        .addColumn('salt', 'text', required)
        .addColumn('created_at', 'bigint', required)
        .addPrimaryKeyConstraint('salts_key', ['site_id', 'day'])
        .execute()

      await db.schema
        .createTable('keys')
        .addColumn('purpose', 'text', required)
        .addColumn('generation', 'integer', required)
        .addColumn('secret', 'text', required)
        .addColumn('created_at', 'bigint', required)
        .addPrimaryKeyConstraint('keys_key', ['purpose', 'generation'])
        .execute()

      await db.schema
        .createTable('revisions')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'bigint', required)
        .execute()
      await sql`insert into revisions (name, value) values ('control', 0)`.execute(db)
    },
  }
}
