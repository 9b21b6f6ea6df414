import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { bodyLimit } from 'hono/body-limit'
import type { Goal } from '../domain/goals/goal.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import type { Site } from '../domain/site.ts'
import { answerToCsv, csvFileName } from '../exports/csv.ts'
import { answerQuestion } from '../reports/answer.ts'
import type { QueryAnswer } from '../reports/contract.ts'
import { parseQuestion } from '../reports/parse/question.ts'
import { QuestionError, shown } from '../reports/problems.ts'
import { describeRegistry } from '../reports/registry/describe.ts'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { problem, problemResponse } from './problem.ts'
import { answerSchema, filterComponent, questionJsonSchema, registrySchema } from './query-schema.ts'

export interface QueryDeps {
  warehouse: Warehouse
  sites: { byName(name: string): Promise<Site | null> }
  /** The channels that a site's own rules name; none where it is left out. */
  ownChannels?(siteId: number): Promise<readonly string[]>
  /** A site's goals and page kinds; none where these are left out. */
  goals?(siteId: number): Promise<readonly Goal[]>
  pageKinds?(siteId: number): Promise<readonly PageKind[]>
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  freshness(): number
  /** Unix milliseconds; the clock where it is left out. */
  now?(): number
}

/** The longest question that is read. Its values, percent-encoded, still fit a request to a ClickHouse server. */
const MAX_BODY_BYTES = 256 * 1024
const RETRY_AFTER_SECONDS = 5
/** What nginx logs where the client went away; nobody is left to read it. */
const CLIENT_GONE = 499

const queryRoute = createRoute({
  method: 'post',
  path: '/api/v1/query',
  summary: 'Ask for figures',
  description: 'Every report is this one question. With `Accept: text/csv` the rows come as CSV.',
  tags: ['Reports'],
  request: { body: { required: true, content: { 'application/json': { schema: questionJsonSchema() } } } },
  responses: {
    200: {
      description: 'The figures.',
      content: { 'application/json': { schema: answerSchema }, 'text/csv': { schema: { type: 'string' } } },
    },
    400: problemResponse('The question cannot be answered as asked; `errors` names the fields.'),
    413: problemResponse('The question is longer than 256 kB.'),
    415: problemResponse('The question is not JSON.'),
    422: problemResponse('The question is too heavy for the engine’s limits of time and memory.'),
    503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
  },
})

const registryRoute = createRoute({
  method: 'get',
  path: '/api/v1/registry',
  summary: 'What a question may name',
  tags: ['Reports'],
  responses: {
    200: {
      description: 'Metrics, dimensions, operators and date ranges.',
      content: { 'application/json': { schema: registrySchema } },
    },
  },
})

/** `POST /api/v1/query` and `GET /api/v1/registry`. */
export function queryRoutes(deps: QueryDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openAPIRegistry.registerComponent('schemas', 'Filter', filterComponent)
  app.use(
    queryRoute.path,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => problem(c, 413, `A question is at most ${MAX_BODY_BYTES / 1024} kB long.`),
    }),
  )
  app.openapi(queryRoute, async (c) => {
    try {
      const answer = await answerBody(deps, c)
      return wantsCsv(c) ? csv(answer) : c.json(answer, 200)
    } catch (error) {
      return refusal(c, error)
    }
  })
  app.openapi(registryRoute, (c) => c.json(describeRegistry(), 200))
  return app
}

async function answerBody(deps: QueryDeps, c: Context): Promise<QueryAnswer> {
  const question = parseQuestion(await readJson(c))
  const site = await deps.sites.byName(question.site)
  if (!site)
    throw new QuestionError([{ field: 'site', message: `There is no site ${shown(question.site)}.` }])
  return answerQuestion(question, {
    warehouse: deps.warehouse,
    site,
    completeUntil: deps.freshness(),
    now: deps.now?.() ?? Date.now(),
    ownChannels: async () => (await deps.ownChannels?.(site.id)) ?? [],
    goals: async () => (await deps.goals?.(site.id)) ?? [],
    pageKinds: async () => (await deps.pageKinds?.(site.id)) ?? [],
    signal: c.req.raw.signal,
  })
}

class NotJson extends Error {}

async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw new NotJson()
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new QuestionError([{ field: 'body', message: `This is not JSON: ${message}.` }])
  }
}

function wantsCsv(c: Context): boolean {
  const supports = ['application/json', 'text/csv']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/csv'
}

function csv(answer: QueryAnswer): Response {
  return new Response(answerToCsv(answer), {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${csvFileName(answer)}"`,
    },
  })
}

/**
 * What a report that could not be made is answered with.
 *
 * @throws what is no fault of the question or of the moment: a defect of ours.
 */
export function refusal(c: Context, error: unknown): Response {
  if (error instanceof NotJson) return problem(c, 415, 'Send the question as application/json.')
  if (error instanceof QuestionError) {
    return problem(
      c,
      400,
      `The question cannot be answered as it was asked: ${error.message}`,
      error.problems,
    )
  }
  if (!(error instanceof WarehouseError) || error.kind === 'refused') throw error
  if (error.kind === 'aborted') return new Response(null, { status: CLIENT_GONE })
  if (error.kind === 'limit') {
    return problem(
      c,
      422,
      'This question is too heavy: the engine stopped it at its limit of time or memory. Ask for fewer days, fewer dimensions, or filter more.',
    )
  }
  const answer = problem(c, 503, 'The warehouse does not answer just now. Nothing is lost; ask again.')
  answer.headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  return answer
}
