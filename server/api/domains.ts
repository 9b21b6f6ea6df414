import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { parseDestination } from '../domain/links/destination.ts'
import { parseHost } from '../domain/links/host.ts'
import type { ShortDomain } from '../domain/links/short-domain.ts'
import type { ApiDeps } from './deps.ts'
import { FieldErrors, idParam } from './fields.ts'
import { HttpProblem, problemResponse } from './problem.ts'
import { smallBody } from './validation.ts'

const PATH = '/api/v1/domains'
const tags = ['Domains']
const middleware = smallBody

const host = z.string().openapi({ description: 'Host of the short links.', example: 'go.example.com' })
const fallbackUrl = z
  .string()
  .nullable()
  .openapi({ description: 'Where `/` and unknown slugs lead; null for Jejak’s own small pages.' })

const domainSchema = z
  .object({
    id: z.int(),
    site: z.string(),
    host,
    fallbackUrl,
    caseSensitive: z.boolean(),
    isDefault: z.boolean(),
  })
  .openapi('Domain')
const createDomainSchema = z
  .strictObject({
    host,
    site: z.string().optional().openapi({ description: 'Name of a site; `default` where it is left out.' }),
    fallbackUrl: fallbackUrl.optional(),
    caseSensitive: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether /Sale and /sale are two links; false, and fixed once made.' }),
  })
  .openapi('NewDomain')
const patchDomainSchema = z.strictObject({ fallbackUrl: fallbackUrl.optional() }).openapi('DomainChange')

const oneDomain = { 'application/json': { schema: domainSchema } }
const BAD_REQUEST = problemResponse('The request cannot be taken; `errors` names the fields.')
const NOT_FOUND = problemResponse('There is no such domain.')
const CONFLICT = problemResponse('The host is there already.')

const listDomains = createRoute({
  method: 'get',
  path: PATH,
  summary: 'List short domains',
  tags,
  responses: {
    200: {
      description: 'All short domains, the default one first.',
      content: {
        'application/json': { schema: z.object({ data: z.array(domainSchema), nextCursor: z.null() }) },
      },
    },
  },
})

const readDomain = createRoute({
  method: 'get',
  path: `${PATH}/{id}`,
  summary: 'Read a short domain',
  tags,
  request: { params: idParam('domain') },
  responses: { 200: { description: 'The domain.', content: oneDomain }, 400: BAD_REQUEST, 404: NOT_FOUND },
})

const createDomain = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Add a short domain',
  description: 'Requests for it must reach Jejak: point its DNS and certificate here first.',
  tags,
  middleware,
  request: { body: { required: true, content: { 'application/json': { schema: createDomainSchema } } } },
  responses: { 201: { description: 'The domain.', content: oneDomain }, 400: BAD_REQUEST, 409: CONFLICT },
})

const editDomain = createRoute({
  method: 'patch',
  path: `${PATH}/{id}`,
  summary: 'Edit a short domain',
  tags,
  middleware,
  request: {
    params: idParam('domain'),
    body: { required: true, content: { 'application/json': { schema: patchDomainSchema } } },
  },
  responses: {
    200: { description: 'The domain as it is now.', content: oneDomain },
    400: BAD_REQUEST,
    404: NOT_FOUND,
  },
})

/** `/api/v1/domains`. */
export function domainRoutes(deps: Pick<ApiDeps, 'control' | 'clickIdParameter'>): OpenAPIHono {
  const { control } = deps
  const app = new OpenAPIHono()

  app.openapi(listDomains, async (c) => {
    const domains = await control.domains.list()
    return c.json({ data: await toBodies(deps, domains), nextCursor: null }, 200)
  })

  app.openapi(readDomain, async (c) => {
    const { id } = c.req.valid('param')
    const domain = (await control.domains.list()).find((one) => one.id === id)
    if (domain === undefined) throw new HttpProblem(404, `There is no domain ${id}.`)
    return c.json(await toBody(deps, domain), 200)
  })

  app.openapi(createDomain, async (c) => {
    const body = c.req.valid('json')
    const errors = new FieldErrors()
    const sites = await control.sites.list()
    const site = sites.find((one) => one.name === (body.site ?? 'default'))
    if (site === undefined)
      errors.add(
        'site',
        'There is no such site.',
        sites.map((one) => one.name),
      )
    const newHost = errors.take('host', parseHost(body.host)) ?? ''
    const fallback = await readFallback(deps, body.fallbackUrl, [newHost], errors)
    errors.throwIfAny()
    const domain = await control.domains.create({
      siteId: site?.id ?? 0,
      host: newHost,
      fallbackUrl: fallback ?? null,
      caseSensitive: body.caseSensitive ?? false,
    })
    return c.json(await toBody(deps, domain), 201, { Location: `${PATH}/${domain.id}` })
  })

  app.openapi(editDomain, async (c) => {
    const errors = new FieldErrors()
    const fallback = await readFallback(deps, c.req.valid('json').fallbackUrl, [], errors)
    errors.throwIfAny()
    const domain = await control.domains.update(c.req.valid('param').id, { fallbackUrl: fallback })
    return c.json(await toBody(deps, domain), 200)
  })

  return app
}

async function readFallback(
  { control, clickIdParameter }: Pick<ApiDeps, 'control' | 'clickIdParameter'>,
  text: string | null | undefined,
  newHosts: readonly string[],
  errors: FieldErrors,
): Promise<string | null | undefined> {
  if (typeof text !== 'string') return text
  const known = (await control.domains.list()).map((domain) => domain.host)
  return errors.take(
    'fallbackUrl',
    parseDestination(text, { shortDomains: [...known, ...newHosts], clickIdParameter }),
  )
}

async function toBodies({ control }: Pick<ApiDeps, 'control'>, domains: readonly ShortDomain[]) {
  const sites = new Map((await control.sites.list()).map((site) => [site.id, site.name]))
  return domains.map(({ siteId, ...domain }) => ({ ...domain, site: sites.get(siteId) ?? '' }))
}

async function toBody(deps: Pick<ApiDeps, 'control'>, domain: ShortDomain) {
  const [body] = await toBodies(deps, [domain])
  if (body === undefined) throw new Error('a domain without a body')
  return body
}
