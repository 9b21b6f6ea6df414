import { expect, test } from 'vitest'
import { type AccessRequest, checkAccess } from './access.ts'

const TOKEN = 'a'.repeat(32)
const RULES = { apiToken: TOKEN, publicOrigin: 'https://go.example' }
const LOCAL: AccessRequest = { method: 'GET', peer: '127.0.0.1', headers: { host: 'localhost:8080' } }

function allowed(change: Partial<AccessRequest>, rules = RULES): boolean {
  return checkAccess({ ...LOCAL, ...change }, rules).allowed
}

test.each(['localhost', 'localhost:8080', '127.0.0.1:9', '[::1]:8080', 'LOCALHOST'])(
  'this machine by %s',
  (host) => {
    expect(allowed({ headers: { host } })).toBe(true)
    expect(allowed({ headers: { host }, peer: '::ffff:127.0.0.1' })).toBe(true)
  },
)

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.2',
  'localhost:8080:1',
  '',
])('a rebinding Host %j is refused', (host) => {
  expect(allowed({ headers: { host } })).toBe(false)
})

test.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via'])(
  'a request with %s came through a proxy',
  (name) => {
    expect(allowed({ headers: { host: 'localhost', [name]: '127.0.0.1' } })).toBe(false)
  },
)

test.each(['192.168.1.5', '203.0.113.9', '2001:db8::1', '::ffff:10.0.0.1', undefined])(
  '%s is another machine',
  (peer) => {
    expect(allowed({ peer })).toBe(false)
  },
)

test('another machine with the token may pass, with a wrong one or none set it may not', () => {
  const away = { peer: '203.0.113.9', headers: { host: 'go.example', authorization: `Bearer ${TOKEN}` } }
  expect(allowed(away)).toBe(true)
  expect(allowed({ ...away, headers: { ...away.headers, authorization: `Bearer ${TOKEN}x` } })).toBe(false)
  expect(checkAccess({ ...LOCAL, ...away }, { ...RULES, apiToken: null }).allowed).toBe(false)
  const basic = `Basic ${Buffer.from(`jejak:${TOKEN}`).toString('base64')}`
  expect(allowed({ ...away, headers: { ...away.headers, authorization: basic } })).toBe(true)
})

test('a write from a page of another origin is refused, with or without the token', () => {
  const write = (origin: string | undefined, authorization?: string) =>
    allowed({
      method: 'POST',
      headers: {
        host: 'localhost:8080',
        ...(origin ? { origin } : {}),
        ...(authorization ? { authorization } : {}),
      },
    })
  expect(write(undefined)).toBe(true)
  expect(write('http://localhost:8080')).toBe(true)
  expect(write('https://go.example')).toBe(true)
  expect(write('http://localhost:3000')).toBe(false)
  expect(write('https://evil.example')).toBe(false)
  expect(write('null')).toBe(false)
  expect(write('https://evil.example', `Bearer ${TOKEN}`)).toBe(false)
})

test('a refusal says how to open the door', () => {
  expect(checkAccess({ ...LOCAL, peer: '10.0.0.1' }, RULES)).toMatchObject({
    detail: expect.stringContaining('JEJAK_API_TOKEN'),
  })
})
