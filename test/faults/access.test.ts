import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AskOptions, createService, type HttpAnswer, type Service } from '../support/service.ts'
import { loadedUntilNow } from './ledger.ts'

const TOKEN = 'a-token-of-at-least-thirty-two-characters'
const LINK = { destination: 'https://www.example.com/' }
const JSON_TYPE = { 'content-type': 'application/json' }

let service: Service

beforeAll(async () => {
  service = await createService()
  await service.start({ env: { JEJAK_API_TOKEN: TOKEN } })
})

afterAll(async () => {
  await service.dispose()
})

describe('who may use the API from the port', () => {
  test('this machine itself may, and so may a page of the service', async () => {
    expect((await write({})).status).toBe(201)
    expect((await write({ origin: `http://localhost:${service.port}` })).status).toBe(201)
    expect((await service.ask('/app/')).status).toBe(200)
  })

  test('a page of another origin cannot write, with the token or without', async () => {
    await expectRefused(write({ origin: 'https://evil.example' }), /page of https:\/\/evil\.example/)
    await expectRefused(write({ origin: 'null' }), /page of null/)
    await expectRefused(
      write({ origin: 'https://evil.example', authorization: `Bearer ${TOKEN}` }),
      /page of https:\/\/evil\.example/,
    )
    await expectRefused(
      service.ask('/api/v1/links/1', { method: 'DELETE', headers: { origin: 'https://evil.example' } }),
      /page of/,
    )
  })

  test('a name that was rebound to this machine opens nothing', async () => {
    for (const host of ['evil.example', `evil.example:${service.port}`, 'localhost.evil.example']) {
      for (const path of ['/api/v1/links', '/app/', '/metrics']) {
        await expectClosed(service.ask(path, { headers: { host } }), `${host} ${path}`)
      }
      await expectClosed(write({ host }), host)
    }
    expect(await rawAnswer('GET', '/api/v1/links', { Host: '' })).toMatch(/^HTTP\/1.1 40[03] /)
  })

  test('a request that came through a proxy opens nothing, whatever address it names', async () => {
    const headers: Record<string, string>[] = [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-host': 'localhost' },
      { forwarded: 'for=127.0.0.1;host=localhost' },
      { via: '1.1 proxy' },
    ]
    for (const forged of headers) {
      for (const path of ['/api/v1/links', '/app/', '/metrics']) {
        await expectClosed(service.ask(path, { headers: forged }), `${JSON.stringify(forged)} ${path}`)
      }
      await expectClosed(write(forged), JSON.stringify(forged))
    }
  })

  test('a refusal says how to open it, and the token does', async () => {
    const refused = await service.ask('/api/v1/links', { headers: { via: '1.1 proxy' } })
    expect(refused.status).toBe(403)
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(refused.json()).toMatchObject({ status: 403, detail: expect.stringContaining('JEJAK_API_TOKEN') })

    const outside = { host: 'go.example', 'x-forwarded-for': '192.0.2.1', via: '1.1 proxy' }
    const bearer = { ...outside, authorization: `Bearer ${TOKEN}` }
    expect((await service.ask('/api/v1/links', { headers: bearer })).status).toBe(200)
    expect((await service.ask('/metrics', { headers: bearer })).status).toBe(200)
    expect((await write(bearer)).status).toBe(201)
    const basic = { ...outside, authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}` }
    expect((await service.ask('/app/', { headers: basic })).status).toBe(200)
    const wrong = { ...outside, authorization: `Bearer ${TOKEN}x` }
    await expectClosed(service.ask('/api/v1/links', { headers: wrong }), 'a wrong token')
  })

  test('a write needs its content type, since a form of any page could send another', async () => {
    const body = JSON.stringify(LINK)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      const before = await countLinks()
      const made = await service.ask('/api/v1/links', { method: 'POST', headers, body })
      expect(made.status, type).toBeGreaterThanOrEqual(400)
      expect(made.status, type).toBeLessThan(500)
      expect(await countLinks(), type).toBe(before)
      const asked = await service.ask('/api/v1/query', { method: 'POST', headers, body })
      expect(asked.status, type).toBe(415)
    }
  })

  test('the doors for this machine’s commands are not on the port, however they are written', async () => {
    const targets = [
      '/_/status',
      '/_/counts/0123456789abcdef',
      '/api/../_/status',
      '/api/%2e%2e/_/status',
      '/api/.%2E/%5f/status',
      '/api/v1/../../_/status',
      '/metrics/../_/status',
      '/app/../_/status',
      '/api\\..\\_/status',
      '//_/status',
      `http://localhost:${service.port}/_/status`,
      `http://localhost:${service.port}/api/../_/status`,
    ]
    for (const target of targets) {
      for (const headers of [{}, { Authorization: `Bearer ${TOKEN}` }]) {
        const head = await rawAnswer('GET', target, headers)
        expect(head, target).toMatch(/^HTTP\/1.1 4\d\d /)
      }
    }
    expect(await rawAnswer('POST', '/api/../_/judge-again', JSON_TYPE)).toMatch(/^HTTP\/1.1 4\d\d /)
  })
})

