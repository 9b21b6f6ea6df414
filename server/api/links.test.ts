import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../../test/support/api.ts'

const DESTINATION = 'https://example.com/page'
let app: TestApi

beforeEach(async () => {
  app = await startApi()
})
afterEach(() => app.close())

const post = (body: unknown) => app.send('POST', '/api/v1/links', body)
const fields = (answer: { body: { errors: { field: string }[] } }) =>
  answer.body.errors.map(({ field }) => field)

describe('POST /api/v1/links', () => {
  it('needs only a destination', async () => {
    const answer = await post({ destination: 'https://example.com/größe?jjk=x' })
    expect(answer.status).toBe(201)
    const { slug, createdAt, ...link } = answer.body
    expect(answer.headers.get('location')).toBe(`/api/v1/links/${link.id}`)
    expect(slug).toMatch(/^[a-z0-9]{7}$/)
    expect(new Date(createdAt).toISOString()).toBe(createdAt)
    expect(link).toEqual({
      id: link.id,
      site: 'default',
      domain: 'go.example',
      shortUrl: `https://go.example/${slug}`,
      destination: 'https://example.com/gr%C3%B6%C3%9Fe',
      utm_source: null,
      utm_medium: null,
      utm_campaign: null,
      utm_term: null,
      utm_content: null,
      status: 302,
      state: 'active',
      expiresAt: null,
      fallbackUrl: null,
      passThrough: 'fill',
      clickId: 'visit',
      platform: null,
      placement: null,
      paid: null,
      title: null,
      notes: null,
      tags: [],
      postId: null,
      campaignId: null,
      externalId: null,
      version: 1,
      updatedAt: createdAt,
      archivedAt: null,
    })
  })

  it('keeps all that it is given, tidied', async () => {
    const answer = await post({
      destination: DESTINATION,
      slug: 'Größe/x',
      domain: 'GO.example',
      site: 'default',
      utm_source: '  facebook ',
      utm_medium: '',
      utm_campaign: null,
      status: 301,
      state: 'disabled',
      expiresAt: '2027-01-01T01:00:00+02:00',
      fallbackUrl: 'HTTPS://Example.com',
      passThrough: 'off',
      clickId: 'link',
      platform: ' Instagram',
      placement: 'Bio',
      paid: 'organic',
      title: '',
      notes: 'one\ntwo',
      tags: ['a', 'a', ' b '],
      postId: 'p',
      campaignId: 'c',
      externalId: 'e',
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      slug: 'Größe/x',
      shortUrl: 'https://go.example/Gr%C3%B6%C3%9Fe/x',
      utm_source: 'facebook',
      utm_medium: null,
      utm_campaign: null,
      status: 301,
      state: 'disabled',
      expiresAt: '2026-12-31T23:00:00.000Z',
      fallbackUrl: 'https://example.com/',
      passThrough: 'off',
      clickId: 'link',
      platform: 'instagram',
      placement: 'bio',
      paid: 'organic',
      title: null,
      notes: 'one\ntwo',
      tags: ['a', 'b'],
      postId: 'p',
      campaignId: 'c',
      externalId: 'e',
    })
    expect((await app.send('GET', `/api/v1/links/${answer.body.id}`)).body).toEqual(answer.body)
  })

  it('answers a taken slug with a 409 that names the field, to nineteen of twenty', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post({ destination: DESTINATION, slug: 'sale' })),
    )
    const refused = answers.filter(({ status }) => status === 409)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(refused).toHaveLength(19)
    for (const answer of refused) expect(fields(answer)).toEqual(['slug'])
    expect(refused[0]?.headers.get('content-type')).toBe('application/problem+json')
  })

  it.each([
    [{}, ['destination']],
    [{ destination: 7 }, ['destination']],
    [
      { destination: 'ftp://example.com', slug: 'a b', fallbackUrl: 'x', domain: 'no.example', site: 'no' },
      ['destination', 'slug', 'fallbackUrl', 'domain', 'site'],
    ],
    [{ destination: 'https://go.example/x' }, ['destination']],
    [{ destination: DESTINATION, slug: 'api/x' }, ['slug']],
    [{ destination: DESTINATION, Slug: 'x', utm_sourse: 'y' }, ['Slug', 'utm_sourse']],
    [
      { destination: DESTINATION, utm_source: 'x'.repeat(256), utm_term: 'a\u0000b', title: '\uD800' },
      ['utm_source', 'utm_term', 'title'],
    ],
    [
      {
        destination: DESTINATION,
        status: 303,
        state: 'archived',
        expiresAt: '2026-02-30T00:00:00Z',
        tags: ['a', ''],
      },
      ['status', 'state', 'expiresAt', 'tags[1]'],
    ],
    [[], ['body']],
  ])('refuses %j', async (body, expected) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status: 400, title: 'Bad Request' })
    expect(fields(answer).sort()).toEqual([...expected].sort())
  })

  it('says what is allowed where that is a closed list', async () => {
    const answer = await post({ destination: DESTINATION, status: 303, passThrough: 'x' })
    expect(answer.body.errors).toMatchObject([
      { field: 'status', allowed: ['301', '302', '307', '308'] },
      { field: 'passThrough', allowed: ['fill', 'override', 'off'] },
    ])
    expect((await post({ destination: DESTINATION, domain: 'x' })).body.errors).toMatchObject([
      { field: 'domain', allowed: ['go.example'] },
    ])
  })
})

