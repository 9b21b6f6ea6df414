import { z } from '../../shared/zod.ts'

const text = z.string().optional().catch(undefined)

/** The address of the page of channel rules. */
export const rulesSearch = z.object({
  site: text,
  /** The panel that is open: for a new rule, or for the one named by `id`. */
  panel: z.enum(['new', 'edit']).optional().catch(undefined),
  /** Key of a rule: its id, or what a rule that was never saved is called on this page. */
  id: text,
})

export type RulesSearch = z.infer<typeof rulesSearch>
