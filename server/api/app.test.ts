import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../../test/support/api.ts'
import { HttpProblem } from './problem.ts'

let app: TestApi
const logged: unknown[] = []

beforeEach(async () => {
  logged.length = 0
  app = await startApi({ onError: (error) => logged.push(error) })
})
afterEach(() => app.close())

const raw = (method: string, path: string, body?: string, type?: string) =>
  app.api.request(path, {
    method,
    ...(body !== undefined && { body: new TextEncoder().encode(body) }),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  })

describe('the API', () => {
  it.each([
    ['POST', '/api/v1/links', '{"destination"', 'application/json', 400],
    ['POST', '/api/v1/links', '', 'application/json', 400],
    ['POST', '/api/v1/links', undefined, undefined, 400],
    ['POST', '/api/v1/links', '{"destination":"https://example.com"}', undefined, 415],
    ['POST', '/api/v1/links', '{"destination":"https://example.com"}', 'text/plain', 415],
    ['POST', '/api/v1/links', 'destination=https://example.com', 'application/x-www-form-urlencoded', 415],
    ['PATCH', '/api/v1/sites/1', '{}', 'text/plain', 415],
    ['POST', '/api/v1/links', JSON.stringify({ notes: 'x'.repeat(65_536) }), 'application/json', 413],
    ['GET', '/api/v1/nothing', undefined, undefined, 404],
    ['GET', '/api', undefined, undefined, 404],
    ['PUT', '/api/v1/links', undefined, undefined, 405],
    ['POST', '/api/v1/links/1', undefined, undefined, 405],
    ['DELETE', '/api/v1/openapi.json', undefined, undefined, 405],
  ])('answers %s %s %j (%s) with a %i problem', async (method, path, body, type, status) => {
    const answer = await raw(method, path, body, type)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ status, type: 'about:blank', detail: expect.any(String) })
  })

  it('says what a path allows', async () => {
    expect((await raw('PUT', '/api/v1/links')).headers.get('allow')).toBe('GET, HEAD, POST')
    expect((await raw('POST', '/api/v1/links/1')).headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE')
    expect((await raw('HEAD', '/api/v1/links')).status).toBe(200)
  })

  it('hides what went wrong inside, and tells the log', async () => {
    await app.control.close()
    const answer = await raw('GET', '/api/v1/sites')
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ errors: [] })
    expect(logged).toHaveLength(1)
  })

  it('describes every route in OpenAPI 3.1, without a dangling reference', async () => {
    const { status, body } = await app.send('GET', '/api/v1/openapi.json')
    expect(status).toBe(200)
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths).sort()).toEqual([
      '/api/v1/domains',
      '/api/v1/domains/{id}',
      '/api/v1/links',
      '/api/v1/links/{id}',
      '/api/v1/sites',
      '/api/v1/sites/{id}',
    ])
    const text = JSON.stringify(body)
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(references))
    expect(body.components.schemas.NewLink).toMatchObject({
      required: ['destination'],
      additionalProperties: false,
    })
    expect(body.paths['/api/v1/links'].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'search',
      'state',
      'tag',
      'site',
      'cursor',
      'limit',
      'include',
    ])
  })

  it('takes in other resources: their description, their validation, their problems', async () => {
    const other = new OpenAPIHono()
    const body = {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ name: z.string() }) } },
    }
    other.openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/other',
        request: { body },
        responses: { 200: { description: 'Done.' } },
      }),
      () => {
        throw new HttpProblem(422, 'Too heavy.')
      },
    )
    app.api.route('/', other)
    expect((await app.send('POST', '/api/v1/other', {})).body.errors).toMatchObject([{ field: 'name' }])
    expect(await app.send('POST', '/api/v1/other', { name: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [] },
    })
    expect((await app.send('GET', '/api/v1/openapi.json')).body.paths).toHaveProperty('/api/v1/other')
    expect((await raw('GET', '/api/v1/other')).headers.get('allow')).toBe('POST')
  })
})

describe('/api/docs', () => {
  it('shows the reference with files of its own only', async () => {
    const page = await raw('GET', '/api/docs')
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(html).not.toMatch(/https?:/)
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(files).toHaveLength(4)
    for (const file of files) {
      const answer = await raw('GET', file)
      expect([file, answer.status]).toEqual([file, 200])
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(50)
    }
  })

  it.each(['package.json', '..%2fpackage.json', '__proto__', 'constructor'])(
    'has no file %s',
    async (file) => {
      expect((await raw('GET', `/api/docs/${file}`)).status).toBe(404)
    },
  )
})
