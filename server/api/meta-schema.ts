import { z } from '@hono/zod-openapi'

/** What every report says of the data behind it: `QueryMeta` of `server/reports/contract.ts`. */
export const metaSchema = z.object({
  timezone: z.string(),
  from: z.string(),
  to: z.string(),
  completeUntil: z.iso.datetime(),
  rulesVersion: z.int(),
  totalRows: z.int(),
  warnings: z.array(z.string()),
  available: z.object({ from: z.string(), to: z.string() }).nullable(),
})
