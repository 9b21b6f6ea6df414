import { ControlError } from './errors.ts'
import { inRevision } from './revision.ts'
import type { Database } from './schema.ts'

/** Tables whose rows belong to a site, those that refer to others first. Its domains go to another site. */
export const SITE_TABLES = ['conversions', 'links', 'rule_lists', 'site_lists', 'salts'] as const

/**
 * Lets nothing more happen on a site: its pages' hosts are taken from it, its links lose their slugs and end. Edges hear
 * of it as of every edit; rows that simply vanished would go on in their memory. Does nothing twice.
 */
export async function retireSite(database: Database, siteId: number): Promise<void> {
  await inRevision(database, async (transaction) => {
    await transaction.updateTable('sites').set({ hostnames: '[]' }).where('id', '=', siteId).execute()
  })
  const links = await database
    .selectFrom('links')
    .select('id')
    .where('site_id', '=', siteId)
    .where('slug_key', 'not like', `${RETIRED}%`)
    .execute()
  for (const { id } of links) {
    // Each has a revision of its own, by which edges find it.
    await inRevision(database, async (transaction, revision) => {
      const slug = RETIRED + id
      const now = Date.now()
      await transaction
        .updateTable('links')
        .set({ slug, slug_key: slug, state: 'archived', revision, updated_at: now, archived_at: now })
        .where('id', '=', id)
        .execute()
    })
  }
}

/** No slug that is asked for ends like this: a segment is never empty. */
const RETIRED = 'retired//'

/**
 * Deletes a site with everything that is set up for it; domains of it go to the oldest other site. Its hits are the
 * loader's to forget. Does nothing where there is no such site.
 *
 * @throws {ControlError} `taken` for the only site.
 */
export async function removeSite(database: Database, siteId: number): Promise<void> {
  await inRevision(database, async (transaction) => {
    const other = await transaction
      .selectFrom('sites')
      .select('id')
      .where('id', '!=', siteId)
      .orderBy('id')
      .executeTakeFirst()
    if (other === undefined) throw new ControlError('taken', 'The only site cannot be removed.')
    await transaction
      .updateTable('domains')
      .set({ site_id: other.id })
      .where('site_id', '=', siteId)
      .execute()
    for (const table of SITE_TABLES) {
      await transaction.deleteFrom(table).where('site_id', '=', siteId).execute()
    }
    await transaction.deleteFrom('sites').where('id', '=', siteId).execute()
  })
}
