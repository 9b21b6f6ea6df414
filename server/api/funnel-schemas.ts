import { z } from '@hono/zod-openapi'
import { MAX_PATTERN_LENGTH } from '../domain/pages/page-pattern.ts'
import { funnelSchema, MAX_STEPS, MIN_STEPS } from '../reports/funnel/schema.ts'
import { metaSchema } from './meta-schema.ts'

/** The request and answer of a way, for the API's description. `parseFunnel` is what reads requests. */

const text = { type: 'string' as const, minLength: 1 }
const step = {
  oneOf: [
    {
      type: 'object' as const,
      properties: {
        click: {
          type: 'object' as const,
          properties: { link: { ...text, description: 'domain/slug' }, platform: text, campaign: text },
          additionalProperties: false,
          description: 'A click of a short link; all that is named must hold.',
        },
      },
      required: ['click'],
      additionalProperties: false,
    },
    {
      type: 'object' as const,
      properties: {
        page: {
          ...text,
          maxLength: MAX_PATTERN_LENGTH,
          description: '`/path` on any host or `host/path`; `*` is any text within a segment, `**` across.',
        },
      },
      required: ['page'],
      additionalProperties: false,
    },
    {
      type: 'object' as const,
      properties: { goal: { ...text, description: 'Name of a goal of the site.' } },
      required: ['goal'],
      additionalProperties: false,
    },
  ],
}

/** JSON Schema of a question about a way, with its steps and filters. */
export function funnelJsonSchema(): Record<string, unknown> {
  const { $schema: _, properties, ...schema } = z.toJSONSchema(funnelSchema, { io: 'input' })
  return {
    ...schema,
    properties: {
      ...properties,
      steps: { type: 'array', items: step, minItems: MIN_STEPS, maxItems: MAX_STEPS },
      filters: {
        type: 'array',
        items: { $ref: '#/components/schemas/Filter' },
        default: [],
        description: 'About the first step, AND-ed.',
      },
    },
    example: {
      date_range: '28d',
      steps: [{ click: { platform: 'instagram' } }, { page: '/dealers/**' }, { goal: 'test drive booked' }],
      order: 'loose',
      window: { value: 7, unit: 'days' },
      split: 'campaign',
    },
  }
}

const steps = z.array(
  z.object({
    name: z.string(),
    visitors: z.int(),
    rate_from_start: z.number().nullable(),
    rate_from_previous: z.number().nullable(),
    median_seconds_from_previous: z.number().nullable(),
  }),
)

export const funnelAnswerSchema = z
  .object({
    steps,
    split: z.array(z.object({ key: z.string(), steps })).optional(),
    meta: metaSchema,
  })
  .openapi('FunnelAnswer')