describe('PATCH and DELETE /api/v1/links/{id}', () => {
  it('change what they name, take away what is null, and count versions', async () => {
    const { body } = await post({ destination: DESTINATION, title: 'Old', utm_source: 'x', utm_term: 't' })
    const path = `/api/v1/links/${body.id}`
    const change = { title: null, utm_source: null, expiresAt: '2030-01-01T00:00:00Z', version: 1 }
    const edited = await app.send('PATCH', path, change)
    expect(edited.status).toBe(200)
    const { updatedAt } = edited.body
    expect(edited.body).toEqual({
      ...body,
      title: null,
      utm_source: null,
      expiresAt: '2030-01-01T00:00:00.000Z',
      version: 2,
      updatedAt,
    })
    expect((await app.send('PATCH', path, { expiresAt: null })).body.expiresAt).toBeNull()
    expect(await app.send('PATCH', path, { title: 'x', version: 1 })).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'version' }] },
    })
  })

  it('archive a link, which keeps its slug, and restore it', async () => {
    const { body } = await post({ destination: DESTINATION, slug: 'sale' })
    const path = `/api/v1/links/${body.id}`
    const archived = await app.send('DELETE', path)
    expect(archived).toMatchObject({ status: 200, body: { state: 'archived', slug: 'sale' } })
    expect(archived.body.archivedAt).not.toBeNull()
    expect((await post({ destination: DESTINATION, slug: 'SALE' })).status).toBe(409)
    expect((await app.send('PATCH', path, { state: 'active' })).body).toMatchObject({
      state: 'active',
      archivedAt: null,
    })
  })

  it('leave the slug alone once it has been clicked', async () => {
    const { body } = await post({ destination: DESTINATION })
    const path = `/api/v1/links/${body.id}`
    expect((await app.send('PATCH', path, { slug: 'one' })).body.slug).toBe('one')
    await app.control.links.markClicked([body.id])
    const answer = await app.send('PATCH', path, { slug: 'two' })
    expect([answer.status, fields(answer)]).toEqual([409, ['slug']])
  })

  it('answer 404 for a link that is not there, 400 for what is no id or no field', async () => {
    for (const method of ['GET', 'DELETE'])
      expect((await app.send(method, '/api/v1/links/77')).status).toBe(404)
    expect((await app.send('PATCH', '/api/v1/links/77', {})).status).toBe(404)
    const answer = await app.send('GET', '/api/v1/links/x')
    expect([answer.status, fields(answer)]).toEqual([400, ['id']])
    expect(fields(await app.send('PATCH', '/api/v1/links/77', { domain: 'go.example' }))).toEqual(['domain'])
  })
})

