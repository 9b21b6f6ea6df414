import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { parseHost } from '../domain/links/host.ts'
import type { Link } from '../domain/links/link.ts'
import type { ApiDeps } from './deps.ts'
import { FieldErrors, idParam } from './fields.ts'
import { toBodies, toChange, toStates } from './link-body.ts'
import {
  createLinkSchema,
  type LinkBody,
  linkPageSchema,
  linkSchema,
  listLinksQuery,
  patchLinkSchema,
  readLinkQuery,
} from './link-schemas.ts'
import { HttpProblem, problemResponse } from './problem.ts'
import { smallBody } from './validation.ts'

const PATH = '/api/v1/links'
const tags = ['Links']
const middleware = smallBody
const oneLink = { 'application/json': { schema: linkSchema } }
const BAD_REQUEST = problemResponse('The request cannot be taken; `errors` names the fields.')
const NOT_FOUND = problemResponse('There is no such link.')
const CONFLICT = problemResponse('The slug is taken or fixed, or the link has moved on; `errors` says which.')

const createLink = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Make a link',
  description: 'Needs only a destination.',
  tags,
  middleware,
  request: { body: { required: true, content: { 'application/json': { schema: createLinkSchema } } } },
  responses: { 201: { description: 'The link.', content: oneLink }, 400: BAD_REQUEST, 409: CONFLICT },
})

const listLinks = createRoute({
  method: 'get',
  path: PATH,
  summary: 'List links, newest first',
  tags,
  request: { query: listLinksQuery },
  responses: {
    200: { description: 'A page of links.', content: { 'application/json': { schema: linkPageSchema } } },
    400: BAD_REQUEST,
  },
})

const readLink = createRoute({
  method: 'get',
  path: `${PATH}/{id}`,
  summary: 'Read a link',
  tags,
  request: { params: idParam('link'), query: readLinkQuery },
  responses: { 200: { description: 'The link.', content: oneLink }, 400: BAD_REQUEST, 404: NOT_FOUND },
})

const editLink = createRoute({
  method: 'patch',
  path: `${PATH}/{id}`,
  summary: 'Edit a link, or restore an archived one',
  description: 'What is left out stays; null takes a value away. `state: active` restores an archived link.',
  tags,
  middleware,
  request: {
    params: idParam('link'),
    body: { required: true, content: { 'application/json': { schema: patchLinkSchema } } },
  },
  responses: {
    200: { description: 'The link as it is now.', content: oneLink },
    400: BAD_REQUEST,
    404: NOT_FOUND,
    409: CONFLICT,
  },
})

const archiveLink = createRoute({
  method: 'delete',
  path: `${PATH}/{id}`,
  summary: 'Archive a link',
  description: 'It answers 410 from now on. Its slug stays taken, its figures stay, and an edit restores it.',
  tags,
  request: { params: idParam('link') },
  responses: {
    200: { description: 'The archived link.', content: oneLink },
    400: BAD_REQUEST,
    404: NOT_FOUND,
  },
})

/** `/api/v1/links`. */
export function linkRoutes(deps: ApiDeps): OpenAPIHono {
  const { control } = deps
  const app = new OpenAPIHono()

  app.openapi(createLink, async (c) => {
    const body = c.req.valid('json')
    const errors = new FieldErrors()
    const change = await toChange(deps, body, errors)
    const domainId = await domainIdOf(deps, body.domain, errors)
    const siteId = body.site === undefined ? undefined : await siteIdOf(deps, body.site, errors)
    errors.throwIfAny()
    const { destination = '', ...rest } = change
    const link = await control.links.create({ ...rest, destination, domainId, siteId })
    return c.json(await one(deps, link), 201, { Location: `${PATH}/${link.id}` })
  })

  app.openapi(listLinks, async (c) => {
    const { search, state, tag, site, cursor, limit, include } = c.req.valid('query')
    const errors = new FieldErrors()
    const siteId = site === undefined ? undefined : await siteIdOf(deps, site, errors)
    errors.throwIfAny()
    const query = { siteId, search: search || undefined, states: toStates(state), tag: tag || undefined }
    const page = await control.links.list({ ...query, cursor, limit })
    return c.json({ data: await toBodies(deps, page.data, include), nextCursor: page.nextCursor }, 200)
  })

  app.openapi(readLink, async (c) => {
    const { id } = c.req.valid('param')
    const link = await control.links.byId(id)
    if (link === null) throw new HttpProblem(404, `There is no link ${id}.`)
    return c.json(await one(deps, link, c.req.valid('query').include), 200)
  })

  app.openapi(editLink, async (c) => {
    const { version, ...body } = c.req.valid('json')
    const errors = new FieldErrors()
    const change = await toChange(deps, body, errors)
    errors.throwIfAny()
    return c.json(await one(deps, await control.links.update(c.req.valid('param').id, change, version)), 200)
  })

  app.openapi(archiveLink, async (c) =>
    c.json(await one(deps, await control.links.archive(c.req.valid('param').id)), 200),
  )

  return app
}

async function one(deps: ApiDeps, link: Link, include?: 'clicks'): Promise<LinkBody> {
  const [body] = await toBodies(deps, [link], include)
  if (body === undefined) throw new Error('a link without a body')
  return body
}

async function domainIdOf(
  { control }: ApiDeps,
  host: string | undefined,
  errors: FieldErrors,
): Promise<number> {
  const domains = await control.domains.list()
  const wanted = host === undefined ? undefined : parseHost(host)
  const domain = domains.find((one) =>
    wanted === undefined ? one.isDefault : wanted.ok && one.host === wanted.value,
  )
  if (domain !== undefined) return domain.id
  errors.add(
    'domain',
    'There is no such short domain.',
    domains.map((one) => one.host),
  )
  return 0
}

async function siteIdOf({ control }: ApiDeps, name: string, errors: FieldErrors): Promise<number> {
  const sites = await control.sites.list()
  const site = sites.find((one) => one.name === name)
  if (site !== undefined) return site.id
  errors.add(
    'site',
    'There is no such site.',
    sites.map((one) => one.name),
  )
  return 0
}
