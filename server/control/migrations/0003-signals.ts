import type { Kysely } from 'kysely'

/** Which signals of browsers a site takes for a refusal of consent; the defaults are `SIGNAL_DEFAULTS`. */
export function signals() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const [name, standard] of [
        ['respect_gpc', 1],
        ['respect_dnt', 0],
      ] as const) {
        await db.schema
          .alterTable('sites')
          .addColumn(name, 'integer', (column) => column.notNull().defaultTo(standard))
          .execute()
      }
    },
  }
}
