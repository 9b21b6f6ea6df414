import type { Kysely } from 'kysely'

/** Lists that each site keeps: goals, and what its pages are for. One row a list, read and replaced whole. */
export function siteLists() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('site_lists')
        .addColumn('site_id', 'bigint', (column) => column.notNull().references('sites.id'))
        .addColumn('list', 'text', (column) => column.notNull())
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('last_id', 'bigint', (column) => column.notNull())
        .addColumn('items', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('site_lists_key', ['site_id', 'list'])
        .execute()
    },
  }
}
