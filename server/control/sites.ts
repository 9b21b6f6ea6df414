import type { Selectable } from 'kysely'
import { SIGNAL_DEFAULTS, type Site } from '../domain/site.ts'
import type { SiteStore } from './control.ts'
import { ControlError } from './errors.ts'
import { given } from './given.ts'
import { removeSite, retireSite } from './remove-site.ts'
import { inRevision } from './revision.ts'
import { type Database, type Schema, textList } from './schema.ts'

export function siteStore(database: Database): SiteStore {
  return {
    list: () => listSites(database),

    async byName(name) {
      const row = await database.selectFrom('sites').selectAll().where('name', '=', name).executeTakeFirst()
      return row === undefined ? null : toSite(row)
    },

    async byId(id) {
      const row = await database.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : toSite(row)
    },

    create(site) {
      return inRevision(database, async (transaction) => {
        refuseSharedHostname(await listSites(transaction), site.hostnames)
        const row = await transaction
          .insertInto('sites')
          .values({ name: site.name, ...toColumns(site), created_at: Date.now() })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) {
          throw new ControlError('taken', `There is a site named "${site.name}" already.`, 'name')
        }
        return toSite(row)
      })
    },

    update(id, change) {
      return inRevision(database, async (transaction) => {
        const sites = await listSites(transaction)
        const current = sites.find((site) => site.id === id)
        if (current === undefined) throw new ControlError('not_found', `There is no site ${id}.`)
        const others = sites.filter((site) => site.id !== id)
        refuseSharedHostname(others, change.hostnames ?? [])
        const site: Site = { ...current, ...given(change) }
        await transaction.updateTable('sites').set(toColumns(site)).where('id', '=', id).execute()
        return site
      })
    },

    retire: (id) => retireSite(database, id),
    remove: (id) => removeSite(database, id),
  }
}

async function listSites(database: Database): Promise<Site[]> {
  const rows = await database.selectFrom('sites').selectAll().orderBy('name').execute()
  return rows.map(toSite)
}

/** A page event finds its site by host, so a host belongs to one. */
function refuseSharedHostname(others: readonly Site[], hostnames: readonly string[]): void {
  for (const other of others) {
    const shared = hostnames.find((hostname) => other.hostnames.includes(hostname))
    if (shared !== undefined) {
      throw new ControlError('taken', `${shared} belongs to the site "${other.name}" already.`, 'hostnames')
    }
  }
}

function toColumns(site: Omit<Site, 'id' | 'name'>) {
  return {
    hostnames: JSON.stringify(site.hostnames),
    timezone: site.timezone,
    currency: site.currency,
    page_keys: JSON.stringify(site.pageKeys),
    keep_click_ids: site.keepClickIds ? 1 : 0,
    respect_gpc: (site.respectGpc ?? SIGNAL_DEFAULTS.respectGpc) ? 1 : 0,
    respect_dnt: (site.respectDnt ?? SIGNAL_DEFAULTS.respectDnt) ? 1 : 0,
  }
}

function toSite(row: Selectable<Schema['sites']>): Site {
  return {
    id: row.id,
    name: row.name,
    hostnames: textList(row.hostnames),
    timezone: row.timezone,
    currency: row.currency,
    pageKeys: textList(row.page_keys),
    keepClickIds: row.keep_click_ids === 1,
    respectGpc: row.respect_gpc === 1,
    respectDnt: row.respect_dnt === 1,
  }
}
