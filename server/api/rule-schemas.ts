import { z } from '@hono/zod-openapi'
import { RULE_FIELDS, RULE_LIMITS, RULE_OPERATORS } from '../domain/rules/rule.ts'
import { RANGE_NAMES } from '../reports/time/date-range.ts'

/** Requests and answers about a site's own rules, for the API's description. `parseRules` is what reads rules. */

const condition = { $ref: '#/components/schemas/RuleCondition' }

function group(key: 'and' | 'or' | 'not') {
  const list = { type: 'array' as const, items: condition, minItems: 1 }
  return {
    type: 'object' as const,
    properties: { [key]: key === 'not' ? condition : list },
    required: [key],
    additionalProperties: false,
  }
}

const conditionComponent = {
  description:
    `A test, or a group of conditions, up to ${RULE_LIMITS.depth} deep. Values are OR-ed; \`(none)\` (of a country ` +
    '`(unknown)`) is what is absent. `is`, `is_not` and `contains` ignore case. A `referrer_host` is a host or any ' +
    'below it. `matches` takes the common part of RE2, unanchored, `(?i)` at its beginning to ignore case. `channel`, ' +
    '`source`, `medium`, `campaign` and `platform` are read as the built-in rules read them.',
  oneOf: [
    {
      type: 'object' as const,
      properties: {
        field: { type: 'string' as const, enum: [...RULE_FIELDS] },
        operator: { type: 'string' as const, enum: [...RULE_OPERATORS] },
        values: { type: 'array' as const, items: { type: 'string' as const }, minItems: 1 },
      },
      required: ['field', 'operator', 'values'],
      additionalProperties: false,
      example: { field: 'referrer_host', operator: 'is', values: ['partner.example'] },
    },
    group('and'),
    group('or'),
    group('not'),
  ],
}

const outcomeComponent = {
  type: 'object' as const,
  description:
    'A built-in channel or a name of your own, a source, or both; what is left out stays as the built-in rules found ' +
    'it. `side` is for a channel of your own: Other where it is left out.',
  properties: {
    channel: { type: 'string' as const, maxLength: RULE_LIMITS.channelLength },
    source: { type: 'string' as const, maxLength: RULE_LIMITS.sourceLength },
    side: { type: 'string' as const, enum: ['Search', 'Social', 'Other'] },
  },
  minProperties: 1,
  additionalProperties: false,
  example: { channel: 'Partners' },
}

const ruleProperties = {
  id: { type: 'integer' as const, description: 'Left out for a new rule.' },
  name: { type: 'string' as const, maxLength: RULE_LIMITS.nameLength },
  enabled: { type: 'boolean' as const, default: true },
  when: condition,
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  then: { $ref: '#/components/schemas/RuleOutcome' },
}

/** What the description of these routes refers to, by name. */
export const ruleComponents = {
  RuleCondition: conditionComponent,
  RuleOutcome: outcomeComponent,
  Rule: { type: 'object' as const, properties: ruleProperties, required: ['name', 'when', 'then'] },
}

const rule = { $ref: '#/components/schemas/Rule' }
/** Described in full and taken as it comes, since only `parseRules` can name the part that is wrong. */
const rules = z.unknown().openapi({ type: 'array', items: rule, maxItems: RULE_LIMITS.rules })

export const ruleListSchema = z
  .object({
    revision: z.int().openapi({ description: 'Grows with every change of the list.' }),
    rules: z.array(z.any().openapi(rule)).openapi({ description: 'In the order in which they are tried.' }),
  })
  .openapi('RuleList')

export const replaceSchema = z
  .strictObject({
    revision: z.int().min(0).openapi({ description: 'The revision that the list is based on.' }),
    rules,
  })
  .openapi('RuleListChange')

const position = z.int().min(0).optional().openapi({
  description: 'Place in the order, from 0; a new rule stands last where it is left out.',
})

/** A rule, with the place that it shall have. */
export const placedRuleSchema = z.looseObject({ position }).openapi({
  type: 'object',
  properties: { ...ruleProperties, position: { type: 'integer', minimum: 0 } },
})

export const trySchema = z
  .strictObject({
    rules,
    date_range: z
      .union([z.enum(RANGE_NAMES), z.tuple([z.string(), z.string()])])
      .default('30d')
      .openapi({ description: 'As a question’s.' }),
  })
  .openapi('RuleTrialRequest')

const counts = { arrivals: z.int(), clicks: z.int() }
const label = z.object({ channel: z.string(), source: z.string() })

export const trialSchema = z
  .object({
    sentence: z.string().openapi({ example: 'Would move 1,204 arrivals from Referral to Partners.' }),
    moves: z.array(z.object({ from: label, to: label, rule: z.int().nullable(), ...counts })),
    totalMoves: z.int(),
    totals: z.object({ all: z.object(counts), moved: z.object(counts) }),
    rules: z.array(z.object({ name: z.string(), enabled: z.boolean(), ...counts })),
    meta: z.object({ timezone: z.string(), from: z.string(), to: z.string() }),
  })
  .openapi('RuleTrial')
