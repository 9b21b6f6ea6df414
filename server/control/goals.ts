import type { Goal } from '../domain/goals/goal.ts'
import type { SiteListStore } from './control.ts'
import type { Database } from './schema.ts'
import { siteListStore } from './site-lists.ts'

export function goalStore(database: Database): SiteListStore<Goal> {
  return siteListStore(database, { name: 'goals', words: 'goals', field: 'goals' })
}
