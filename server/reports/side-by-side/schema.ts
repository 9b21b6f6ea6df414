import { z } from 'zod'
import { FUNNEL_DIMENSIONS } from '../funnel/schema.ts'
import { questionSchema } from '../parse/schema.ts'
import { shown } from '../problems.ts'

/** Exact sums over ten thousands of tables take some 40 ms there, and the time grows with the root. */
export const MOST_SESSIONS = 1_000_000_000
export const DEFAULT_SPLIT = 20
/** Each row is a test: far longer lists say little after their p-values are adjusted. */
export const MAX_SPLIT = 100
const MAX_NAME = 100

/** What sessions have, and so a comparison may be split by. */
export const SPLIT_DIMENSIONS = FUNNEL_DIMENSIONS

const whole = (what: string, least: number, tooFew: string) => {
  const error = ({ input }: { input?: unknown }) => `${shown(input)} is no whole number of ${what}.`
  return z
    .number({ error })
    .int({ error, abort: true })
    .min(least, tooFew)
    .max(MOST_SESSIONS, `At most ${MOST_SESSIONS.toLocaleString('en-US')} can be compared.`)
}

const counts = z
  .strictObject({
    k: whole('conversions', 0, 'There cannot be fewer than 0 conversions.'),
    n: whole('sessions', 1, 'A side needs at least 1 session.'),
  })
  .refine(({ k, n }) => n < 1 || k <= n, { path: ['k'], error: 'More conversions than sessions.' })

/** Figures of one's own. */
export const countsSchema = z.strictObject({ a: counts, b: counts })

const filters = z.array(z.unknown(), { error: 'The filters are a list.' }).default([])
const side = z.strictObject({
  name: z.string().trim().min(1, 'The name is empty.').max(MAX_NAME).optional(),
  filters,
})

/** Two sets of sessions; filters are read after it. */
export const sidesSchema = z.strictObject({
  site: questionSchema.shape.site,
  date_range: questionSchema.shape.date_range,
  goal: z
    .string({ error: ({ input }) => `${shown(input)} is no name of a goal; null is any goal.` })
    .nullish()
    .describe('Name of the goal that a session has to reach; null for any goal.'),
  filters: filters.describe('Which sessions are looked at on both sides, AND-ed.'),
  a: side,
  b: side.optional().describe('Left out with `baseline`.'),
  baseline: z
    .literal('weekdays', { error: ({ input }) => `There is no baseline ${shown(input)}.` })
    .optional()
    .describe('`weekdays`: `a` beside itself in the period before, moved back by whole weeks.'),
  sides: questionSchema.shape.sides,
  split: z
    .enum(SPLIT_DIMENSIONS, {
      error: ({ input }) => `There is no dimension ${shown(input)} to split a comparison by.`,
    })
    .nullish()
    .describe('A dimension: the comparison for each of its values too.'),
  limit: z.int().min(1).max(MAX_SPLIT).default(DEFAULT_SPLIT).describe('Rows of the split.'),
})
