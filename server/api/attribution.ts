import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { Goal } from '../domain/goals/goal.ts'
import type { Site } from '../domain/site.ts'
import { attributionCsvName, attributionToCsv, pathsToCsv } from '../exports/attribution-csv.ts'
import { type AttributionContext, answerAttribution, answerPaths } from '../reports/attribution/answer.ts'
import { type JourneysQuestion, parseAttribution, parsePaths } from '../reports/attribution/parse.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import {
  attributionAnswerSchema,
  attributionJsonSchema,
  pathsAnswerSchema,
  pathsJsonSchema,
} from './attribution-schemas.ts'
import { csvFile } from './csv-file.ts'
import { type Asking, answerByEvents } from './event-stream.ts'
import { problemResponse } from './problem.ts'
import { refusal } from './query.ts'
import { questionLimit, readQuestion } from './question-body.ts'
import { siteAsked } from './site-asked.ts'

export interface AttributionDeps {
  warehouse: Warehouse
  sites: { byName(name: string): Promise<Site | null> }
  goals(siteId: number): Promise<readonly Goal[]>
  /** The channels that a site's own rules name; none where it is left out. */
  ownChannels?(siteId: number): Promise<readonly string[]>
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  freshness(): number
  /** Unix milliseconds; the clock where it is left out. */
  now?(): number
  /** Told of errors that an event stream answers with a 500, for the log. */
  onError?(error: unknown): void
}

const JSON_TYPE = 'application/json'
const CSV_TYPE = 'text/csv'
const EVENTS_TYPE = 'text/event-stream'

const EVENTS =
  '`Accept: text/event-stream` tells how far the answer is: `progress` events, then `answer` with the same JSON or `problem` with the body of an error. Whoever goes away ends the work.'

const otherTypes = {
  [CSV_TYPE]: { schema: { type: 'string' as const } },
  [EVENTS_TYPE]: { schema: { type: 'string' as const, description: EVENTS } },
}

const problems = {
  400: problemResponse('The question cannot be answered as asked; `errors` names the fields.'),
  413: problemResponse('The question is longer than 256 kB.'),
  415: problemResponse('The question is not JSON.'),
  422: problemResponse('The question is too heavy: for the engine, or for Markov and Shapley.'),
  503: problemResponse('The warehouse is away; `Retry-After` says when to ask again.'),
}

const attributionRoute = createRoute({
  method: 'post',
  path: '/api/v1/attribution',
  summary: 'Ask who gets the credit for conversions',
  description: `Models side by side, with what they rest on. \`Accept: text/csv\` gives a line for each key and model. ${EVENTS}`,
  tags: ['Reports'],
  request: { body: { required: true, content: { [JSON_TYPE]: { schema: attributionJsonSchema() } } } },
  responses: {
    200: {
      description: 'The credit.',
      content: { [JSON_TYPE]: { schema: attributionAnswerSchema }, ...otherTypes },
    },
    ...problems,
  },
})

const pathsRoute = createRoute({
  method: 'post',
  path: '/api/v1/attribution/paths',
  summary: 'Ask for the paths to conversions',
  description: `What visitors came by before they converted, page by page. \`Accept: text/csv\` gives a line for each path. ${EVENTS}`,
  tags: ['Reports'],
  request: { body: { required: true, content: { [JSON_TYPE]: { schema: pathsJsonSchema() } } } },
  responses: {
    200: {
      description: 'The paths.',
      content: { [JSON_TYPE]: { schema: pathsAnswerSchema }, ...otherTypes },
    },
    ...problems,
  },
})

/** `POST /api/v1/attribution` and `POST /api/v1/attribution/paths`. */
export function attributionRoutes(deps: AttributionDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  app.use(attributionRoute.path, questionLimit())
  app.use(pathsRoute.path, questionLimit())
  app.openapi(attributionRoute, async (c) => {
    const answer = await answerAs(c, deps, {
      parse: parseAttribution,
      answer: answerAttribution,
      csv: (answer) => ({ text: attributionToCsv(answer), name: attributionCsvName('attribution', answer) }),
    })
    return answer as never
  })
  app.openapi(pathsRoute, async (c) => {
    const answer = await answerAs(c, deps, {
      parse: parsePaths,
      answer: answerPaths,
      csv: (answer) => ({ text: pathsToCsv(answer), name: attributionCsvName('paths', answer) }),
    })
    return answer as never
  })
  return app
}

interface Report<Question, Answer> {
  parse(body: unknown): Question
  answer(question: Question, context: AttributionContext): Promise<Answer>
  csv(answer: Answer): { text: string; name: string }
}

/** The report in the form that is accepted. What is wrong with the body is a plain problem, whatever is accepted. */
async function answerAs<Question extends JourneysQuestion, Answer extends object>(
  c: Context,
  deps: AttributionDeps,
  report: Report<Question, Answer>,
): Promise<Response> {
  try {
    const question = report.parse(await readQuestion(c))
    const context = await contextOf(question, deps)
    const ask = (asking: Asking) => report.answer(question, { ...context, ...asking })
    const type = accepts(c, {
      header: 'Accept',
      supports: [JSON_TYPE, CSV_TYPE, EVENTS_TYPE],
      default: JSON_TYPE,
    })
    if (type === EVENTS_TYPE) return answerByEvents(c, ask, deps)
    const answer = await ask({ signal: c.req.raw.signal })
    if (type !== CSV_TYPE) return c.json(answer)
    const { text, name } = report.csv(answer)
    return csvFile(text, name)
  } catch (error) {
    return refusal(c, error)
  }
}

async function contextOf(
  { site: name }: JourneysQuestion,
  deps: AttributionDeps,
): Promise<AttributionContext> {
  const site = await siteAsked(deps.sites, name)
  return {
    warehouse: deps.warehouse,
    site,
    completeUntil: deps.freshness(),
    now: deps.now?.() ?? Date.now(),
    goals: () => deps.goals(site.id),
    ownChannels: async () => (await deps.ownChannels?.(site.id)) ?? [],
  }
}
