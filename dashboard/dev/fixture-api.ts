import { createVisitClassifier } from '../../server/domain/visit/classify-visit.ts'
import { visitInputSchema } from '../../server/domain/visit/visit-input.ts'
import { loadFacts } from '../../server/facts/load.ts'
import type { AttributionRequest, PathsRequest, Progress } from '../../server/reports/attribution/contract.ts'
import type { QueryRequest } from '../../server/reports/contract.ts'
import type { SidesRequest } from '../../server/reports/side-by-side/contract.ts'
import { dayIn } from '../src/shared/time/days.ts'
import { attributionAnswer, attributionCsv, pathsAnswer, pathsCsv } from './fixture-attribution.ts'
import { comparisonAnswer } from './fixture-compare.ts'
import { cells, SCENARIOS, type Scenario } from './fixture-data.ts'
import { GOALS, journeys } from './fixture-journeys.ts'
import { linkStore } from './fixture-links.ts'
import { answer } from './fixture-query.ts'
import { ruleStore } from './fixture-rules.ts'

export interface FixtureRequest {
  method: string
  url: string
  authorization: string | undefined
  accept: string
  body: string
}

export interface FixtureAnswer {
  status: number
  type: string
  body: string
  /** What is sent before the body, piece by piece. */
  before?: string[]
}

/** The token that the scenario `token` wants. */
export const FIXTURE_TOKEN = 'fixture-token-of-thirty-two-chars'

export function isScenario(text: string): text is Scenario {
  return SCENARIOS.some((scenario) => scenario === text)
}

/** The API as the dashboard uses it, over made-up data. Null is an answer that never comes. */
export function fixtureApi(scenario: Scenario): (request: FixtureRequest) => FixtureAnswer | null {
  const today = dayIn('Asia/Kuala_Lumpur')
  const data = cells(scenario, today)
  const store = linkStore(scenario)
  const rules = ruleStore(scenario, data, today)
  const people = journeys(scenario, today)
  // The real one: a page that explains must not be shown made-up explanations.
  let classify: ReturnType<typeof createVisitClassifier> | undefined
  return ({ method, url, authorization, accept, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    if (scenario === 'loading') return null
    if (scenario === 'token' && authorization !== `Bearer ${FIXTURE_TOKEN}`) {
      return problem(
        403,
        'Forbidden',
        'From this address the API answers only to a token. Send it as Authorization: Bearer.',
      )
    }
    if (pathname === '/api/v1/sites') {
      const site = { timezone: 'Asia/Kuala_Lumpur', currency: 'MYR' }
      const names = scenario === 'huge' ? ['default', 'a-site-with-a-long-name'] : ['default']
      return json(200, {
        data: names.map((name, id) => ({ id, name, hostnames: [], ...site })),
        nextCursor: null,
      })
    }
    if (pathname === '/api/v1/domains') {
      const hosts = ['go.meridian-motors.com', ...(scenario === 'huge' ? ['mm.example'] : [])]
      const data = hosts.map((host, id) => ({ id, host, site: 'default', isDefault: id === 0 }))
      return json(200, { data, nextCursor: null })
    }
    if (scenario === 'error')
      return problem(
        503,
        'The warehouse does not answer',
        'It is being restarted. Clicks go on and wait on disk.',
      )
    if (pathname === '/api/v1/query') {
      const found = answer(JSON.parse(body) as QueryRequest, data, today)
      if (accept !== 'text/csv') return json(200, found)
      const rows = found.results.map((row) => [...row.dimensions, ...row.metrics].join(','))
      return {
        status: 200,
        type: 'text/csv',
        body: [[...found.query.dimensions, ...found.query.metrics].join(','), ...rows].join('\n'),
      }
    }
    if (pathname === '/api/v1/attribution') {
      const found = attributionAnswer(JSON.parse(body) as AttributionRequest, people, today)
      if (accept === 'text/csv') return { status: 200, type: accept, body: attributionCsv(found) }
      return accept === 'text/event-stream' ? streamed(found) : json(200, found)
    }
    if (pathname === '/api/v1/attribution/paths') {
      const found = pathsAnswer(JSON.parse(body) as PathsRequest, people, today)
      return accept === 'text/csv' ? { status: 200, type: accept, body: pathsCsv(found) } : json(200, found)
    }
    if (/^\/api\/v1\/sites\/\d+\/goals$/.test(pathname)) {
      const named = scenario === 'empty' ? [] : GOALS
      const match = { type: 'page', page: '/thank-you' }
      const rest = { template: null, match, value: { type: 'event' }, count: 'session' }
      return json(200, { revision: 1, goals: named.map((name, id) => ({ id: id + 1, name, ...rest })) })
    }
    if (pathname === '/api/v1/compare')
      return json(200, comparisonAnswer(JSON.parse(body) as SidesRequest, data, today))
    if (pathname === '/api/v1/classify') {
      const read = visitInputSchema.safeParse(JSON.parse(body))
      if (!read.success) return problem(400, 'Bad Request', 'The visit cannot be read.')
      classify ??= createVisitClassifier(loadFacts())
      return json(200, classify(read.data, { rules: rules.compiled() }))
    }
    const ofSite = /^\/api\/v1\/sites\/\d+\/rules(\/try)?$/.exec(pathname)
    if (ofSite !== null && method === 'GET') return json(200, rules.list())
    if (ofSite !== null) {
      const read = ofSite[1] === '/try' ? rules.attempt(body) : rules.replace(body)
      return 'errors' in read
        ? problem(read.status, read.title, read.detail, read.errors)
        : json(200, read.answer)
    }
    if (pathname === '/api/v1/links' && method === 'GET') return json(200, store.list(searchParams))
    if (pathname === '/api/v1/links' && method === 'POST') {
      const wanted = JSON.parse(body) as Record<string, unknown>
      if (store.links.some((link) => link.slug === wanted.slug)) {
        return problem(409, 'Conflict', 'The slug is taken.', [
          { field: 'slug', message: 'This slug is taken. Choose another.' },
        ])
      }
      if (String(wanted.destination).includes('go.meridian-motors.com')) {
        return problem(400, 'Bad Request', 'See the fields.', [
          {
            field: 'destination',
            message:
              'go.meridian-motors.com serves the short links themselves: the link would lead in a circle.',
          },
        ])
      }
      return json(201, store.make(wanted))
    }
    const link = store.links.find((one) => pathname === `/api/v1/links/${one.id}`)
    if (link === undefined) return problem(404, 'Not found', `There is nothing at ${pathname}.`)
    if (method === 'PATCH') Object.assign(link, JSON.parse(body), { version: link.version + 1 })
    if (method === 'DELETE') link.state = 'archived'
    return json(200, link)
  }
}

const json = (status: number, body: unknown): FixtureAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** An answer as a stream of events, with its progress before it. */
function streamed(found: unknown): FixtureAnswer {
  const stages: Progress['stage'][] = ['paths', 'markov', 'shapleyRate']
  const before = stages.flatMap((stage) =>
    [0, 0.5, 1].map((done) => event('progress', { stage, done } satisfies Progress)),
  )
  return {
    status: 200,
    type: 'text/event-stream',
    before: [': beat\n\n', ...before],
    body: event('answer', found),
  }
}

function problem(
  status: number,
  title: string,
  detail: string,
  errors: { field: string; message: string }[] = [],
): FixtureAnswer {
  return { status, type: 'application/problem+json', body: JSON.stringify({ title, detail, status, errors }) }
}
