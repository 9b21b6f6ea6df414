import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../../test/support/api.ts'

let app: TestApi

beforeEach(async () => {
  app = await startApi()
})
afterEach(() => app.close())

const fields = (answer: { body: { errors: { field: string }[] } }) =>
  answer.body.errors.map(({ field }) => field)

describe('/api/v1/sites', () => {
  it('begins with the default site', async () => {
    const { body } = await app.send('GET', '/api/v1/sites')
    expect(body).toMatchObject({
      data: [{ name: 'default', timezone: 'UTC', hostnames: [] }],
      nextCursor: null,
    })
    expect((await app.send('GET', `/api/v1/sites/${body.data[0].id}`)).body).toEqual(body.data[0])
    expect((await app.send('GET', '/api/v1/sites/99')).status).toBe(404)
  })

  it('makes and edits sites, in one spelling', async () => {
    const made = await app.send('POST', '/api/v1/sites', { name: 'blog', timezone: 'asia/kathmandu' })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/v1/sites/${made.body.id}`)
    expect(made.body).toMatchObject({ timezone: 'Asia/Kathmandu', currency: 'USD', keepClickIds: false })
    expect(made.body).toMatchObject({ respectGpc: true, respectDnt: false })
    const edited = await app.send('PATCH', `/api/v1/sites/${made.body.id}`, {
      hostnames: ['WWW.Example.com', 'example.com', 'müller.de'],
      currency: 'eur',
      pageKeys: ['model', 'model'],
      keepClickIds: true,
      respectGpc: false,
      respectDnt: true,
    })
    expect(edited.body).toEqual({
      ...made.body,
      hostnames: ['example.com', 'xn--mller-kva.de'],
      currency: 'EUR',
      pageKeys: ['model'],
      keepClickIds: true,
      respectGpc: false,
      respectDnt: true,
    })
    expect((await app.send('GET', `/api/v1/sites/${made.body.id}`)).body).toEqual(edited.body)
  })

  it('refuses what no site can be', async () => {
    const bad = {
      timezone: '+05:30',
      currency: 'XXZ',
      hostnames: ['example.com', 'https://x/'],
      pageKeys: [''],
    }
    expect(fields(await app.send('PATCH', '/api/v1/sites/1', bad))).toEqual(['pageKeys[0]'])
    const answer = await app.send('PATCH', '/api/v1/sites/1', { ...bad, pageKeys: [] })
    expect([answer.status, fields(answer)]).toEqual([400, ['hostnames[1]', 'timezone', 'currency']])
    expect(fields(await app.send('PATCH', '/api/v1/sites/1', { name: 'x' }))).toEqual(['name'])
    expect(fields(await app.send('POST', '/api/v1/sites', { name: 'Not a name' }))).toEqual(['name'])
    expect((await app.send('PATCH', '/api/v1/sites/99', {})).status).toBe(404)
  })

  it('refuses a name or a hostname that another site has', async () => {
    await app.send('POST', '/api/v1/sites', { name: 'blog', hostnames: ['example.com'] })
    const again = await app.send('POST', '/api/v1/sites', { name: 'blog' })
    expect([again.status, fields(again)]).toEqual([409, ['name']])
    const shared = await app.send('PATCH', '/api/v1/sites/1', { hostnames: ['www.example.com'] })
    expect([shared.status, fields(shared)]).toEqual([409, ['hostnames']])
  })
})

describe('/api/v1/domains', () => {
  it('begins with the default domain', async () => {
    const { body } = await app.send('GET', '/api/v1/domains')
    expect(body.data).toMatchObject([
      { host: 'go.example', site: 'default', isDefault: true, caseSensitive: false, fallbackUrl: null },
    ])
    expect(body.data[0]).not.toHaveProperty('siteId')
    expect((await app.send('GET', `/api/v1/domains/${body.data[0].id}`)).body).toEqual(body.data[0])
  })

  it('adds domains, on which slugs are their own', async () => {
    const domain = { host: 'KZ.example', fallbackUrl: 'https://example.com', caseSensitive: true }
    const made = await app.send('POST', '/api/v1/domains', domain)
    expect(made).toMatchObject({
      status: 201,
      body: {
        host: 'kz.example',
        fallbackUrl: 'https://example.com/',
        caseSensitive: true,
        isDefault: false,
      },
    })
    for (const slug of ['Sale', 'sale']) {
      const link = { destination: 'https://example.com/', slug, domain: 'kz.example' }
      expect((await app.send('POST', '/api/v1/links', link)).body.shortUrl).toBe(`https://kz.example/${slug}`)
    }
    expect((await app.send('POST', '/api/v1/domains', domain)).status).toBe(409)
  })

  it('edits the fallback, which never leads in a circle', async () => {
    const path = `/api/v1/domains/${(await app.control.domains.default()).id}`
    expect((await app.send('PATCH', path, { fallbackUrl: 'https://example.com/x' })).body.fallbackUrl).toBe(
      'https://example.com/x',
    )
    expect((await app.send('PATCH', path, {})).body.fallbackUrl).toBe('https://example.com/x')
    expect((await app.send('PATCH', path, { fallbackUrl: null })).body.fallbackUrl).toBeNull()
    expect(fields(await app.send('PATCH', path, { fallbackUrl: 'https://go.example/' }))).toEqual([
      'fallbackUrl',
    ])
    expect(fields(await app.send('PATCH', path, { host: 'x.example' }))).toEqual(['host'])
    const circle = { host: 'new.example', fallbackUrl: 'https://new.example/', site: 'no' }
    expect(fields(await app.send('POST', '/api/v1/domains', circle))).toEqual(['site', 'fallbackUrl'])
  })
})
