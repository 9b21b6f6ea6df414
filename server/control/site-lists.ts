import type { SiteList, SiteListStore } from './control.ts'
import { changedItems, type ListWords } from './list-change.ts'
import { inRevision } from './revision.ts'
import type { Database, ListName } from './schema.ts'

export interface ListKind extends Omit<ListWords, 'unknown'> {
  name: ListName
}

/** One kind of list that each site keeps, as `RuleStore` keeps rules. */
export function siteListStore<Item extends { id: number }>(
  database: Database,
  kind: ListKind,
): SiteListStore<Item> {
  const words: ListWords = {
    ...kind,
    unknown: (id) => `There is no ${id} among these ${kind.words}; leave the id out for a new one.`,
  }

  async function stored(from: Database, siteId: number): Promise<{ list: SiteList<Item>; lastId: number }> {
    const row = await from
      .selectFrom('site_lists')
      .select(['revision', 'last_id', 'items'])
      .where('site_id', '=', siteId)
      .where('list', '=', kind.name)
      .executeTakeFirst()
    if (row === undefined) return { list: { siteId, revision: 0, items: [] }, lastId: 0 }
    return { list: { siteId, revision: row.revision, items: JSON.parse(row.items) }, lastId: row.last_id }
  }

  return {
    async of(siteId) {
      return (await stored(database, siteId)).list
    },

    change(siteId, change, expectedRevision) {
      return inRevision(database, async (transaction) => {
        const { list: current, lastId: usedId } = await stored(transaction, siteId)
        const changed = await changedItems(
          transaction,
          { siteId, revision: current.revision, items: current.items, usedId },
          { change, expectedRevision },
          words,
        )
        if (changed === null) return current
        const { items, lastId } = changed
        const columns = {
          revision: current.revision + 1,
          last_id: lastId,
          items: JSON.stringify(items),
          updated_at: Date.now(),
        }
        await transaction
          .insertInto('site_lists')
          .values({ site_id: siteId, list: kind.name, ...columns })
          .onConflict((conflict) => conflict.columns(['site_id', 'list']).doUpdateSet(columns))
          .execute()
        return { siteId, revision: columns.revision, items }
      })
    },
  }
}
