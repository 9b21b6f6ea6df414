import { z } from '@hono/zod-openapi'
import { questionSchema } from '../reports/parse/schema.ts'
import { OPERATORS } from '../reports/registry/operators.ts'
import { metaSchema } from './meta-schema.ts'

/** The request and answer of a query, for the API's description. `parseQuestion` is what reads requests. */

const dates = z.tuple([z.string(), z.string()])
const filter = { $ref: '#/components/schemas/Filter' }

export const filterComponent = {
  description:
    '`[operator, dimension, values]` with values OR-ed, or a group: `["and" | "or", filters]`, `["not", filter]`.',
  oneOf: [
    {
      type: 'array' as const,
      prefixItems: [
        { type: 'string' as const, enum: [...OPERATORS.keys()] },
        { type: 'string' as const },
        { type: 'array' as const, items: { type: 'string' as const } },
      ],
      minItems: 3,
      maxItems: 3,
    },
    {
      type: 'array' as const,
      prefixItems: [
        { type: 'string' as const, enum: ['and', 'or'] },
        { type: 'array' as const, items: filter },
      ],
      minItems: 2,
      maxItems: 2,
    },
    {
      type: 'array' as const,
      prefixItems: [{ type: 'string' as const, enum: ['not'] }, filter],
      minItems: 2,
      maxItems: 2,
    },
  ],
}

/** JSON Schema of a question, with its filters. */
export function questionJsonSchema(): Record<string, unknown> {
  const { $schema: _, properties, ...schema } = z.toJSONSchema(questionSchema, { io: 'input' })
  return {
    ...schema,
    properties: {
      ...properties,
      filters: { type: 'array', items: filter, default: [], description: 'AND-ed.' },
    },
    example: {
      metrics: ['arrivals', 'clicks'],
      dimensions: ['landing_page', 'side'],
      filters: [['is', 'platform', ['instagram', 'tiktok']]],
      date_range: '28d',
      compare: 'previous',
    },
  }
}

const figures = z.array(z.number().nullable())

export const answerSchema = z
  .object({
    results: z.array(
      z.object({
        dimensions: z.array(z.string()),
        metrics: figures,
        compare: z.object({ metrics: figures }).optional(),
      }),
    ),
    meta: metaSchema,
    query: z.object({
      site: z.string(),
      metrics: z.array(z.string()),
      dimensions: z.array(z.string()),
      filters: z.array(z.any().openapi({ ...filter })),
      date_range: dates,
      order_by: z.array(z.tuple([z.string(), z.enum(['asc', 'desc'])])),
      sides: z.union([
        z.enum(['organic', 'with_paid']),
        z.object({ search: z.array(z.string()), social: z.array(z.string()) }),
      ]),
      limit: z.int(),
      offset: z.int(),
      compare: dates.nullable(),
    }),
  })
  .openapi('QueryAnswer')

const tables = z.array(z.enum(['hits', 'sessions', 'conversions']))

export const registrySchema = z
  .object({
    metrics: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        kind: z.enum(['count', 'distinct', 'ratio']).openapi({ description: 'Only a count adds up.' }),
        unit: z.enum(['number', 'rate', 'seconds', 'money']),
        tables: tables.openapi({
          description: 'What it is counted over: it may be split only by dimensions that all of these have.',
        }),
      }),
    ),
    dimensions: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        kind: z.enum(['text', 'time']),
        filterable: z.boolean(),
        absent: z.string().nullable(),
        tables,
      }),
    ),
    operators: z.array(z.object({ name: z.string(), description: z.string() })),
    dateRanges: z.array(z.string()),
    channels: z.array(z.string()),
    maxLimit: z.int(),
  })
  .openapi('Registry')
