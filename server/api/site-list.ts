import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { Control, SiteList, SiteListStore } from '../control/control.ts'
import { idParam } from './fields.ts'
import { type FieldProblem, HttpProblem, problem, problemResponse } from './problem.ts'
import { refuseInvalid } from './validation.ts'

/** A list that each site keeps, as its routes need it. */
export interface SiteListResource<Item extends { id: number }> {
  /** Last segment of the path: `goals`. */
  path: string
  /** The list's name in bodies: `goals`. */
  key: string
  /** One item, and several, as descriptions call them. */
  one: string
  many: string
  tag: string
  about: string
  /** A schema of the description, and its name in it. */
  schemaName: string
  /** JSON Schema of an item's fields, without `id`. */
  properties: Record<string, object>
  required: readonly string[]
  store(control: SiteListControl): SiteListStore<Item>
  /** Reads a list as it was sent; `place` is its own name. */
  parse(input: unknown, place: string): ParsedList<Item>
}

export type SiteListControl = Pick<Control, 'sites' | 'goals' | 'pageKinds'>
export type ParsedList<Item> =
  | { ok: true; items: (Omit<Item, 'id'> & { id: number | null })[] }
  | { ok: false; problems: readonly FieldProblem[] }

const MAX_BODY_BYTES = 128 * 1024
const MAX_PROBLEMS = 100

/**
 * Routes of a site's list: read it, replace it as a whole (with the revision that it is based on), add, edit, move and
 * remove one item.
 */
export function siteListRoutes<Item extends { id: number }>(
  resource: SiteListResource<Item>,
  control: SiteListControl,
): OpenAPIHono {
  const { key, one, parse } = resource
  const store = resource.store(control)
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })
  const routes = routesOf(resource)
  app.openAPIRegistry.registerComponent('schemas', resource.schemaName, itemComponent(resource))

  /** @throws {HttpProblem} 400 that names everything that is wrong. */
  function taken(items: unknown) {
    const parsed = parse(items, key)
    if (parsed.ok) return parsed.items
    throw refused(parsed.problems, resource.many)
  }

  /** The list with one item, as it was sent, at its place. Problems are named by the fields of that one item. */
  function placed(others: readonly Item[], item: Record<string, unknown>, position: number) {
    const at = Math.min(position, others.length)
    const parsed = parse([...others.slice(0, at), item, ...others.slice(at)], key)
    if (parsed.ok) return parsed.items
    const own = `${key}[${at}].`
    const problems = parsed.problems.map((found) => ({
      ...found,
      field: found.field.startsWith(own) ? found.field.slice(own.length) : 'body',
    }))
    throw refused(problems, resource.many)
  }

  /** @throws {HttpProblem} 404. */
  function indexOf(items: readonly Item[], id: number): number {
    const index = items.findIndex((item) => item.id === id)
    if (index < 0) throw new HttpProblem(404, `The site has no ${one} ${id}.`)
    return index
  }

  const shown = ({ revision, items }: SiteList<Item>) => ({ revision, [key]: [...items] })

  app.openapi(routes.read, async (c) => {
    const { id } = c.req.valid('param')
    if ((await control.sites.byId(id)) === null) throw new HttpProblem(404, `There is no site ${id}.`)
    return c.json(shown(await store.of(id)), 200)
  })

  app.openapi(routes.replace, async (c) => {
    const { revision, [key]: items } = c.req.valid('json')
    const drafts = taken(items)
    const changed = await store.change(
      c.req.valid('param').id,
      (current) => {
        const strangers = drafts.flatMap(({ id }, index) => {
          if (id === null || current.some((item) => item.id === id)) return []
          const message = `The site has no ${one} ${id}; leave the id out for a new one.`
          return [{ field: `${key}[${index}].id`, message }]
        })
        if (strangers.length > 0) throw refused(strangers, resource.many)
        return drafts
      },
      Number(revision),
    )
    return c.json(shown(changed), 200)
  })

  app.openapi(routes.add, async (c) => {
    const { position, ...item } = c.req.valid('json')
    const changed = await store.change(c.req.valid('param').id, (current) =>
      placed(current, { ...item, id: null }, position ?? current.length),
    )
    return c.json(shown(changed), 201)
  })

  app.openapi(routes.edit, async (c) => {
    const { id, itemId } = c.req.valid('param')
    const { position, ...change } = c.req.valid('json')
    const changed = await store.change(id, (current) => {
      const index = indexOf(current, itemId)
      const others = current.filter((_, at) => at !== index)
      return placed(others, { ...current[index], ...change, id: itemId }, position ?? index)
    })
    return c.json(shown(changed), 200)
  })

  app.openapi(routes.remove, async (c) => {
    const { id, itemId } = c.req.valid('param')
    const changed = await store.change(id, (current) => {
      const index = indexOf(current, itemId)
      return current.filter((_, at) => at !== index)
    })
    return c.json(shown(changed), 200)
  })

  return app
}

