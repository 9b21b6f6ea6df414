import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { Temporal } from 'temporal-polyfill'
import type { Changes } from '../control/control.ts'
import { parseHost } from '../domain/links/host.ts'
import { SIGNAL_DEFAULTS, type Site } from '../domain/site.ts'
import { withoutWww } from '../domain/urls/landing-page.ts'
import type { ApiDeps } from './deps.ts'
import { FieldErrors, idParam, line } from './fields.ts'
import { HttpProblem, problemResponse } from './problem.ts'
import { smallBody } from './validation.ts'

const PATH = '/api/v1/sites'
const tags = ['Sites']
const middleware = smallBody

const settings = z.object({
  hostnames: z
    .array(z.string())
    .max(100)
    .openapi({
      description: 'Hosts of its pages, with or without `www.`; page events from any other host are refused.',
      example: ['example.com'],
    }),
  timezone: z
    .string()
    .openapi({ description: 'IANA zone in which its days are counted.', example: 'Europe/Riga' }),
  currency: z.string().openapi({ description: 'ISO 4217 code.', example: 'EUR' }),
  pageKeys: z.array(line(100).min(1)).max(50).openapi({
    description: 'Query keys that are part of a page’s identity; the values of all others are not kept.',
  }),
  keepClickIds: z.boolean().openapi({ description: 'Keep the values of third-party click ids.' }),
  respectGpc: z.boolean().openapi({
    description:
      'Take `Sec-GPC: 1` (Global Privacy Control) for a refusal: no cookie even where the page reports consent, and no ' +
      'unique click id. True unless set.',
  }),
  respectDnt: z.boolean().openapi({ description: 'The same of `DNT: 1`. False unless set.' }),
})

const siteSchema = z.object({ id: z.int(), name: z.string(), ...settings.shape }).openapi('Site')
const createSiteSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'A name holds a-z, 0-9 and -, at most 63 of them.'),
    ...settings.partial().shape,
  })
  .openapi('NewSite')
const patchSiteSchema = z.strictObject(settings.partial().shape).openapi('SiteChange')

const oneSite = { 'application/json': { schema: siteSchema } }
const BAD_REQUEST = problemResponse('The request cannot be taken; `errors` names the fields.')
const NOT_FOUND = problemResponse('There is no such site.')
const CONFLICT = problemResponse('The name or a hostname belongs to another site.')

const listSites = createRoute({
  method: 'get',
  path: PATH,
  summary: 'List sites',
  tags,
  responses: {
    200: {
      description: 'All sites, by name.',
      content: {
        'application/json': { schema: z.object({ data: z.array(siteSchema), nextCursor: z.null() }) },
      },
    },
  },
})

const readSite = createRoute({
  method: 'get',
  path: `${PATH}/{id}`,
  summary: 'Read a site',
  tags,
  request: { params: idParam('site') },
  responses: { 200: { description: 'The site.', content: oneSite }, 400: BAD_REQUEST, 404: NOT_FOUND },
})

const createSite = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Make a site',
  tags,
  middleware,
  request: { body: { required: true, content: { 'application/json': { schema: createSiteSchema } } } },
  responses: { 201: { description: 'The site.', content: oneSite }, 400: BAD_REQUEST, 409: CONFLICT },
})

const editSite = createRoute({
  method: 'patch',
  path: `${PATH}/{id}`,
  summary: 'Edit a site',
  description: 'What is left out stays.',
  tags,
  middleware,
  request: {
    params: idParam('site'),
    body: { required: true, content: { 'application/json': { schema: patchSiteSchema } } },
  },
  responses: {
    200: { description: 'The site as it is now.', content: oneSite },
    400: BAD_REQUEST,
    404: NOT_FOUND,
    409: CONFLICT,
  },
})

/** `/api/v1/sites`. */
export function siteRoutes({ control }: Pick<ApiDeps, 'control'>): OpenAPIHono {
  const app = new OpenAPIHono()

  app.openapi(listSites, async (c) =>
    c.json({ data: (await control.sites.list()).map(shown), nextCursor: null }, 200),
  )

  app.openapi(readSite, async (c) => {
    const { id } = c.req.valid('param')
    const site = await control.sites.byId(id)
    if (site === null) throw new HttpProblem(404, `There is no site ${id}.`)
    return c.json(shown(site), 200)
  })

  app.openapi(createSite, async (c) => {
    const { name, ...body } = c.req.valid('json')
    const given = toChange(body)
    const site = await control.sites.create({
      name,
      hostnames: given.hostnames ?? [],
      timezone: given.timezone ?? 'UTC',
      currency: given.currency ?? 'USD',
      pageKeys: given.pageKeys ?? [],
      keepClickIds: given.keepClickIds ?? false,
      respectGpc: given.respectGpc ?? SIGNAL_DEFAULTS.respectGpc,
      respectDnt: given.respectDnt ?? SIGNAL_DEFAULTS.respectDnt,
    })
    return c.json(shown(site), 201, { Location: `${PATH}/${site.id}` })
  })

  app.openapi(editSite, async (c) => {
    const change = toChange(c.req.valid('json'))
    return c.json(shown(await control.sites.update(c.req.valid('param').id, change)), 200)
  })

  return app
}

/** A site with everything that it leaves to the defaults. */
function shown(site: Site): Required<Site> {
  return { ...SIGNAL_DEFAULTS, ...site }
}

/** @throws {HttpProblem} 400 that names every field that cannot be taken. */
function toChange(body: z.infer<typeof patchSiteSchema>): Changes<Omit<Site, 'id' | 'name'>> {
  const errors = new FieldErrors()
  const hostnames = body.hostnames?.map((text, index) => {
    const host = errors.take(`hostnames[${index}]`, parseHost(text))
    return withoutWww(host ?? '')
  })
  const timezone = body.timezone === undefined ? undefined : zoneId(body.timezone)
  if (timezone === null) errors.add('timezone', 'There is no such time zone; write it as Europe/Riga.')
  const currency = body.currency?.trim().toUpperCase()
  if (currency !== undefined && !Intl.supportedValuesOf('currency').includes(currency)) {
    errors.add('currency', 'There is no such currency; write its ISO 4217 code, as EUR.')
  }
  errors.throwIfAny()
  return {
    hostnames: hostnames && [...new Set(hostnames)],
    timezone: timezone ?? undefined,
    currency,
    pageKeys: body.pageKeys && [...new Set(body.pageKeys)],
    keepClickIds: body.keepClickIds,
    respectGpc: body.respectGpc,
    respectDnt: body.respectDnt,
  }
}

/** The zone's name in its own spelling; null where there is none. Bare offsets (`+05:30`) know no daylight saving. */
function zoneId(text: string): string | null {
  const name = text.trim()
  if (!/^[A-Za-z]/.test(name)) return null
  try {
    return Temporal.Now.zonedDateTimeISO(name).timeZoneId
  } catch {
    return null
  }
}
