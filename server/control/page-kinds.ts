import type { PageKind } from '../domain/pages/page-kind.ts'
import type { SiteListStore } from './control.ts'
import type { Database } from './schema.ts'
import { siteListStore } from './site-lists.ts'

export function pageKindStore(database: Database): SiteListStore<PageKind> {
  return siteListStore(database, { name: 'page_kinds', words: 'page kinds', field: 'pageKinds' })
}
