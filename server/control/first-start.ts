import { inRevision } from './revision.ts'
import type { Database } from './schema.ts'

/** UTC and dollars, until somebody says otherwise: the defaults of the analytics tools that people come from. */
const FIRST_SITE = { name: 'default', timezone: 'UTC', currency: 'USD' } as const

/**
 * Makes the site `default` and the default domain where they are missing, and, with `rename`, lets the default domain
 * follow `host`: another domain of that host becomes the default one, else the default one takes the new host and keeps
 * its links.
 */
export async function ensureDefaults(database: Database, host: string, rename: boolean): Promise<void> {
  if (await isInPlace(database, host, rename)) return
  await inRevision(database, async (transaction) => {
    if (await isInPlace(transaction, host, rename)) return
    const site = await defaultSiteId(transaction)
    const known = await transaction
      .selectFrom('domains')
      .select('id')
      .where('host', '=', host)
      .executeTakeFirst()
    if (known !== undefined) {
      await transaction.updateTable('domains').set({ is_default: 0 }).where('is_default', '=', 1).execute()
      await transaction.updateTable('domains').set({ is_default: 1 }).where('id', '=', known.id).execute()
      return
    }
    const renamed = await transaction
      .updateTable('domains')
      .set({ host })
      .where('is_default', '=', 1)
      .executeTakeFirstOrThrow()
    if (renamed.numUpdatedRows > 0n) return
    await transaction
      .insertInto('domains')
      .values({
        site_id: site,
        host,
        fallback_url: null,
        case_sensitive: 0,
        is_default: 1,
        created_at: Date.now(),
      })
      .execute()
  })
}

async function isInPlace(database: Database, host: string, rename: boolean): Promise<boolean> {
  const domain = await database
    .selectFrom('domains')
    .select('host')
    .where('is_default', '=', 1)
    .executeTakeFirst()
  return rename ? domain?.host === host : domain !== undefined
}

async function defaultSiteId(database: Database): Promise<number> {
  const first = await database.selectFrom('sites').select('id').orderBy('id').executeTakeFirst()
  if (first !== undefined) return first.id
  const { id } = await database
    .insertInto('sites')
    .values({
      ...FIRST_SITE,
      hostnames: '[]',
      page_keys: '[]',
      keep_click_ids: 0,
      created_at: Date.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
