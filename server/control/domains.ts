import type { Selectable } from 'kysely'
import type { ShortDomain } from '../domain/links/short-domain.ts'
import type { DomainStore } from './control.ts'
import { ControlError } from './errors.ts'
import { inRevision } from './revision.ts'
import type { Database, Schema } from './schema.ts'

export function domainStore(database: Database): DomainStore {
  return {
    async list() {
      const rows = await database
        .selectFrom('domains')
        .selectAll()
        .orderBy('is_default', 'desc')
        .orderBy('host')
        .execute()
      return rows.map(toDomain)
    },

    async byHost(host) {
      const row = await database.selectFrom('domains').selectAll().where('host', '=', host).executeTakeFirst()
      return row === undefined ? null : toDomain(row)
    },

    async default() {
      return toDomain(
        await database
          .selectFrom('domains')
          .selectAll()
          .where('is_default', '=', 1)
          .executeTakeFirstOrThrow(),
      )
    },

    create(domain) {
      return inRevision(database, async (transaction) => {
        const row = await transaction
          .insertInto('domains')
          .values({
            site_id: domain.siteId,
            host: domain.host,
            fallback_url: domain.fallbackUrl,
            case_sensitive: domain.caseSensitive ? 1 : 0,
            is_default: 0,
            created_at: Date.now(),
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) {
          throw new ControlError('taken', `The domain ${domain.host} is there already.`, 'host')
        }
        return toDomain(row)
      })
    },

    update(id, change) {
      return inRevision(database, async (transaction) => {
        const current = await transaction
          .selectFrom('domains')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        if (current === undefined) throw new ControlError('not_found', `There is no domain ${id}.`)
        const fallbackUrl = change.fallbackUrl === undefined ? current.fallback_url : change.fallbackUrl
        await transaction
          .updateTable('domains')
          .set({ fallback_url: fallbackUrl })
          .where('id', '=', id)
          .execute()
        return { ...toDomain(current), fallbackUrl }
      })
    },
  }
}

export function toDomain(row: Selectable<Schema['domains']>): ShortDomain {
  return {
    id: row.id,
    siteId: row.site_id,
    host: row.host,
    fallbackUrl: row.fallback_url,
    caseSensitive: row.case_sensitive === 1,
    isDefault: row.is_default === 1,
  }
}
