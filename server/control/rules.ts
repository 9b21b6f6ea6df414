import type { RuleDraft } from '../domain/rules/rule.ts'
import type { RuleList, RuleStore } from './control.ts'
import { changedItems, type ListWords } from './list-change.ts'
import { inRevision } from './revision.ts'
import type { Database } from './schema.ts'

export function ruleStore(database: Database): RuleStore {
  return {
    async all() {
      return (await storedLists(database)).map(({ list }) => list)
    },

    async of(siteId) {
      const [stored] = await storedLists(database, siteId)
      return stored?.list ?? { siteId, revision: 0, rules: [] }
    },

    change(siteId, change, expectedRevision) {
      return inRevision(database, async (transaction) => {
        const [stored] = await storedLists(transaction, siteId)
        const current = stored?.list ?? { siteId, revision: 0, rules: [] }
        const changed = await changedItems(
          transaction,
          { siteId, revision: current.revision, items: current.rules, usedId: stored?.lastId ?? 0 },
          { change: (rules) => change(rules).map(inOrder), expectedRevision },
          WORDS,
        )
        if (changed === null) return current
        const { items: rules, lastId } = changed
        const list: RuleList = { siteId, revision: current.revision + 1, rules }
        const columns = {
          revision: list.revision,
          last_id: lastId,
          rules: JSON.stringify(rules),
          updated_at: Date.now(),
        }
        await transaction
          .insertInto('rule_lists')
          .values({ site_id: siteId, ...columns })
          .onConflict((conflict) => conflict.column('site_id').doUpdateSet(columns))
          .execute()
        return list
      })
    },
  }
}

async function storedLists(
  database: Database,
  siteId?: number,
): Promise<{ list: RuleList; lastId: number }[]> {
  let query = database.selectFrom('rule_lists').select(['site_id', 'revision', 'last_id', 'rules'])
  if (siteId !== undefined) query = query.where('site_id', '=', siteId)
  const rows = await query.orderBy('site_id').execute()
  return rows.map((row) => ({
    list: { siteId: row.site_id, revision: row.revision, rules: JSON.parse(row.rules) },
    lastId: row.last_id,
  }))
}

const WORDS: ListWords = {
  words: 'rules',
  field: 'rules',
  unknown: (id) => `There is no rule ${id}; leave the id out for a new rule.`,
}

/** The same fields in the same order: lists are compared as JSON. */
function inOrder({ id, name, enabled, when, then }: RuleDraft): RuleDraft {
  return { id, name, enabled, when, then }
}
