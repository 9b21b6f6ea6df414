import { z } from 'zod'
import { shown } from '../problems.ts'
import { DIMENSIONS } from '../registry/dimensions.ts'
import { METRICS } from '../registry/metrics.ts'
import { RANGE_NAMES } from '../time/date-range.ts'

export const DEFAULT_LIMIT = 100
export const MAX_LIMIT = 10_000
const MAX_CHANNEL_LENGTH = 100
/** Of one side: all built-in ones, and a site's rules name at most a hundred more. */
const MAX_CHANNELS = 200

const metricNames = [...METRICS.keys()]
const dimensionNames = [...DIMENSIONS.keys()]

/** A name out of a closed list; the problem it makes shows the list. */
function nameOf(kind: string, names: readonly string[]) {
  return z.enum(names, { error: ({ input }) => `There is no ${kind} ${shown(input)}.` })
}

const pair = z.tuple([z.string(), z.string()])
/** A built-in channel or one of the site's own, which only the answer can know. */
const channel = z.string().min(1, 'Name a channel.').max(MAX_CHANNEL_LENGTH)

/** The shape of a question. Filters are read by `parseFilters`, which can name the part that is wrong. */
export const questionSchema = z.strictObject({
  site: z.string().min(1).max(255).default('default').describe('Name of the site.'),
  metrics: z
    .array(nameOf('metric', metricNames))
    .min(1, 'Name at least one metric.')
    .describe('Figures to answer with.'),
  dimensions: z.array(nameOf('dimension', dimensionNames)).default([]).describe('What to split them by.'),
  filters: z.array(z.unknown()).default([]),
  date_range: z.union([z.enum(RANGE_NAMES), pair], {
    error: ({ input }) =>
      input === undefined
        ? 'Say which dates: the name of a range, or [from, to].'
        : `${shown(input)} is neither the name of a range nor [from, to].`,
  }),
  order_by: z.array(z.tuple([z.string(), z.enum(['asc', 'desc'])])).optional(),
  compare: z
    .union([z.enum(['previous', 'year']), pair], {
      error: ({ input }) => `${shown(input)} is neither previous, year nor [from, to].`,
    })
    .nullish(),
  sides: z
    .union(
      [
        z.enum(['organic', 'with_paid']),
        z.strictObject({
          search: z.array(channel).max(MAX_CHANNELS),
          social: z.array(channel).max(MAX_CHANNELS),
        }),
      ],
      { error: ({ input }) => `${shown(input)} is neither organic, with_paid nor { search, social }.` },
    )
    .default('organic'),
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: z.int().min(0).default(0),
})
