import { readFileSync } from 'node:fs'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { packageFile } from '../paths.ts'
import type { ApiDeps } from './deps.ts'
import { docsRoutes } from './docs.ts'
import { domainRoutes } from './domains.ts'
import { linkRoutes } from './links.ts'
import { problem, problemOf } from './problem.ts'
import { siteRoutes } from './sites.ts'
import { refuseInvalid } from './validation.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * The REST API under `/api`, with its description at `/api/v1/openapi.json` and a page for people at `/api/docs`.
 * It lets everybody in: the guard stands before it.
 *
 * Other resources are mounted on what this gives, and then appear in the description, answer invalid requests like
 * its own and may throw `HttpProblem`:
 *
 * @example
 * const api = createApi(deps)
 * api.route('/', queryRoutes({ warehouse, sites, freshness }))
 * const answer = await api.request('/api/v1/links')
 */
export function createApi(deps: ApiDeps): OpenAPIHono {
  const api = new OpenAPIHono({ defaultHook: refuseInvalid })
  api.onError((error, c) => {
    const known = problemOf(error)
    if (known !== null && known.status < 500) return problem(c, known.status, known.message, known.errors)
    deps.onError?.(error)
    return problem(c, known?.status ?? 500, 'Something went wrong here; the log says what.')
  })
  api.notFound((c) => notFound(api, c))
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: '`JEJAK_API_TOKEN`; not needed from the machine itself.',
  })
  api.route('/', linkRoutes(deps))
  api.route('/', siteRoutes(deps))
  api.route('/', domainRoutes(deps))
  api.route('/', docsRoutes())
  const { version }: { version: string } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'))
  api.doc31('/api/v1/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Jejak',
      version,
      description:
        'Errors are `application/problem+json`. Lists come by pages: pass `nextCursor` as `cursor`.',
      license: { name: 'AGPL-3.0-or-later', url: 'https://www.gnu.org/licenses/agpl-3.0.html' },
    },
    security: [{}, { token: [] }],
  })
  return api
}

/** A 405 that says what may be done, where only the method was wrong. */
function notFound(api: OpenAPIHono, c: Context): Response {
  const allowed = METHODS.filter((method) => hasHandler(api, method === 'HEAD' ? 'GET' : method, c.req.path))
  if (allowed.length === 0 || allowed.some((method) => method === c.req.method)) {
    return problem(c, 404, `There is nothing at ${c.req.path}.`)
  }
  const answer = problem(c, 405, `${c.req.method} is not possible here, only ${allowed.join(', ')}.`)
  answer.headers.set('Allow', allowed.join(', '))
  return answer
}

function hasHandler(api: OpenAPIHono, method: string, path: string): boolean {
  const [handlers] = api.router.match(method, path)
  return handlers.some(([[, route]]) => route.method === method)
}
