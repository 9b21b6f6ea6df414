import { afterAll, expect, test } from 'vitest'
import { startApi } from '../../test/support/api.ts'
import { compileRules } from '../domain/rules/compile.ts'
import { classifyRoutes } from './classify.ts'

const rules = compileRules([
  {
    id: 1,
    name: 'Dealers',
    enabled: true,
    when: { field: 'source', operator: 'is', values: ['dealer.example'] },
    // biome-ignore lint/suspicious/noThenProperty: the word of the rules themselves
    then: { channel: 'Partners' },
  },
])
const api = classifyRoutes({
  siteOf: async (name) => (name === 'cars' ? { hostnames: ['cars.example'], rules } : null),
})
// Mounted as in the app process: its errors are answered by the API around it.
const around = await startApi()
around.api.route('/', api)
afterAll(() => around.close())

async function ask(body: unknown, query = '', type = 'application/json') {
  const answer = await around.api.request(`/api/v1/classify${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

test('one visit gets one label, several get theirs in order', async () => {
  const url = 'https://cars.example/?utm_source=fb'
  const one = await ask({ url })
  expect(one).toMatchObject({ status: 200, body: { channel: 'Organic Social', source: 'Facebook' } })
  expect(one.body.evidence).toHaveLength(1)
  const two = await ask({ items: [{ url: `${url}-ads` }, { url }] }, '?evidence=false')
  expect(two.body.items.map((label: { channel: string }) => label.channel)).toEqual([
    'Paid Social',
    'Organic Social',
  ])
  expect(two.body.items[0]).not.toHaveProperty('evidence')
})

test('a site’s hosts and rules count where it is named', async () => {
  const visit = { url: 'https://go.example/x', referrer: 'https://www.cars.example/' }
  expect((await ask(visit)).body.channel).toBe('Referral')
  expect((await ask(visit, '?site=cars')).body).toMatchObject({ channel: 'Direct', rule: 'internal' })
  const partner = { url: 'https://go.example/x', referrer: 'https://dealer.example/' }
  expect((await ask(partner, '?site=cars')).body).toMatchObject({ channel: 'Partners', rule: 'site:1' })
  expect(await ask(visit, '?site=boats')).toMatchObject({ status: 404 })
})

test.each([
  [{ url: 1 }, 'url'],
  [{}, 'url'],
  [{ url: '', agent: '' }, 'agent'],
  [{ url: '', headers: { a: 1 } }, 'headers.a'],
  [{ items: [{ url: '' }, { url: '', referrer: 7 }] }, 'items[1].referrer'],
  [{ items: [] }, 'items'],
  [{ items: Array.from({ length: 1001 }, () => ({ url: '' })) }, 'items'],
  [[], 'body'],
  ['{', 'body'],
])('%j is refused, and the field is named', async (body, field) => {
  const answer = await ask(body)
  expect(answer.status).toBe(400)
  expect(answer.body.errors[0].field).toBe(field)
})

test('what is no JSON, too long, or asks for evidence oddly is refused', async () => {
  expect((await ask('url=x', '', 'text/plain')).status).toBe(415)
  expect((await ask({ url: 'x'.repeat(4 * 1024 * 1024) })).status).toBe(413)
  expect((await ask({ url: '' }, '?evidence=perhaps')).status).toBe(400)
})

test('it stands in the API’s description', async () => {
  const answer = await around.api.request('/api/v1/openapi.json')
  const { paths } = JSON.parse(await answer.text())
  expect(Object.keys(paths)).toContain('/api/v1/classify')
})
