import type { Transaction } from 'kysely'
import type { Database, Schema } from './schema.ts'

const COUNTER = 'control'

/**
 * Runs a change that edges must hear of. Its first statement moves the counter, whose row stays locked until the
 * commit: such changes happen one after another on both engines, and revisions grow in commit order. What `change`
 * reads is therefore still true when it writes.
 */
export function inRevision<Outcome>(
  database: Database,
  change: (transaction: Transaction<Schema>, revision: number) => Promise<Outcome>,
): Promise<Outcome> {
  return database.transaction().execute(async (transaction) => {
    const { value } = await transaction
      .updateTable('revisions')
      .set((row) => ({ value: row('value', '+', 1) }))
      .where('name', '=', COUNTER)
      .returning('value')
      .executeTakeFirstOrThrow()
    return change(transaction, value)
  })
}

/** The counter as last committed. */
export async function readRevision(database: Database): Promise<number> {
  const { value } = await database
    .selectFrom('revisions')
    .select('value')
    .where('name', '=', COUNTER)
    .executeTakeFirstOrThrow()
  return value
}
