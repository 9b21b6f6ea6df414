import type { Kysely } from 'kysely'

/** Each site's own rules: one row a site, so that the ordered list is read and replaced whole. */
export function rules() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('rule_lists')
        .addColumn('site_id', 'bigint', (column) => column.primaryKey().references('sites.id'))
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('last_id', 'bigint', (column) => column.notNull())
        .addColumn('rules', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .execute()
    },
  }
}
