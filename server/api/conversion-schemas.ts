import { z } from '@hono/zod-openapi'
import { parseValue } from '../domain/conversions/value.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { instant, line } from './fields.ts'
import { type FieldProblem, problemSchema } from './problem.ts'

/** Conversions of one message. */
export const MAX_CONVERSIONS = 1000
/** What `UInt32` holds. */
const MAX_VERSION = 2 ** 32 - 1
const STATUSES = ['confirmed', 'cancelled'] as const
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

const value = z
  .union([z.number(), z.string().max(50)], 'Write a number, or a decimal text.')
  .transform((told, context) => {
    const parsed = parseValue(told)
    if (parsed.ok) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.message })
    return z.NEVER
  })

const props = z
  .record(
    z.string().min(1).max(limits.propNameChars),
    z.union(
      [line(limits.propValueChars), z.number(), z.boolean()],
      `Write a line of at most ${limits.propValueChars} characters, a number, true or false.`,
    ),
  )
  .refine((told) => Object.keys(told).length <= limits.eventProps, `At most ${limits.eventProps} properties.`)

/** One conversion as another system tells it. What may be left out may be null too. */
export const toldConversionSchema = z.strictObject({
  goal: line(limits.eventNameChars).min(1).describe('Name of a goal of the site whose match is `external`.'),
  time: instant.describe('When it happened, ISO 8601 with `Z` or an offset; at most five minutes ahead.'),
  value: value
    .nullish()
    .describe('At least 0, with at most four decimal places: a number, or a decimal text for exactness.'),
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .refine((code) => CURRENCIES.has(code), 'Write the ISO 4217 code of a currency, as EUR.')
    .nullish()
    .describe('ISO 4217; the site’s own where it is left out. Another one is kept and never summed with it.'),
  key: line(limits.eventKeyChars)
    .min(1)
    .describe('Your own id of what happened, unique within the site: the same key counts once.'),
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .nullish()
    .describe('1 where it is left out. Of one key the highest counts.'),
  status: z.enum(STATUSES).nullish().describe('`cancelled` takes it back; send a higher `version` with it.'),
  clickId: z
    .string()
    .trim()
    .min(1)
    .max(limits.clickIdBytes)
    .nullish()
    .describe('As the landing page had it.'),
  visitorId: z
    .string()
    .trim()
    .regex(/^[0-9a-f]{16}$/, 'A visitor id is 16 lower-case hex digits.')
    .nullish()
    .describe('Visitor key, as exports show it.'),
  externalId: z
    .string()
    .min(1)
    .max(limits.externalIdChars)
    .nullish()
    .describe('What the page told by `identify` after consent. Only a hash of it is kept.'),
  props: props.nullish(),
})

const JSON_OF = { io: 'input', unrepresentable: 'any' } as const
const { $schema: _, ...item } = z.toJSONSchema(toldConversionSchema, JSON_OF)
const EXAMPLE = {
  goal: 'Car sold',
  time: '2026-11-20T16:05:00+01:00',
  value: '38450.00',
  currency: 'EUR',
  key: 'order-10023',
  externalId: 'customer-77',
}

/** JSON Schema of what is posted; `readJsonConversions` is what reads it. */
export const postedJsonSchema: Record<string, unknown> = {
  oneOf: [
    { ...item, properties: { site: { type: 'string', default: 'default' }, ...item.properties } },
    {
      type: 'object',
      properties: {
        site: { type: 'string', default: 'default' },
        conversions: { type: 'array', items: item, minItems: 1, maxItems: MAX_CONVERSIONS },
      },
      required: ['conversions'],
      additionalProperties: false,
    },
  ],
  example: EXAMPLE,
}

const conversionFields = {
  id: z.string().describe('The conversion’s hit, 32 hex digits: it follows from site, key and version.'),
  key: z.string(),
  version: z.int(),
  goal: z.string(),
  status: z.enum(STATUSES),
  time: z.iso.datetime(),
  value: z.number().nullable(),
  currency: z.string().nullable(),
}

export const takenConversionSchema = z
  .object({ ...conversionFields, receivedAt: z.iso.datetime().describe('When this version was first told.') })
  .openapi('Conversion')
export type TakenConversion = z.infer<typeof takenConversionSchema>

const conversionProblemSchema = z.object({
  detail: z.string(),
  errors: problemSchema.shape.errors,
  presentVersion: z.int().optional().describe('With 409: the version that counts now.'),
})
export interface ConversionProblem {
  detail: string
  errors: readonly FieldProblem[]
  presentVersion?: number
}

const resultSchema = z.object({
  index: z.int().describe('Place among what was sent, from 0.'),
  line: z.int().optional().describe('Of the CSV file, from 1.'),
  status: z.int().describe('As HTTP would answer this one alone: 201, 200, 400, 409 or 503.'),
  conversion: takenConversionSchema.optional(),
  problem: conversionProblemSchema.optional(),
})
export interface ConversionResult {
  index: number
  line?: number
  status: number
  conversion?: TakenConversion
  problem?: ConversionProblem
}

export const batchAnswerSchema = z
  .object({
    summary: z.object({
      created: z.int().describe('New.'),
      replaced: z.int().describe('A higher version of what was known.'),
      repeated: z.int().describe('Told before, the same: nothing has changed.'),
      refused: z.int().describe('Wrong (400) or at odds with what is known (409).'),
      delayed: z.int().describe('Could not be taken just now (503): send them again.'),
    }),
    results: z
      .array(resultSchema)
      .describe('One for each conversion sent; of a CSV file those that were not taken, at most 1,000.'),
  })
  .openapi('ConversionResults')
export interface BatchAnswer {
  summary: z.infer<typeof batchAnswerSchema>['summary']
  results: readonly ConversionResult[]
}

/** Why a conversion is tied to no visit. */
export const UNMATCHED_REASONS = [
  'no_goal',
  'before_click',
  'forged',
  'link_only',
  'no_click',
  'no_visitor',
  'no_identity',
  'no_id',
] as const
export type UnmatchedReason = (typeof UNMATCHED_REASONS)[number]

export const listConversionsQuery = z.strictObject({
  site: z.string().min(1).max(255).default('default').openapi({ description: 'Name of the site.' }),
  status: z.enum(['all', 'matched', 'unmatched']).default('all').openapi({
    description: 'Cancelled ones stand among `all` only.',
  }),
  cursor: z.string().optional().openapi({ description: '`nextCursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

export const listedConversionSchema = z
  .object({
    ...conversionFields,
    matched: z.boolean(),
    reason: z
      .enum(UNMATCHED_REASONS)
      .nullable()
      .describe('Why it is not matched; null where it is, or was cancelled.'),
    visit: z
      .object({
        sessionId: z
          .string()
          .nullable()
          .describe('Null where it is tied to a click that no session is known of.'),
        channel: z.string(),
        source: z.string(),
        campaign: z.string(),
        link: z.string(),
      })
      .nullable(),
  })
  .openapi('ListedConversion')
export type ListedConversion = z.infer<typeof listedConversionSchema>

export const conversionPageSchema = z
  .object({
    data: z.array(listedConversionSchema),
    nextCursor: z.string().nullable(),
    completeUntil: z.iso.datetime().describe('What was told before this instant is among them.'),
  })
  .openapi('ConversionPage')
