import { z } from '@hono/zod-openapi'
import { MODELS } from '../domain/attribution/contract.ts'
import { GRAINS } from '../reports/attribution/contract.ts'
import { attributionSchema, pathsSchema } from '../reports/attribution/schema.ts'
import { metaSchema } from './meta-schema.ts'

/** The requests and answers about credit, for the API's description. `parseAttribution` is what reads requests. */

/** JSON Schema of a question about credit. */
export function attributionJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(attributionSchema, { io: 'input' })
  return {
    ...schema,
    example: {
      date_range: '90d',
      goal: 'test drive booked',
      grain: 'channel',
      models: ['last', 'linear', 'markov'],
      window: 30,
      options: { collapse: true, order: 2 },
      paths: 20,
    },
  }
}

/** JSON Schema of a question about paths. */
export function pathsJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(pathsSchema, { io: 'input' })
  return { ...schema, example: { date_range: '90d', grain: 'source', window: 7, limit: 1000 } }
}

const about = (description: string) => ({ description })
const share = z.number().nullable()

const credit = z.object({
  conversions: z.number().openapi(about('Below 0 only by shapleyRate.')),
  value: z.number(),
  conversionShare: share.openapi(about('Of all conversions; null where there are none.')),
  valueShare: share.openapi(about('Of all value; null where there is none.')),
})

const row = z.object({
  key: z
    .string()
    .openapi(about('A channel, source … by `grain`; `(no touch)`, always last, had none in the window.')),
  credits: z
    .object(Object.fromEntries(MODELS.map((model) => [model, credit.optional()])))
    .openapi(about('By each model that was asked for.')),
  assisted: z
    .object({
      conversions: z.number(),
      value: z.number(),
      lastConversions: z
        .number()
        .openapi(about('Conversions whose last touch it was, those that it also assisted among them.')),
      ratio: z.number().nullable().openapi(about('conversions ÷ lastConversions.')),
    })
    .nullable()
    .openapi(about('Conversions with a touch of it before the last one, counted once each.')),
  removalEffect: z
    .object({ conversions: z.number(), value: z.number() })
    .nullable()
    .openapi(
      about('Share that would be lost without it, by the Markov chain; null where markov was not asked.'),
    ),
})

const pathRow = z.object({
  path: z.array(z.string()).openapi(about('Keys of the touches, oldest first.')),
  conversions: z.number(),
  value: z.number(),
  nulls: z
    .number()
    .nullable()
    .openapi(about('Journeys with the same touches that did not convert; null where these are not used.')),
  share: share.openapi(about('Of all conversions with a touch.')),
  secondsToConvert: z.number().nullable().openapi(about('Mean, from the first touch to the conversion.')),
})

const spread = z.object({ mean: z.number(), median: z.number() }).nullable()

const statistics = z.object({
  length: spread.openapi(about('Touches of a path, after the options.')),
  lengths: z
    .array(z.object({ touches: z.int(), conversions: z.number() }))
    .openapi(about('The last stands for all longer paths too.')),
  secondsToConvert: spread.openapi(about('From the first touch to the conversion.')),
  daysToConvert: z
    .array(z.object({ days: z.int(), conversions: z.number() }))
    .openapi(about('`days` is where a bucket begins.')),
})

const foundation = {
  totals: z
    .object({ conversions: z.number(), value: z.number() })
    .openapi(about('What is shared out: every model’s credits sum to these.')),
  coverage: z.object({
    withTouch: z.number(),
    withoutTouch: z.number(),
    oneDayHorizon: z
      .object({ conversions: z.number(), share })
      .openapi(about('By visitors without consent: nobody can see further back than that day.')),
    externallyTold: z.number().openapi(about('Told from elsewhere, and tied to a visitor.')),
    unfollowed: z
      .number()
      .openapi(
        about('Without a touch because their visitor has too many touches and conversions to follow.'),
      ),
  }),
  nulls: z
    .object({ used: z.boolean(), paths: z.number().nullable(), censoredUntil: z.string().nullable() })
    .openapi(
      about(
        'Journeys without conversion. Until `censoredUntil` they cannot be told from such as may still convert.',
      ),
    ),
  meta: metaSchema,
}

const asked = {
  site: z.string(),
  date_range: z.tuple([z.string(), z.string()]),
  goal: z.string().nullable(),
  grain: z.enum(GRAINS),
  window: z.number(),
  options: z.object({
    collapse: z.boolean(),
    direct: z.boolean(),
    nulls: z.boolean(),
    reuse: z.boolean(),
    halfLife: z.number(),
    position: z.tuple([z.number(), z.number(), z.number()]),
    order: z.int(),
  }),
  sides: z.union([
    z.enum(['organic', 'with_paid']),
    z.object({ search: z.array(z.string()), social: z.array(z.string()) }),
  ]),
}

const AS_UNDERSTOOD = about('The question as it was understood: defaults filled in, the range resolved.')

export const attributionAnswerSchema = z
  .object({
    results: z.array(row).openapi(about('Those with most credit by the last model asked for first.')),
    ...foundation,
    statistics: statistics.openapi(about('Of the paths with touches.')),
    topPaths: z.array(pathRow),
    query: z.object({ ...asked, models: z.array(z.enum(MODELS)), paths: z.int() }).openapi(AS_UNDERSTOOD),
  })
  .openapi('AttributionAnswer')

export const pathsAnswerSchema = z
  .object({
    results: z
      .array(pathRow)
      .openapi(about('Most conversions first; `meta.totalRows` says how many distinct paths there are.')),
    ...foundation,
    query: z.object({ ...asked, limit: z.int(), offset: z.int() }).openapi(AS_UNDERSTOOD),
  })
  .openapi('AttributionPaths')
