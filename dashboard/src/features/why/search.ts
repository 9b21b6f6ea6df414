import { z } from '../../shared/zod.ts'

const text = z.string().optional().catch(undefined)
const texts = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .optional()
  .catch(undefined)

/** The address of "Why this channel?": the visit that is explained, so that it can be sent to a colleague. */
export const whySearch = z.object({
  site: text,
  url: text,
  referrer: text,
  /** User agent. */
  ua: text,
  method: text,
  /** Each `name: value`. */
  header: texts,
})

export type WhySearch = z.infer<typeof whySearch>
