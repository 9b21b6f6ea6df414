import { z } from '../../shared/zod.ts'

const text = z.string().optional().catch(undefined)

/** Without one, active and disabled links are listed. */
export const STATE_FILTERS = ['disabled', 'archived', 'all'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]

/** The Links page's address. */
export const linksSearch = z.object({
  site: text,
  search: text,
  state: z.enum(STATE_FILTERS).optional().catch(undefined),
  /** The panel that is open: for a new link, or for the one named by `id`. */
  panel: z.enum(['new', 'edit']).optional().catch(undefined),
  id: text,
})

export type LinksSearch = z.infer<typeof linksSearch>
