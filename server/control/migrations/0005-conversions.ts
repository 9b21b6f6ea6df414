import { type Kysely, sql } from 'kysely'

/** Which conversions other systems have told, by their key: one row a key, of its highest version. */
export function conversions() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('conversions')
        .addColumn('site_id', 'bigint', (column) => column.notNull().references('sites.id'))
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('received_at', 'bigint', (column) => column.notNull())
        .addColumn('pending', 'text')
        .addPrimaryKeyConstraint('conversions_key', ['site_id', 'key'])
        .execute()
      await db.schema
        .createIndex('conversions_pending')
        .on('conversions')
        .column('received_at')
        .where(sql.ref('pending'), 'is not', sql.lit(null))
        .execute()
      await sql`insert into revisions (name, value) values ('conversions', 0)`.execute(db)
    },
  }
}
