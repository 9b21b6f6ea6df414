import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Control } from '../control/control.ts'
import { ControlError } from '../control/errors.ts'
import type { Site } from '../domain/site.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type PostedConversions, readCsvConversions, readJsonConversions } from './conversion-body.ts'
import { listConversions } from './conversion-list.ts'
import {
  type BatchAnswer,
  batchAnswerSchema,
  conversionPageSchema,
  listConversionsQuery,
  postedJsonSchema,
  takenConversionSchema,
} from './conversion-schemas.ts'
import { type ConversionTaker, type Result, takeConversions } from './conversion-take.ts'
import { toIso } from './fields.ts'
import { HttpProblem, problem, problemResponse } from './problem.ts'
import { refusal } from './query.ts'
import { fieldProblems } from './validation.ts'

export interface ConversionDeps {
  control: Pick<Control, 'sites' | 'goals' | 'conversions'>
  intake: ConversionTaker
  warehouse: Warehouse
  /** Unix milliseconds before which everything that was received is in the warehouse. */
  freshness(): number
  /** Unix milliseconds; the clock where it is left out. */
  now?(): number
  /** Told of what is answered with a 503, for the log. */
  onError?(error: unknown): void
}

const PATH = '/api/v1/conversions'
/** A thousand conversions with long properties, or some fifty thousand lines of a usual file. */
const MAX_BODY_BYTES = 5 * 1024 * 1024
const RETRY_AFTER_SECONDS = 5
const MAX_LISTED = 1000
const tags = ['Conversions']
const AWAY = problemResponse('Nothing could be taken just now; `Retry-After` says when to send it again.')

const postConversions = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Tell of conversions',
  description:
    'One as an object, up to 1,000 as `{ site, conversions }`, or a CSV file with the same fields as columns (site as ' +
    '`?site=`). A key counts once: sent again with the same body it is answered as the first time, with another body ' +
    'it is refused, with a higher `version` it replaces. Send again whatever was not answered.',
  tags,
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: postedJsonSchema },
        'text/csv': { schema: { type: 'string', example: 'goal,time,key\n' } },
      },
    },
  },
  responses: {
    200: {
      description: 'One: it was told before, the same, or replaces a lower version.',
      content: { 'application/json': { schema: takenConversionSchema } },
    },
    201: {
      description: 'One: it is new.',
      content: { 'application/json': { schema: takenConversionSchema } },
    },
    207: {
      description: 'Several: each has a status of its own, whatever became of the others.',
      content: { 'application/json': { schema: batchAnswerSchema } },
    },
    400: problemResponse('The one, or the whole message, cannot be taken; `errors` names the fields.'),
    409: problemResponse('The key was told with another body, or a higher version: `presentVersion`.'),
    413: problemResponse('The body is longer than 5 MB.'),
    415: problemResponse('The body is neither JSON nor CSV.'),
    503: AWAY,
  },
})

const getConversions = createRoute({
  method: 'get',
  path: PATH,
  summary: 'List conversions that were told',
  description: 'Latest first, with the visit that each is tied to or the reason why it is tied to none.',
  tags,
  request: { query: listConversionsQuery },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: conversionPageSchema } },
    },
    400: problemResponse('The list cannot be had as asked; `errors` names the fields.'),
    422: problemResponse('The list is too long for the engine’s limits of time and memory.'),
    503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
  },
})

/** `POST` and `GET /api/v1/conversions`. */
export function conversionRoutes(deps: ConversionDeps): OpenAPIHono {
  const { control } = deps
  const now = () => deps.now?.() ?? Date.now()
  const app = new OpenAPIHono()
  app.use(
    PATH,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024 ** 2} MB.`),
    }),
  )

  // Answers of these two are not all JSON, which handlers of described routes must be.
  app.openAPIRegistry.registerPath(postConversions)
  app.post(PATH, async (c) => {
    const posted = await readPosted(c)
    let results: Result[]
    try {
      const site = await siteOf(control, posted.site ?? 'default')
      results = await takeConversions({ control, intake: deps.intake, now }, site, posted.items)
    } catch (error) {
      if (error instanceof ControlError || error instanceof HttpProblem) throw error
      // The control store is away; whoever tells is to tell again.
      deps.onError?.(error)
      return away(c)
    }
    const [first] = results
    if (posted.form === 'one' && first) return answerOne(c, first)
    if (results.every(({ taken }) => taken === 'delayed')) return away(c)
    return c.json(batchAnswer(results, posted.form), 207)
  })

  app.openAPIRegistry.registerPath(getConversions)
  app.get(PATH, async (c) => {
    const { site: name, ...query } = readQuery(c)
    const site = await siteOf(control, name)
    const { items } = await control.goals.of(site.id)
    // Read first: what comes in while the list is made may be on it, what it promises must be.
    const completeUntil = toIso(deps.freshness())
    try {
      const list = await listConversions(deps.warehouse, site, items, query, { signal: c.req.raw.signal })
      return c.json({ ...list, completeUntil }, 200)
    } catch (error) {
      if (error instanceof HttpProblem) throw error
      return refusal(c, error)
    }
  })

  return app
}

function readQuery(c: Context) {
  const query = listConversionsQuery.safeParse(c.req.query())
  if (query.success) return query.data
  const errors = fieldProblems(query.error)
  const names = errors.map(({ field }) => field).join(', ')
  throw new HttpProblem(400, `The request cannot be taken: ${names}.`, errors)
}

async function readPosted(c: Context): Promise<PostedConversions> {
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return readJsonConversions(await c.req.text())
  if (type === 'text/csv') return readCsvConversions(await c.req.text(), c.req.query('site'))
  throw new HttpProblem(415, 'Send conversions as application/json or text/csv.')
}

async function siteOf(control: Pick<Control, 'sites'>, name: unknown): Promise<Site> {
  const sites = await control.sites.list()
  const site = sites.find((one) => one.name === name)
  if (site) return site
  const allowed = sites.map((one) => one.name)
  throw new HttpProblem(400, 'There is no such site.', [
    { field: 'site', message: 'There is no such site.', allowed },
  ])
}

function answerOne(c: Context, { status, conversion, problem: wrong }: Result): Response {
  if (conversion) return c.json(conversion, status === 201 ? 201 : 200)
  if (status === 503 || !wrong) return away(c)
  const { detail, errors, presentVersion } = wrong
  if (status !== 409) return problem(c, 400, `The conversion cannot be taken: ${detail}`, errors)
  const body = { type: 'about:blank', title: 'Conflict', status, detail, errors, presentVersion }
  return c.body(JSON.stringify(body), 409, { 'content-type': 'application/problem+json' })
}

/** Of a CSV file only what its sender has to do something about. */
function batchAnswer(results: readonly Result[], form: PostedConversions['form']): BatchAnswer {
  const count = (taken: Result['taken']) => results.filter((result) => result.taken === taken).length
  const listed = form === 'csv' ? results.filter(({ problem }) => problem).slice(0, MAX_LISTED) : results
  return {
    summary: {
      created: count('created'),
      replaced: count('replaced'),
      repeated: count('repeated'),
      refused: count('refused'),
      delayed: count('delayed'),
    },
    results: listed.map(({ taken: _, ...result }) => result),
  }
}

function away(c: Context): Response {
  const answer = problem(
    c,
    503,
    'Conversions cannot be taken just now. Send them again: none will count twice.',
  )
  answer.headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  return answer
}
