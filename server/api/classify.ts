import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { SiteRules } from '../domain/rules/compile.ts'
import { createVisitClassifier, type VisitClassifier } from '../domain/visit/classify-visit.ts'
import { type VisitInput, visitInputSchema } from '../domain/visit/visit-input.ts'
import { loadFacts } from '../facts/load.ts'
import { HttpProblem, problem, problemResponse } from './problem.ts'
import { fieldProblems, refuseInvalid } from './validation.ts'

export interface ClassifyDeps {
  /** A site's hosts and its own rules; null where there is no such site. */
  siteOf(name: string): Promise<{ hostnames: readonly string[]; rules: SiteRules } | null>
}

const MAX_ITEMS = 1000
/** A thousand visits with addresses, referrers and user agents as long as stored ones may be: 3.8 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

const batchSchema = z.strictObject({ items: z.array(visitInputSchema).min(1).max(MAX_ITEMS) })

const labelSchema = z
  .object({
    channel: z.string(),
    side: z.enum(['Search', 'Social', 'Other']),
    sideWithPaid: z.enum(['Search', 'Social', 'Other']),
    source: z.string(),
    medium: z.string(),
    campaign: z.string(),
    term: z.string(),
    content: z.string(),
    platform: z.string(),
    tool: z.string(),
    clickIdKind: z.string(),
    inApp: z.string(),
    device: z.string(),
    browser: z.string(),
    os: z.string(),
    bot: z.boolean().nullable().describe('Null where nothing was said of the sender: no `userAgent`.'),
    botReason: z.string(),
    botClass: z.string(),
    rule: z.string(),
    rulesVersion: z.int(),
    evidence: z
      .array(
        z.object({
          about: z.enum(['channel', 'bot']),
          from: z.string(),
          value: z.string(),
          says: z.string(),
          decided: z.boolean(),
        }),
      )
      .optional(),
  })
  .openapi('VisitLabel')

const classifyRoute = createRoute({
  method: 'post',
  path: '/api/v1/classify',
  summary: 'Say where a visit came from, whether a person sent it, and why',
  description: `One visit, or \`{ items: [...] }\` with at most ${MAX_ITEMS}. Nothing is stored. With \`site\`, its hosts and its own rules count too; \`evidence=false\` leaves out why.`,
  tags: ['Classification'],
  request: {
    query: z.object({
      site: z.string().optional(),
      evidence: z.enum(['true', 'false']).optional(),
    }),
    body: { required: true, content: { 'application/json': { schema: bodyJsonSchema() } } },
  },
  responses: {
    200: {
      description: 'The label; for `items` the labels in their order.',
      content: {
        'application/json': { schema: z.union([labelSchema, z.object({ items: z.array(labelSchema) })]) },
      },
    },
    400: problemResponse('A field is unknown or of the wrong type; `errors` names it.'),
    404: problemResponse('There is no such site.'),
    413: problemResponse('The body is longer than 4 MB.'),
    415: problemResponse('The body is not JSON.'),
  },
})

/** `POST /api/v1/classify`. */
export function classifyRoutes(deps: ClassifyDeps): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })
  let made: VisitClassifier | undefined
  /** Made when it is first asked for: most processes never are. */
  const classifier = (): VisitClassifier => {
    made ??= createVisitClassifier(loadFacts())
    return made
  }
  app.use(
    classifyRoute.path,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024 / 1024} MB.`),
    }),
  )
  app.openapi(classifyRoute, async (c) => {
    const query = c.req.valid('query')
    const body = readBody(c.req.header('content-type'), await c.req.text())
    const site = query.site === undefined ? undefined : await deps.siteOf(query.site)
    if (site === null) throw new HttpProblem(404, `There is no site "${query.site}".`)
    const label = (visit: VisitInput) =>
      classifier()(site ? { ...visit, siteHosts: [...(visit.siteHosts ?? []), ...site.hostnames] } : visit, {
        evidence: query.evidence !== 'false',
        ...(site && { rules: site.rules }),
      })
    return 'items' in body ? c.json({ items: body.items.map(label) }, 200) : c.json(label(body), 200)
  })
  return app
}

/** @throws HttpProblem that names the fields at fault. */
function readBody(contentType: string | undefined, text: string): VisitInput | z.output<typeof batchSchema> {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    throw new HttpProblem(415, 'Send the visit as application/json.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const message = `This is not JSON: ${error instanceof Error ? error.message : String(error)}.`
    throw new HttpProblem(400, message, [{ field: 'body', message }])
  }
  const isBatch = typeof value === 'object' && value !== null && 'items' in value
  const read = isBatch ? batchSchema.safeParse(value) : visitInputSchema.safeParse(value)
  if (read.success) return read.data
  const errors = fieldProblems(read.error)
  throw new HttpProblem(
    400,
    `The visit cannot be read: ${errors.map(({ field }) => field).join(', ')}.`,
    errors,
  )
}

function bodyJsonSchema(): Record<string, unknown> {
  const one = z.toJSONSchema(visitInputSchema, { io: 'input' })
  const many = z.toJSONSchema(batchSchema, { io: 'input' })
  for (const schema of [one, many]) delete schema.$schema
  return {
    oneOf: [one, many],
    example: {
      url: 'https://cars.example/?utm_source=ig&utm_medium=social',
      referrer: 'https://l.instagram.com/',
      userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
    },
  }
}
