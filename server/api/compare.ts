import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { compareCounts, compareSides } from '../reports/side-by-side/answer.ts'
import type { CountsCompared, SidesCompared } from '../reports/side-by-side/contract.ts'
import { parseComparison } from '../reports/side-by-side/parse.ts'
import { comparedSchema, compareJsonSchema } from './compare-schemas.ts'
import { problemResponse } from './problem.ts'
import { answerContext, type QueryDeps, refusal } from './query.ts'
import { questionLimit, readQuestion } from './question-body.ts'

const compareRoute = createRoute({
  method: 'post',
  path: '/api/v1/compare',
  summary: 'Compare two conversion rates',
  description:
    'Two sets of sessions, one set with the period before, or figures of your own: rates with intervals, the ' +
    'difference, a test, whether the data is enough, and a sentence to quote. docs/statistics.md has the formulas.',
  tags: ['Reports'],
  request: { body: { required: true, content: { 'application/json': { schema: compareJsonSchema() } } } },
  responses: {
    200: {
      description: 'The comparison.',
      content: { 'application/json': { schema: comparedSchema } },
    },
    400: problemResponse('The question cannot be answered as asked; `errors` names the fields.'),
    413: problemResponse('The question is longer than 256 kB.'),
    415: problemResponse('The question is not JSON.'),
    422: problemResponse('The question is too heavy for the engine’s limits of time and memory.'),
    503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
  },
})

/** `POST /api/v1/compare`. */
export function compareRoutes(deps: QueryDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  app.use(compareRoute.path, questionLimit())
  app.openapi(compareRoute, async (c) => {
    try {
      return c.json(await answerOf(deps, c), 200)
    } catch (error) {
      return refusal(c, error) as never
    }
  })
  return app
}

async function answerOf(deps: QueryDeps, c: Context): Promise<CountsCompared | SidesCompared> {
  const comparison = parseComparison(await readQuestion(c))
  if (comparison.kind === 'counts') return compareCounts(comparison.a, comparison.b)
  const { asked } = comparison
  return compareSides(asked, await answerContext(deps, c, asked.question.site))
}
