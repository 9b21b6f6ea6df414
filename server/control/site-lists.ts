import type { SiteList, SiteListStore } from './control.ts'
import { ControlError } from './errors.ts'
import { inRevision } from './revision.ts'
import type { Database, ListName } from './schema.ts'

/** What a list needs to know of its items to keep them. */
export interface ListKind {
  name: ListName
  /** As messages call it: "these goals". */
  words: string
  /** Names its field in errors. */
  field: string
}

/** One kind of list that each site keeps, as `RuleStore` keeps rules. */
export function siteListStore<Item extends { id: number }>(
  database: Database,
  kind: ListKind,
): SiteListStore<Item> {
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
        const site = await transaction
          .selectFrom('sites')
          .select('id')
          .where('id', '=', siteId)
          .executeTakeFirst()
        if (site === undefined) throw new ControlError('not_found', `There is no site ${siteId}.`)
        const { list: current, lastId: usedId } = await stored(transaction, siteId)
        if (expectedRevision !== undefined && expectedRevision !== current.revision) {
          throw new ControlError(
            'version_conflict',
            `Somebody else changed these ${kind.words} meanwhile: they are at revision ${current.revision} now. Read them again.`,
            'revision',
          )
        }
        const { items, lastId } = numbered(change(current.items), current.items, usedId, kind)
        if (JSON.stringify(items) === JSON.stringify(current.items)) return current
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

/** New items get ids that the site never had, so that an id in an address or a saved view stays that of one thing. */
function numbered<Item extends { id: number }>(
  drafts: readonly (Omit<Item, 'id'> & { id: number | null })[],
  current: readonly Item[],
  usedId: number,
  { words, field }: ListKind,
): { items: Item[]; lastId: number } {
  const known = new Set(current.map(({ id }) => id))
  let lastId = usedId
  const items = drafts.map((draft, index) => {
    if (draft.id !== null && !known.has(draft.id)) {
      const message = `There is no ${draft.id} among these ${words}; leave the id out for a new one.`
      throw new ControlError('not_found', message, `${field}[${index}].id`)
    }
    const { id, ...rest } = draft
    if (id === null) lastId++
    return { id: id ?? lastId, ...rest } as unknown as Item
  })
  return { items, lastId }
}
