import { z } from 'zod'
import { MAX_PATTERN_LENGTH } from '../../domain/pages/page-pattern.ts'
import { DEFAULT_LIMIT, MAX_LIMIT } from '../parse/schema.ts'
import { shown } from '../problems.ts'
import { FILTER_DIMENSIONS, tablesOf } from '../registry/dimensions.ts'
import { MAX_VALUE_LENGTH } from '../registry/operators.ts'
import { RANGE_NAMES } from '../time/date-range.ts'

export const MIN_STEPS = 2
/** Each step has its bit of a byte. */
export const MAX_STEPS = 8
const MINUTE_MS = 60_000
export const WINDOW_UNITS = { minutes: MINUTE_MS, hours: 60 * MINUTE_MS, days: 1440 * MINUTE_MS } as const
export const MAX_WINDOW_DAYS = 90
const DEFAULT_WINDOW = { value: 7, unit: 'days' } as const

/** What a visit has: whatever the first step was, it may be told by these. */
export const FUNNEL_DIMENSIONS: readonly string[] = [...FILTER_DIMENSIONS.values()]
  .filter((dimension) => tablesOf(dimension).includes('sessions'))
  .map(({ name }) => name)

export const CLICK_KEYS = ['link', 'platform', 'campaign'] as const

const value = (longest: number) => z.string().min(1, 'This is empty.').max(longest)
const pair = z.tuple([z.string(), z.string()])
const units = Object.keys(WINDOW_UNITS) as (keyof typeof WINDOW_UNITS)[]

const window = z.strictObject({
  value: z.int().min(1),
  unit: z.enum(units, { error: ({ input }) => `There is no unit ${shown(input)} here.` }),
})

/** The kinds of a step; `parseSteps` reads them one by one, to name the part that is wrong. */
export const stepSchemas = {
  click: z.strictObject({
    click: z.strictObject({
      link: value(MAX_VALUE_LENGTH).optional(),
      platform: value(MAX_VALUE_LENGTH).optional(),
      campaign: value(MAX_VALUE_LENGTH).optional(),
    }),
  }),
  page: z.strictObject({ page: value(MAX_PATTERN_LENGTH) }),
  goal: z.strictObject({ goal: value(100) }),
} as const

/** The shape of a question about a way; steps, filters and the pair of window and unit are looked at after it. */
export const funnelSchema = z.strictObject({
  site: z.string().min(1).max(255).default('default').describe('Name of the site.'),
  date_range: z
    .union([z.enum(RANGE_NAMES), pair], {
      error: ({ input }) =>
        input === undefined
          ? 'Say which dates: the name of a range, or [from, to].'
          : `${shown(input)} is neither the name of a range nor [from, to].`,
    })
    .describe('When the first step was.'),
  steps: z
    .array(z.unknown(), { error: 'The steps are a list.' })
    .min(MIN_STEPS, `A way has at least ${MIN_STEPS} steps.`)
    .max(MAX_STEPS, `A way has at most ${MAX_STEPS} steps.`),
  order: z
    .enum(['loose', 'strict'], { error: ({ input }) => `There is no order ${shown(input)}.` })
    .default('loose')
    .describe('strict: no other page and no other goal lies between two steps.'),
  window: z
    .union([z.literal('session'), window], {
      error: ({ input }) => `${shown(input)} is neither session nor { value, unit }.`,
    })
    .default(DEFAULT_WINDOW)
    .describe(`How long the whole way may take, from the first step; at most ${MAX_WINDOW_DAYS} days.`),
  split: z
    .enum(FUNNEL_DIMENSIONS, {
      error: ({ input }) => `There is no dimension ${shown(input)} to split a way by.`,
    })
    .nullish()
    .describe('A dimension by whose value at the first step the visitors are split.'),
  filters: z.array(z.unknown(), { error: 'The filters are a list.' }).default([]),
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('Rows of the split.'),
})