describe('whose address a redirect believes', () => {
  const SYDNEY = '1.1.1.1'
  const CALIFORNIA = '8.8.8.8'

  test('a forged X-Forwarded-For changes neither country nor visitor', async () => {
    await follow('forged', { 'x-forwarded-for': SYDNEY })
    await follow('forged', { 'x-forwarded-for': CALIFORNIA })
    await follow('forged', { forwarded: `for=${SYDNEY}` })
    expect(await whoCame('forged')).toEqual({ visitors: 1, countries: ['(unknown)'] })
    const { warnings } = (await service.ask('/readyz')).json()
    expect(warnings).toEqual([expect.stringContaining('forwarding headers')])
  })

  test('from a trusted proxy its right-most foreign entry is the client', async () => {
    await service.stop()
    await service.start({ env: { JEJAK_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' } })
    await follow('trusted', { 'x-forwarded-for': `192.0.2.9, ${SYDNEY}` })
    await follow('trusted', { 'x-forwarded-for': `${CALIFORNIA}, 10.1.2.3` })
    await follow('trusted', { forwarded: `for=${CALIFORNIA}` })
    expect(await whoCame('trusted')).toEqual({ visitors: 2, countries: ['AU', 'US'] })
  })

  async function follow(slug: string, headers: Record<string, string>): Promise<void> {
    await service.ask('/api/v1/links', { body: { ...LINK, slug } })
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const answer = await service.ask(`/${slug}`, { headers: { 'user-agent': agent, ...headers } })
    expect(answer.status).toBe(302)
  }

  async function whoCame(slug: string): Promise<{ visitors: number; countries: string[] }> {
    await loadedUntilNow(service)
    const filters = [['is', 'link', [`localhost:${service.port}/${slug}`]]]
    const question = { metrics: ['visitors'], filters, date_range: '7d' }
    const all = (await service.ask('/api/v1/query', { body: question })).json()
    const split = (
      await service.ask('/api/v1/query', { body: { ...question, dimensions: ['country'] } })
    ).json()
    const countries: string[] = split.results.map(({ dimensions }: { dimensions: string[] }) => dimensions[0])
    return { visitors: all.results[0].metrics[0], countries: countries.sort() }
  }
})

function write(headers: Record<string, string>): Promise<HttpAnswer> {
  const options: AskOptions = { body: LINK, headers }
  return service.ask('/api/v1/links', options)
}

async function countLinks(): Promise<number> {
  const { data } = (await service.ask('/api/v1/links?limit=100')).json()
  return data.length
}

async function expectRefused(asking: Promise<HttpAnswer>, why: RegExp): Promise<void> {
  const answer = await asking
  expect(answer.status).toBe(403)
  expect(answer.json().detail).toMatch(why)
}

/** Refused in words of ours, or, where the request is no HTTP, by the protocol's. */
async function expectClosed(asking: Promise<HttpAnswer>, what: string): Promise<void> {
  const { status, headers, text } = await asking
  expect([400, 401, 403], what).toContain(status)
  if (status !== 400) expect(headers['content-type'], what).toMatch(/^application\/problem\+json/)
  if (status !== 400) expect(text, what).toContain('JEJAK_API_TOKEN')
}

/** The head of the answer to a request line that an HTTP client would tidy up. */
async function rawAnswer(method: string, target: string, headers: Record<string, string>): Promise<string> {
  const socket = connect(service.port, '127.0.0.1')
  const lines = Object.entries({ Host: `localhost:${service.port}`, Connection: 'close', ...headers })
  const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  const parts: Buffer[] = []
  socket.on('data', (part) => parts.push(part))
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await once(socket, 'close')
  return Buffer.concat(parts).toString()
}
