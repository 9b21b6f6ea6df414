import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, HOST, type RunningEdge, startEdge } from './edge-harness.ts'

let running: RunningEdge

beforeAll(async () => {
  running = await startEdge({ mayUseApp: (req) => req.headers['x-operator'] === 'yes' })
  const { id } = await running.control.domains.default()
  await running.control.links.create({ domainId: id, slug: 'there', destination: 'https://shop.example/' })
})
afterAll(() => running.close())

const raw = (lines: string) => running.send(Buffer.from(`${lines}\r\n\r\n`, 'latin1'))
const withHost = `Host: ${HOST}\r\nConnection: close`

describe('what asks for no link', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
    '%s is answered 405 with Allow',
    async (method) => {
      for (const target of ['/there', '/nobody', '/', '/t.js', '/healthz', '/there+']) {
        const answer = await running.ask(target, { method })
        expect(answer.status).toBe(405)
        expect(answer.headers.allow).toBe('GET, HEAD')
      }
    },
  )

  it.each([
    ['a malformed escape', '/%zz', 400],
    ['half an escape', '/a%2', 400],
    ['escapes that are no UTF-8', '/%ff%fe', 400],
    ['a path of 10 kB', `/${'a'.repeat(10_000)}`, 414],
    ['a scanner’s file', '/.env', 404],
    ['a NUL', '/a%00b', 404],
    ['a line break', '/a%0d%0aSet-Cookie:%20x', 404],
    ['two slashes', '//evil.test', 404],
    ['two slashes and a path', '//evil.test/%2e%2e', 404],
    ['a backslash', '/\\evil.test', 404],
    ['an escaped backslash', '/%5Cevil.test', 404],
    ['dots', '/../../etc/passwd', 404],
    ['only slashes', '///', 404],
    ['a slug of 200 characters', `/${'a'.repeat(200)}`, 404],
    ['a lone plus', '/+', 404],
    ['a template', '/{{7*7}}', 404],
    ['a path below an own file', '/e/x', 404],
    ['an own name escaped', '/%61pi/v1/links', 404],
  ])('%s is a 4xx', async (_, target, status) => {
    expect((await running.ask(target)).status).toBe(status)
  })

  it('stores what was asked for however odd it is, and asks the store nothing for what no slug can be', async () => {
    const before = running.edge.snapshot().cacheMisses
    await running.ask('/odd%00%7F%22slug')
    expect(running.hits().at(-1)).toMatchObject({
      outcome: 'unknown',
      slug: 'odd\0\x7f"slug',
      url: '/odd%00%7F%22slug',
    })
    expect(running.edge.snapshot().cacheMisses).toBe(before)
  })

  it.each([
    ['no HTTP at all', '\x16\x03\x01\x02\0garbage', '400'],
    ['bytes beyond ASCII in the target', `GET /fr\xfch HTTP/1.1\r\n${withHost}`, '400'],
    ['no Host', 'GET /there HTTP/1.1\r\nConnection: close', '400'],
    ['two lengths', `POST /e HTTP/1.1\r\n${withHost}\r\nContent-Length: 1\r\nContent-Length: 2`, '400'],
    ['headers of 20 kB', `GET /there HTTP/1.1\r\n${withHost}\r\nX: ${'x'.repeat(20_000)}`, '431'],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\n${withHost}`, '405'],
    ['an asterisk with GET', `GET * HTTP/1.1\r\n${withHost}`, '400'],
    ['HTTP/1.0 without Host', 'GET /there HTTP/1.0', '302'],
    ['a target in absolute form', `GET HTTP://${HOST}/there?a=1 HTTP/1.1\r\n${withHost}`, '302'],
    ['an absolute target without path', `GET http://${HOST} HTTP/1.1\r\n${withHost}`, '404'],
    ['a fragment in the target', `GET /there#frag HTTP/1.1\r\n${withHost}`, '302'],
    ['another scheme', `GET ftp://${HOST}/there HTTP/1.1\r\n${withHost}`, '400'],
  ])('%s on the wire is answered in the protocol’s words', async (_, lines, status) => {
    const answer = await raw(lines)
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect((await running.ask('/there')).status).toBe(302)
  })

  it('cannot move the destination by what stands in the target', async () => {
    const answer = await raw(`GET /there?a=1#@evil.test/ HTTP/1.1\r\n${withHost}`)
    expect(answer).toMatch(/\r\nLocation: https:\/\/shop\.example\/\?a=1&jjk=[\w-]{40}\r\n/)
  })

  it('never ends in a 500', () => {
    expect(running.edge.snapshot().failed).toBe(0)
  })
})

describe('Jejak’s own addresses', () => {
  it('are passed on where they are not the edge’s', async () => {
    for (const target of [
      '/api/v1/links?x=1',
      '/app',
      '/app/compare',
      '/assets/a.js',
      '/metrics',
      '/_/x',
      '/api',
    ]) {
      expect(await running.ask(target, { method: 'POST' })).toMatchObject({
        status: 299,
        body: `passed on ${target}`,
      })
    }
  })

  it('are answered and never stored', async () => {
    const before = running.hits().length
    const answers: [string, number][] = [
      ['/robots.txt', 200],
      ['/favicon.ico', 204],
      ['/healthz', 200],
    ]
    answers.push(['/readyz', 200], ['/.well-known/security.txt', 404], ['/t.js', 200], ['/', 404])
    for (const [target, status] of answers) {
      expect((await running.ask(target)).status).toBe(status)
      expect((await running.ask(target, { method: 'HEAD' })).body).toBe('')
    }
    expect(running.hits()).toHaveLength(before)
  })

  it('lead from the front to the dashboard for whoever may see it', async () => {
    const answer = await running.ask('/', { headers: { 'x-operator': 'yes' } })
    expect(answer).toMatchObject({ status: 302, headers: { location: '/app' } })
  })

  it('give the page script to pages anywhere, kept an hour', async () => {
    const answer = await running.ask('/t.js')
    expect(answer.body).toBe('/* the page script */')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    const again = (tag: string): Promise<Answer> =>
      running.ask('/t.js', { headers: { 'if-none-match': tag } })
    expect((await again(String(answer.headers.etag))).status).toBe(304)
    expect((await again(`"other", W/${answer.headers.etag}`)).status).toBe(304)
    expect((await again('"other"')).status).toBe(200)
    for (const query of ['actions', 'actions=']) {
      expect((await running.ask(`/t.js?${query}`)).body).toBe('/* its second half */')
    }
    expect((await running.ask('/t.js?v=2')).body).toBe('/* the page script */')
  })
})
