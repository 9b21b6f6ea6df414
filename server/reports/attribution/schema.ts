import { z } from 'zod'
import { DEFAULT_OPTIONS, MODELS } from '../../domain/attribution/contract.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, questionSchema } from '../parse/schema.ts'
import { shown } from '../problems.ts'
import { GRAINS } from './contract.ts'

export const MAX_WINDOW_DAYS = 365
const DEFAULT_WINDOW_DAYS = 30
const MAX_HALF_LIFE_DAYS = 365
/** Only their ratios matter; beyond this a weight is a slip of the keyboard. */
const MAX_WEIGHT = 1e6
export const MAX_TOP_PATHS = 1000
const DEFAULT_TOP_PATHS = 10
/** As long as a goal's name may be. */
const MAX_GOAL_LENGTH = 100

const days = (most: number, what: string) =>
  z.number().gt(0, `${what} is longer than 0 days.`).max(most, `${what} is at most ${most} days.`)

const weight = z
  .number()
  .min(0, 'A weight is at least 0.')
  .max(MAX_WEIGHT, `A weight is at most ${MAX_WEIGHT}; only the ratios matter.`)

const options = z.strictObject({
  collapse: z
    .boolean()
    .default(false)
    .describe('Consecutive touches of the same key become one, but for markov.'),
  direct: z
    .boolean()
    .default(true)
    .describe('Direct counts as a touch; else it is left out of paths that have any other touch.'),
  nulls: z.boolean().default(true).describe('Markov and Shapley look at paths that did not convert too.'),
  reuse: z
    .boolean()
    .default(true)
    .describe('Touches count again for later conversions; else a path begins after the conversion before.'),
  halfLife: days(MAX_HALF_LIFE_DAYS, 'A half-life')
    .default(DEFAULT_OPTIONS.halfLife)
    .describe('Of timeDecay, in days.'),
  position: z
    .tuple([weight, weight, weight], { error: 'Give three weights: [first, middle, last].' })
    .refine((weights) => weights.some((each) => each > 0), 'One of the weights is above 0.')
    .default([...DEFAULT_OPTIONS.position])
    .describe('Weights of the first touch, those between and the last one in position.'),
  order: z
    .literal([1, 2, 3], { error: ({ input }) => `There is no Markov chain of order ${shown(input)} here.` })
    .default(DEFAULT_OPTIONS.order)
    .describe('Of the Markov chain: touches that a state looks back on.'),
})

const shared = {
  site: questionSchema.shape.site,
  date_range: questionSchema.shape.date_range.describe(
    'When the conversions were; touches may lie before it.',
  ),
  goal: z
    .string()
    .min(1, 'This is empty.')
    .max(MAX_GOAL_LENGTH)
    .nullable()
    .default(null)
    .describe('Name of a goal; every goal of the site where it is null.'),
  grain: z
    .enum(GRAINS, { error: ({ input }) => `Touches cannot be counted by ${shown(input)}.` })
    .default('channel')
    .describe('What touches are counted by.'),
  window: days(MAX_WINDOW_DAYS, 'A window')
    .default(DEFAULT_WINDOW_DAYS)
    .describe('Lookback window in days; fractions are fine.'),
  options: options.prefault({}),
  sides: questionSchema.shape.sides.describe('For grain side: which channels stand on which side.'),
}

/** The shape of a question about credit; doubles are looked for after it. */
export const attributionSchema = z.strictObject({
  ...shared,
  models: z
    .array(z.enum(MODELS, { error: ({ input }) => `There is no model ${shown(input)}.` }), {
      error: 'The models are a list.',
    })
    .min(1, 'Name at least one model.')
    .default([...MODELS])
    .describe('All where it is left out.'),
  paths: z
    .int()
    .min(0)
    .max(MAX_TOP_PATHS)
    .default(DEFAULT_TOP_PATHS)
    .describe('How many of the most frequent paths to answer with.'),
})

/** The shape of a question about paths. */
export const pathsSchema = z.strictObject({
  ...shared,
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: z.int().min(0).default(0),
})
