import { z } from '@hono/zod-openapi'
import { countsSchema, sidesSchema } from '../reports/side-by-side/schema.ts'
import { metaSchema } from './meta-schema.ts'

/** The request and answer of a comparison, for the API's description. `parseComparison` is what reads requests. */

const filters = (description: string) => ({
  type: 'array',
  items: { $ref: '#/components/schemas/Filter' },
  default: [],
  description,
})

/** JSON Schema of a comparison: figures of one's own, or two sets of sessions. */
export function compareJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...counts } = z.toJSONSchema(countsSchema, { io: 'input' })
  const { $schema: __, properties = {}, ...sides } = z.toJSONSchema(sidesSchema, { io: 'input' })
  const side = (description: string) => ({
    type: 'object',
    properties: {
      name: { type: 'string', description: 'How the sentence calls it.' },
      filters: filters('Which sessions stand on this side, AND-ed.'),
    },
    additionalProperties: false,
    description,
  })
  return {
    oneOf: [
      {
        ...sides,
        title: 'Two sets of sessions',
        properties: {
          ...properties,
          filters: filters('Which sessions are looked at on both sides, AND-ed.'),
          a: side('One side.'),
          b: side('The other; left out with `baseline`.'),
        },
      },
      { ...counts, title: 'Figures of your own', description: '`k` conversions of `n` sessions, k ≤ n.' },
    ],
    example: {
      date_range: '28d',
      filters: [['is', 'landing_page', ['cars.example/test-drive']]],
      goal: 'test drive booked',
      a: { filters: [['is', 'side', ['Social']]] },
      b: { filters: [['is', 'side', ['Search']]] },
    },
  }
}

const interval = z.tuple([z.number(), z.number()]).nullable().openapi({ description: '95 %: [low, high].' })
const rate = z.object({
  name: z.string().optional().openapi({ description: 'Only of sets of sessions.' }),
  k: z.int().nullable().openapi({ description: 'Sessions that converted.' }),
  n: z.int().nullable().openapi({ description: 'Sessions; null where nothing is known of them.' }),
  rate: z.number().nullable(),
  ci: interval,
})
const compared = {
  a: rate,
  b: rate,
  difference: z.object({ value: z.number().nullable(), ci: interval }).openapi({ description: 'a − b.' }),
  test: z.object({ name: z.enum(['chi-square', 'fisher']).nullable(), p: z.number().nullable() }),
  probabilityABetter: z.number().nullable(),
  enough: z.boolean(),
  neededPerSide: z.int().nullable(),
  sentence: z.string(),
}

export const comparedSchema = z
  .object({
    ...compared,
    split: z
      .array(
        z.object({
          key: z.string(),
          ...compared,
          adjusted: z.object({ holm: z.number().nullable(), benjaminiHochberg: z.number().nullable() }),
        }),
      )
      .optional(),
    meta: metaSchema
      .extend({
        baseline: z.tuple([z.string(), z.string()]).nullable(),
      })
      .optional()
      .openapi({ description: 'Only of sets of sessions.' }),
  })
  .openapi('Compared')
