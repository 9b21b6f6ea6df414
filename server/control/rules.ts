import type { Rule, RuleDraft } from '../domain/rules/rule.ts'
import type { RuleList, RuleStore } from './control.ts'
import { ControlError } from './errors.ts'
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
        const site = await transaction
          .selectFrom('sites')
          .select('id')
          .where('id', '=', siteId)
          .executeTakeFirst()
        if (site === undefined) throw new ControlError('not_found', `There is no site ${siteId}.`)
        const [stored] = await storedLists(transaction, siteId)
        const current = stored?.list ?? { siteId, revision: 0, rules: [] }
        if (expectedRevision !== undefined && expectedRevision !== current.revision) {
          throw new ControlError(
            'version_conflict',
            `Somebody else changed these rules meanwhile: they are at revision ${current.revision} now. Read them again.`,
            'revision',
          )
        }
        const { rules, lastId } = numbered(change(current.rules), current.rules, stored?.lastId ?? 0)
        const changed = JSON.stringify(rules) !== JSON.stringify(current.rules)
        if (!changed) return current
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

/** New rules get ids that the site never had: judged hits still name the rules that are gone. */
function numbered(
  drafts: readonly RuleDraft[],
  current: readonly Rule[],
  usedId: number,
): { rules: Rule[]; lastId: number } {
  const known = new Set(current.map(({ id }) => id))
  let lastId = usedId
  const rules = drafts.map(({ id, name, enabled, when, then }, index): Rule => {
    if (id !== null && !known.has(id)) {
      const message = `There is no rule ${id}; leave the id out for a new rule.`
      throw new ControlError('not_found', message, `rules[${index}].id`)
    }
    if (id === null) lastId++
    return { id: id ?? lastId, name, enabled, when, then }
  })
  return { rules, lastId }
}
