import { z } from '@hono/zod-openapi'
import { GOAL_COUNTS, GOAL_LIMITS, PROP_OPERATORS, TARGET_TYPES } from '../domain/goals/goal.ts'
import { MAX_PATTERN_LENGTH } from '../domain/pages/page-pattern.ts'

/** Goals for the API's description. `parseGoals` is what reads them. */
const text = (maxLength: number, description?: string) => ({
  type: 'string' as const,
  maxLength,
  ...(description && { description }),
})
const page = text(
  MAX_PATTERN_LENGTH,
  '`/path` on any host or `host/path`; `*` is any text within a segment, `**` across; `/a/**` is `/a` and all below.',
)
const target = text(
  MAX_PATTERN_LENGTH,
  'Where it leads, by the same kind of pattern, or a telephone number; every one where it is left out.',
)
const props = {
  type: 'array' as const,
  maxItems: GOAL_LIMITS.props,
  description: 'Conditions on the event’s properties; all must hold. Values are OR-ed, `(none)` is absent.',
  items: {
    type: 'object' as const,
    properties: {
      key: text(GOAL_LIMITS.propKeyLength),
      operator: { type: 'string' as const, enum: [...PROP_OPERATORS] },
      values: { type: 'array' as const, items: text(GOAL_LIMITS.propValueLength), minItems: 1 },
    },
    required: ['key', 'operator', 'values'],
    additionalProperties: false,
  },
}

function way(types: readonly string[], properties: Record<string, object>, required: readonly string[] = []) {
  return {
    type: 'object' as const,
    properties: { type: { type: 'string' as const, enum: [...types] }, ...properties },
    required: ['type', ...required],
    additionalProperties: false,
  }
}

const single = [
  way(['page'], { page }, ['page']),
  way(['event'], { name: text(GOAL_LIMITS.nameLength), page, props }, ['name']),
  way(TARGET_TYPES, { target, page }),
]

/** JSON Schema of a goal's fields, without `id`. */
export const goalProperties = {
  name: text(GOAL_LIMITS.nameLength, 'Unique within the site, whatever the case.'),
  template: { type: ['string', 'null'] as ('string' | 'null')[], default: null },
  match: {
    description:
      'What reaches the goal. `any` is reached by any of its ways; `external` by a conversion that another system ' +
      'reports under the goal’s name.',
    oneOf: [
      ...single,
      way(['any'], { of: { type: 'array' as const, items: { oneOf: single }, minItems: 1 } }, ['of']),
      way(['external'], {}),
    ],
    example: { type: 'page', page: '/test-drive/thank-you' },
  },
  value: {
    type: 'object' as const,
    description:
      'What a conversion is worth: nothing, `amount` in the site’s currency, or what the event tells.',
    properties: {
      type: { type: 'string' as const, enum: ['none', 'fixed', 'event'] },
      amount: { type: 'number' as const, minimum: 0 },
    },
    required: ['type'],
    additionalProperties: false,
    default: { type: 'none' },
  },
  count: { type: 'string' as const, enum: [...GOAL_COUNTS], default: 'session' },
}

export const goalTemplatesSchema = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        match: z.any().openapi(goalProperties.match),
        value: z.any().openapi(goalProperties.value),
        count: z.enum(GOAL_COUNTS),
      }),
    ),
  })
  .openapi('GoalTemplates')