function refused(problems: readonly FieldProblem[], many: string): HttpProblem {
  const named = problems.slice(0, MAX_PROBLEMS)
  const [first] = named
  return new HttpProblem(400, `The ${many} cannot be taken: ${first?.field}: ${first?.message}`, named)
}

function itemComponent({ properties, required }: Pick<SiteListResource<never>, 'properties' | 'required'>) {
  const id = { type: 'integer' as const, description: 'Left out for a new one.' }
  return { type: 'object' as const, properties: { id, ...properties }, required: [...required] }
}

function routesOf(resource: Omit<SiteListResource<never>, 'store' | 'parse'>) {
  const { key, one, many, schemaName } = resource
  const path = `/api/v1/sites/{id}/${resource.path}` as const
  const tags = [resource.tag]
  const item = { $ref: `#/components/schemas/${schemaName}` }
  const middleware = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024} kB.`),
  })
  const params = idParam('site')
  const itemParams = params.extend({
    itemId: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, 'An id is a whole number.')
      .transform(Number)
      .openapi({ param: { name: 'itemId', in: 'path' }, type: 'integer', description: `Id of the ${one}.` }),
  })
  const properties = {
    revision: { type: 'integer' as const, description: 'Grows with every change of the list.' },
    [key]: { type: 'array' as const, items: item },
  }
  const listComponent = { type: 'object' as const, properties, required: ['revision', key] }
  const list = (description: string) => ({
    description,
    content: { 'application/json': { schema: z.looseObject({}).openapi(listComponent) } },
  })
  const body = <Schema extends z.ZodType>(schema: Schema) => ({
    body: { required: true, content: { 'application/json': { schema } } },
  })
  // Described in full and taken as it comes, since only the list's own reader can name the part that is wrong.
  const wholeList = z
    .strictObject({ revision: z.int().min(0), [key]: z.unknown().refine((value) => value !== undefined) })
    .openapi(listComponent)
  const placedItem = z.looseObject({ position: z.int().min(0).optional() }).openapi({
    type: 'object',
    properties: {
      ...resource.properties,
      position: { type: 'integer', minimum: 0, description: 'Place in the order, from 0.' },
    },
  })
  const wrong = problemResponse(`The ${many} cannot be taken; \`errors\` names the fields.`)
  const noSite = problemResponse('There is no such site.')
  const noItem = problemResponse(`There is no such site or ${one}.`)
  const tooLong = problemResponse('The body is longer than 128 kB.')
  const itemPath = `${path}/{itemId}` as const
  return {
    read: createRoute({
      method: 'get',
      path,
      summary: `Read a site’s ${many}`,
      description: resource.about,
      tags,
      request: { params },
      responses: { 200: list('The ordered list.'), 400: wrong, 404: noSite },
    }),
    replace: createRoute({
      method: 'put',
      path,
      summary: `Replace a site’s ${many}`,
      description:
        'The whole list at once, with the `revision` that it is based on. History shows it at once.',
      tags,
      middleware,
      request: { params, ...body(wholeList) },
      responses: {
        200: list('The list as it is now.'),
        400: wrong,
        404: noItem,
        409: problemResponse('The list has moved on from `revision`.'),
        413: tooLong,
      },
    }),
    add: createRoute({
      method: 'post',
      path,
      summary: `Add a ${one}`,
      tags,
      middleware,
      request: { params, ...body(placedItem) },
      responses: { 201: list('The list as it is now.'), 400: wrong, 404: noSite, 413: tooLong },
    }),
    edit: createRoute({
      method: 'patch',
      path: itemPath,
      summary: `Edit or move a ${one}`,
      description: 'What is left out stays.',
      tags,
      middleware,
      request: { params: itemParams, ...body(placedItem) },
      responses: { 200: list('The list as it is now.'), 400: wrong, 404: noItem, 413: tooLong },
    }),
    remove: createRoute({
      method: 'delete',
      path: itemPath,
      summary: `Remove a ${one}`,
      tags,
      request: { params: itemParams },
      responses: { 200: list('The list as it is now.'), 400: wrong, 404: noItem },
    }),
  }
}
