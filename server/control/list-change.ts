import { ControlError } from './errors.ts'
import type { Database } from './schema.ts'

/** How messages about a site's list name it. */
export interface ListWords {
  /** As messages call it: "these goals". */
  words: string
  /** Names its field in errors. */
  field: string
  /** What is said of an id that is none of the list's. */
  unknown(id: number): string
}

/** A list as it is stored. */
export interface StoredList<Item> {
  siteId: number
  revision: number
  items: readonly Item[]
  /** The highest id that an item of it ever had. */
  usedId: number
}

type Draft<Item> = Omit<Item, 'id'> & { id: number | null }

/**
 * The items of a site's list after a change, or null where nothing differs. Rejects with `not_found` for the site or an
 * item's id, with `version_conflict` where the list has moved on, and with what `change` throws.
 */
export async function changedItems<Item extends { id: number }>(
  transaction: Database,
  { siteId, revision, items, usedId }: StoredList<Item>,
  asked: {
    change: (current: readonly Item[]) => readonly Draft<Item>[]
    expectedRevision: number | undefined
  },
  words: ListWords,
): Promise<{ items: Item[]; lastId: number } | null> {
  const site = await transaction.selectFrom('sites').select('id').where('id', '=', siteId).executeTakeFirst()
  if (site === undefined) throw new ControlError('not_found', `There is no site ${siteId}.`)
  if (asked.expectedRevision !== undefined && asked.expectedRevision !== revision) {
    throw new ControlError(
      'version_conflict',
      `Somebody else changed these ${words.words} meanwhile: they are at revision ${revision} now. Read them again.`,
      'revision',
    )
  }
  const changed = numbered(asked.change(items), items, usedId, words)
  return JSON.stringify(changed.items) === JSON.stringify(items) ? null : changed
}

/** New items get ids that the site never had, so that an id in an address or a saved view stays that of one thing. */
function numbered<Item extends { id: number }>(
  drafts: readonly (Omit<Item, 'id'> & { id: number | null })[],
  current: readonly Item[],
  usedId: number,
  { field, unknown }: ListWords,
): { items: Item[]; lastId: number } {
  const known = new Set(current.map(({ id }) => id))
  let lastId = usedId
  const items = drafts.map((draft, index) => {
    if (draft.id !== null && !known.has(draft.id)) {
      throw new ControlError('not_found', unknown(draft.id), `${field}[${index}].id`)
    }
    const { id, ...rest } = draft
    if (id === null) lastId++
    return { id: id ?? lastId, ...rest } as unknown as Item
  })
  return { items, lastId }
}
