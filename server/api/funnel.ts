import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Goal } from '../domain/goals/goal.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import type { Site } from '../domain/site.ts'
import { answerFunnel } from '../reports/funnel/answer.ts'
import type { FunnelAnswer } from '../reports/funnel/contract.ts'
import { parseFunnel } from '../reports/funnel/parse.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { funnelAnswerSchema, funnelJsonSchema } from './funnel-schemas.ts'
import { problemResponse } from './problem.ts'
import { refusal } from './query.ts'
import { questionLimit, readQuestion } from './question-body.ts'
import { siteAsked } from './site-asked.ts'

export interface FunnelDeps {
  warehouse: Warehouse
  sites: { byName(name: string): Promise<Site | null> }
  goals(siteId: number): Promise<readonly Goal[]>
  pageKinds(siteId: number): Promise<readonly PageKind[]>
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  freshness(): number
  /** Unix milliseconds; the clock where it is left out. */
  now?(): number
}

const funnelRoute = createRoute({
  method: 'post',
  path: '/api/v1/funnel',
  summary: 'Ask how far visitors get on a way',
  description: 'Two to eight steps: clicks, pages, goals. Each visitor counts once, as far as they got.',
  tags: ['Reports'],
  request: { body: { required: true, content: { 'application/json': { schema: funnelJsonSchema() } } } },
  responses: {
    200: {
      description: 'The figures.',
      content: { 'application/json': { schema: funnelAnswerSchema } },
    },
    400: problemResponse('The question cannot be answered as asked; `errors` names the fields.'),
    413: problemResponse('The question is longer than 256 kB.'),
    415: problemResponse('The question is not JSON.'),
    422: problemResponse('The question is too heavy for the engine’s limits of time and memory.'),
    503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
  },
})

/** `POST /api/v1/funnel`. */
export function funnelRoutes(deps: FunnelDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  app.use(funnelRoute.path, questionLimit())
  app.openapi(funnelRoute, async (c) => {
    try {
      return c.json(await answerOf(deps, c), 200)
    } catch (error) {
      return refusal(c, error) as never
    }
  })
  return app
}

async function answerOf(deps: FunnelDeps, c: Context): Promise<FunnelAnswer> {
  const funnel = parseFunnel(await readQuestion(c))
  const site = await siteAsked(deps.sites, funnel.site)
  return answerFunnel(funnel, {
    warehouse: deps.warehouse,
    site,
    completeUntil: deps.freshness(),
    now: deps.now?.() ?? Date.now(),
    goals: () => deps.goals(site.id),
    pageKinds: () => deps.pageKinds(site.id),
    signal: c.req.raw.signal,
  })
}
