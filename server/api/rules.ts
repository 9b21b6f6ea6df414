import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { Control, RuleList } from '../control/control.ts'
import { parseRules } from '../domain/rules/parse.ts'
import type { Rule, RuleDraft } from '../domain/rules/rule.ts'
import type { Site } from '../domain/site.ts'
import { tryRules } from '../reports/rule-trial.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { idParam } from './fields.ts'
import { type FieldProblem, HttpProblem, problem, problemResponse } from './problem.ts'
import { refusal } from './query.ts'
import {
  placedRuleSchema,
  replaceSchema,
  ruleComponents,
  ruleListSchema,
  trialSchema,
  trySchema,
} from './rule-schemas.ts'
import { refuseInvalid } from './validation.ts'

export interface RuleDeps {
  control: Pick<Control, 'sites' | 'rules'>
  warehouse: Warehouse
  /** Unix milliseconds; the clock where it is left out. */
  now?(): number
}

const PATH = '/api/v1/sites/{id}/rules'
const tags = ['Rules']
/** Its values, percent-encoded, still fit a request to a ClickHouse server. */
const MAX_BODY_BYTES = 256 * 1024
const MAX_PROBLEMS = 100
const middleware = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024} kB.`),
})

const params = idParam('site')
const ruleParams = params.extend({
  ruleId: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'An id is a whole number.')
    .transform(Number)
    .openapi({ param: { name: 'ruleId', in: 'path' }, type: 'integer', description: 'Id of the rule.' }),
})
const list = (description: string) => ({
  description,
  content: { 'application/json': { schema: ruleListSchema } },
})
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})
const BAD_REQUEST = problemResponse('The rules cannot be taken; `errors` names the fields.')
const NO_SITE = problemResponse('There is no such site.')
const NO_RULE = problemResponse('There is no such site or rule.')

const readRules = createRoute({
  method: 'get',
  path: PATH,
  summary: 'Read a site’s own rules',
  description:
    'The first enabled rule whose condition holds decides a hit’s channel, source or both, before the built-in rules.',
  tags,
  request: { params },
  responses: { 200: list('The ordered list.'), 400: BAD_REQUEST, 404: NO_SITE },
})

const replaceRules = createRoute({
  method: 'put',
  path: PATH,
  summary: 'Replace a site’s own rules',
  description:
    'The whole list at once. New hits are judged by it within seconds; history when it is judged again.',
  tags,
  middleware,
  request: { params, ...body(replaceSchema) },
  responses: {
    200: list('The list as it is now.'),
    400: BAD_REQUEST,
    404: NO_RULE,
    409: problemResponse('The list has moved on from `revision`.'),
    413: problemResponse('The list is longer than 256 kB.'),
  },
})

const addRule = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Add a rule',
  tags,
  middleware,
  request: { params, ...body(placedRuleSchema) },
  responses: { 201: list('The list as it is now.'), 400: BAD_REQUEST, 404: NO_SITE },
})

const editRule = createRoute({
  method: 'patch',
  path: `${PATH}/{ruleId}`,
  summary: 'Edit or move a rule',
  description: 'What is left out stays.',
  tags,
  middleware,
  request: { params: ruleParams, ...body(placedRuleSchema) },
  responses: { 200: list('The list as it is now.'), 400: BAD_REQUEST, 404: NO_RULE },
})

const removeRule = createRoute({
  method: 'delete',
  path: `${PATH}/{ruleId}`,
  summary: 'Remove a rule',
  tags,
  request: { params: ruleParams },
  responses: { 200: list('The list as it is now.'), 400: BAD_REQUEST, 404: NO_RULE },
})

const tryRoute = createRoute({
  method: 'post',
  path: `${PATH}/try`,
  summary: 'Try rules against what is stored',
  description: 'Says what they would move, over the last 30 days unless told otherwise. Nothing is saved.',
  tags,
  middleware,
  request: { params, ...body(trySchema) },
  responses: {
    200: { description: 'What would move.', content: { 'application/json': { schema: trialSchema } } },
    400: BAD_REQUEST,
    404: NO_SITE,
    422: problemResponse('The range is too heavy for the engine’s limits of time and memory.'),
    503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
  },
})

/** `/api/v1/sites/{id}/rules`: the site's own channel and source rules. */
export function ruleRoutes({ control, warehouse, now = Date.now }: RuleDeps): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })
  for (const [name, component] of Object.entries(ruleComponents)) {
    app.openAPIRegistry.registerComponent('schemas', name, component)
  }

  app.openapi(readRules, async (c) => {
    const { id } = await siteOf(control, c.req.valid('param').id)
    return c.json(shown(await control.rules.of(id)), 200)
  })

  app.openapi(replaceRules, async (c) => {
    const { revision, rules } = c.req.valid('json')
    const drafts = taken(rules)
    const changed = await control.rules.change(
      c.req.valid('param').id,
      (current) => refuseStrangers(drafts, current),
      revision,
    )
    return c.json(shown(changed), 200)
  })

  app.openapi(addRule, async (c) => {
    const { position, ...rule } = c.req.valid('json')
    const changed = await control.rules.change(c.req.valid('param').id, (current) =>
      placed(current, { ...rule, id: null }, position ?? current.length),
    )
    return c.json(shown(changed), 201)
  })

  app.openapi(editRule, async (c) => {
    const { id, ruleId } = c.req.valid('param')
    const { position, ...change } = c.req.valid('json')
    const changed = await control.rules.change(id, (current) => {
      const index = indexOf(current, ruleId)
      const others = current.filter((_, at) => at !== index)
      return placed(others, { ...current[index], ...change, id: ruleId }, position ?? index)
    })
    return c.json(shown(changed), 200)
  })

  app.openapi(removeRule, async (c) => {
    const { id, ruleId } = c.req.valid('param')
    const changed = await control.rules.change(id, (current) => {
      const index = indexOf(current, ruleId)
      return current.filter((_, at) => at !== index)
    })
    return c.json(shown(changed), 200)
  })

  app.openapi(tryRoute, async (c) => {
    const { rules, date_range } = c.req.valid('json')
    const site = await siteOf(control, c.req.valid('param').id)
    const drafts = taken(rules)
    try {
      const context = { warehouse, site, now: now(), signal: c.req.raw.signal }
      return c.json(await tryRules(drafts, date_range, context), 200)
    } catch (error) {
      return refusal(c, error) as never
    }
  })

  return app
}

function shown({ revision, rules }: RuleList): { revision: number; rules: Rule[] } {
  return { revision, rules: [...rules] }
}

async function siteOf(control: RuleDeps['control'], id: number): Promise<Site> {
  const site = await control.sites.byId(id)
  if (site === null) throw new HttpProblem(404, `There is no site ${id}.`)
  return site
}

/** @throws {HttpProblem} 404. */
function indexOf(rules: readonly Rule[], id: number): number {
  const index = rules.findIndex((rule) => rule.id === id)
  if (index < 0) throw new HttpProblem(404, `The site has no rule ${id}.`)
  return index
}

/** @throws {HttpProblem} 400 for an id that no rule of the site has. */
function refuseStrangers(drafts: readonly RuleDraft[], current: readonly Rule[]): readonly RuleDraft[] {
  const problems = drafts.flatMap(({ id }, index) => {
    if (id === null || current.some((rule) => rule.id === id)) return []
    const message = `The site has no rule ${id}; leave the id out for a new one.`
    return [{ field: `rules[${index}].id`, message }]
  })
  if (problems.length > 0) throw refused(problems)
  return drafts
}

/** The list with one rule, as it was sent, at its place. Problems are named by the fields of that one rule. */
function placed(others: readonly Rule[], rule: Record<string, unknown>, position: number): RuleDraft[] {
  const at = Math.min(position, others.length)
  const parsed = parseRules([...others.slice(0, at), rule, ...others.slice(at)], 'rules')
  if (parsed.ok) return parsed.rules
  const own = `rules[${at}].`
  throw refused(
    parsed.problems.map((one) => ({
      ...one,
      field: one.field.startsWith(own) ? one.field.slice(own.length) : 'body',
    })),
  )
}

/** @throws {HttpProblem} 400 that names everything that is wrong. */
function taken(rules: unknown): RuleDraft[] {
  const parsed = parseRules(rules, 'rules')
  if (parsed.ok) return parsed.rules
  throw refused(parsed.problems)
}

function refused(problems: readonly FieldProblem[]): HttpProblem {
  const named = problems.slice(0, MAX_PROBLEMS)
  return new HttpProblem(400, `The rules cannot be taken: ${named[0]?.field}: ${named[0]?.message}`, named)
}