describe('GET /api/v1/links', () => {
  const list = async (query: string) => (await app.send('GET', `/api/v1/links?${query}`)).body
  const slugs = async (query: string) => (await list(query)).data.map((link: { slug: string }) => link.slug)

  beforeEach(async () => {
    await post({ destination: 'https://one.example/', slug: 'one', title: 'First', tags: ['Spring'] })
    await post({
      destination: 'https://two.example/',
      slug: 'two',
      utm_campaign: 'spring_26',
      state: 'disabled',
    })
    const { body } = await post({ destination: 'https://three.example/', slug: 'three' })
    await app.send('DELETE', `/api/v1/links/${body.id}`)
  })

  it('gives active and disabled links, newest first', async () =>
    expect(await slugs('')).toEqual(['two', 'one']))

  it.each([
    ['state=all', ['three', 'two', 'one']],
    ['state=archived', ['three']],
    ['state=disabled', ['two']],
    ['tag=SPRING', ['one']],
    ['search=TWO.ex', ['two']],
    ['search=spring_', ['two']],
    ['search=first', ['one']],
    ['search=', ['two', 'one']],
    ['search=%25', []],
    ['site=default&limit=1', ['two']],
  ])('%s', async (query, expected) => expect(await slugs(query)).toEqual(expected))

  it('goes on where the page before ended', async () => {
    const first = await list('state=all&limit=2')
    const rest = await list(`state=all&limit=2&cursor=${first.nextCursor}`)
    expect([...first.data, ...rest.data].map((link) => link.slug)).toEqual(['three', 'two', 'one'])
    expect(rest.nextCursor).toBeNull()
  })

  it.each([
    ['limit=0', ['limit']],
    ['limit=x', ['limit']],
    ['state=gone', ['state']],
    ['cursor=x', ['cursor']],
    ['site=no', ['site']],
    ['limt=5', ['limt']],
    ['tag=a&tag=b', ['tag']],
  ])('refuses %s', async (query, expected) => {
    const answer = await app.send('GET', `/api/v1/links?${query}`)
    expect([answer.status, fields(answer)]).toEqual([400, expected])
  })
})

describe('include=clicks', () => {
  const withClicks = async (linkClicks: Parameters<typeof startApi>[0]) => {
    const other = await startApi(linkClicks)
    try {
      const ids: number[] = []
      for (const slug of ['one', 'two']) {
        const { body } = await other.send('POST', '/api/v1/links', { destination: DESTINATION, slug })
        ids.push(body.id)
      }
      const { status, body } = await other.send('GET', '/api/v1/links?include=clicks')
      expect(status).toBe(200)
      expect((await other.send('GET', '/api/v1/links')).body.data[0]).not.toHaveProperty('clicks')
      expect((await other.send('GET', `/api/v1/links/${ids[1]}?include=clicks`)).body).toEqual(body.data[0])
      return body.data.map((link: { clicks: unknown; lastClickAt: unknown }) => [
        link.clicks,
        link.lastClickAt,
      ])
    } finally {
      await other.close()
    }
  }

  it('adds clicks and the last one, none where the warehouse knows of none', async () => {
    const known = { clicks: 3, lastClickAt: Date.UTC(2026, 0, 2) }
    const linkClicks = async (_site: number, ids: readonly number[]) => new Map([[Math.max(...ids), known]])
    const [two, one] = await withClicks({ linkClicks })
    expect(two).toEqual([3, '2026-01-02T00:00:00.000Z'])
    expect(one).toEqual([0, null])
  })

  it('says null while the warehouse refuses or hangs', async () => {
    const refuses = async () => Promise.reject(new Error('away'))
    expect(await withClicks({ linkClicks: refuses })).toEqual([
      [null, null],
      [null, null],
    ])
    const hangs = () => new Promise<never>(() => {})
    expect(await withClicks({ linkClicks: hangs })).toEqual([
      [null, null],
      [null, null],
    ])
  })
})
