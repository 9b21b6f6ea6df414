import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { Goal } from '../domain/goals/goal.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import type { Site } from '../domain/site.ts'
import { answerToCsv, csvFileName } from '../exports/csv.ts'
import { type AnswerContext, answerQuestion } from '../reports/answer.ts'
import { ModelsError } from '../reports/attribution/worker/models-error.ts'
import type { QueryAnswer } from '../reports/contract.ts'
import { parseQuestion } from '../reports/parse/question.ts'
import { QuestionError } from '../reports/problems.ts'
import { describeRegistry } from '../reports/registry/describe.ts'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { csvFile } from './csv-file.ts'
import { HttpProblem, problem, problemResponse } from './problem.ts'
import { answerSchema, filterComponent, questionJsonSchema, registrySchema } from './query-schema.ts'
import { questionLimit, readQuestion } from './question-body.ts'
import { siteAsked } from './site-asked.ts'

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
  app.use(queryRoute.path, questionLimit())
  app.openapi(queryRoute, async (c) => {
    try {
      const answer = await answerBody(deps, c)
      return wantsCsv(c) ? csvFile(answerToCsv(answer), csvFileName(answer)) : c.json(answer, 200)
    } catch (error) {
      return refusal(c, error)
    }
  })
  app.openapi(registryRoute, (c) => c.json(describeRegistry(), 200))
  return app
}

async function answerBody(deps: QueryDeps, c: Context): Promise<QueryAnswer> {
  const question = parseQuestion(await readQuestion(c))
  return answerQuestion(question, await answerContext(deps, c, question.site))
}

/**
 * What a question about a site is answered from; ended when the client goes away.
 *
 * @throws {QuestionError} where there is no site of that name.
 */
export async function answerContext(deps: QueryDeps, c: Context, name: string): Promise<AnswerContext> {
  const site = await siteAsked(deps.sites, name)
  return {
    warehouse: deps.warehouse,
    site,
    completeUntil: deps.freshness(),
    now: deps.now?.() ?? Date.now(),
    ownChannels: async () => (await deps.ownChannels?.(site.id)) ?? [],
    goals: async () => (await deps.goals?.(site.id)) ?? [],
    pageKinds: async () => (await deps.pageKinds?.(site.id)) ?? [],
    signal: c.req.raw.signal,
  }
}

function wantsCsv(c: Context): boolean {
  const supports = ['application/json', 'text/csv']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/csv'
}

/**
 * What a report that could not be made is answered with.
 *
 * @throws what is no fault of the question or of the moment: a defect of ours.
 */
export function refusal(c: Context, error: unknown): Response {
  if (error instanceof HttpProblem) return problem(c, error.status, error.message, error.errors)
  if (error instanceof QuestionError) {
    return problem(
      c,
      400,
      `The question cannot be answered as it was asked: ${error.message}`,
      error.problems,
    )
  }
  if (error instanceof ModelsError) return modelsRefusal(c, error)
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

function modelsRefusal(c: Context, error: ModelsError): Response {
  if (error.kind === 'failed') throw error
  if (error.kind === 'aborted') return new Response(null, { status: CLIENT_GONE })
  const detail = `This question is too heavy: ${error.message}. Ask for fewer days, fewer models, a coarser grain or a lower order.`
  return problem(c, 422, detail)
}
