import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startApi, type TestApi } from '../../test/support/api.ts'
import type { Condition } from '../domain/rules/rule.ts'
import { openServerWarehouse } from '../warehouse/server.ts'
import { ruleRoutes } from './rules.ts'

const WHEN: Condition = { field: 'referrer_host', operator: 'is', values: ['partner.example'] }
const nowhere = openServerWarehouse({ url: 'http://127.0.0.1:1' })

let server: TestApi
let path: string

beforeEach(async () => {
  server = await startApi()
  server.api.route('/', ruleRoutes({ control: server.control, warehouse: nowhere }))
  path = `/api/v1/sites/${(await server.control.sites.byName('default'))?.id}/rules`
})
afterEach(() => server.close())

/** A rule as it is sent. */
function rule(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, when: WHEN, ...JSON.parse('{"then":{"channel":"Partners"}}'), ...more }
}

function names(body: { rules: { name: string }[] }): string[] {
  return body.rules.map(({ name }) => name)
}

describe('the list', () => {
  test('is empty at first, and replaced as a whole', async () => {
    expect((await server.send('GET', path)).body).toEqual({ revision: 0, rules: [] })
    const put = await server.send('PUT', path, {
      revision: 0,
      rules: [rule('a'), rule('b', { enabled: false })],
    })
    expect(put.status).toBe(200)
    expect(put.body).toEqual({
      revision: 1,
      rules: [
        { id: 1, ...rule('a', { enabled: true }) },
        { id: 2, ...rule('b', { enabled: false }) },
      ],
    })
    expect((await server.send('GET', path)).body).toEqual(put.body)
  })

  test('can be sent back as it was read, and keeps the ids of rules that stay', async () => {
    const first = await server.send('PUT', path, { revision: 0, rules: [rule('a'), rule('b')] })
    expect((await server.send('PUT', path, first.body)).body).toEqual(first.body)
    const [a, b] = first.body.rules
    const second = await server.send('PUT', path, { revision: 1, rules: [b, rule('c'), { ...a, name: 'A' }] })
    expect(second.body.rules.map((one: { id: number; name: string }) => [one.id, one.name])).toEqual([
      [2, 'b'],
      [3, 'c'],
      [1, 'A'],
    ])
  })

  test('is not replaced by whoever read an older one', async () => {
    await server.send('PUT', path, { revision: 0, rules: [rule('a')] })
    const late = await server.send('PUT', path, { revision: 0, rules: [] })
    expect(late.status).toBe(409)
    expect(late.body.errors).toMatchObject([{ field: 'revision' }])
    expect(names((await server.send('GET', path)).body)).toEqual(['a'])
  })

  test('names what is wrong by its place', async () => {
    const deep = { and: [{ field: 'source', operator: 'is', values: 'x' }] }
    const answer = await server.send('PUT', path, {
      revision: 0,
      rules: [rule('a'), rule('b', { id: 7 }), rule('c', { when: deep })],
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body.errors).toMatchObject([{ field: 'rules[2].when.and[0].values' }])
    const stranger = await server.send('PUT', path, { revision: 0, rules: [rule('b', { id: 7 })] })
    expect([stranger.status, stranger.body.errors[0].field]).toEqual([400, 'rules[0].id'])
    expect((await server.send('PUT', path, { rules: [] })).body.errors[0].field).toBe('revision')
    expect((await server.send('PUT', path, { revision: 0 })).body.errors[0].field).toBe('rules')
  })

  test('belongs to a site that there is', async () => {
    const elsewhere = '/api/v1/sites/999/rules'
    expect((await server.send('GET', elsewhere)).status).toBe(404)
    expect((await server.send('PUT', elsewhere, { revision: 0, rules: [] })).status).toBe(404)
    expect((await server.send('POST', elsewhere, rule('a'))).status).toBe(404)
    expect((await server.send('POST', `${elsewhere}/try`, { rules: [] })).status).toBe(404)
  })

  test('longer than 256 kB is refused', async () => {
    const answer = await server.send('PUT', path, { revision: 0, rules: ['x'.repeat(300_000)] })
    expect(answer.status).toBe(413)
  })
})

describe('a rule by itself', () => {
  test('is added last or at its place, edited, moved and removed', async () => {
    expect((await server.send('POST', path, rule('a'))).status).toBe(201)
    await server.send('POST', path, rule('b'))
    const added = await server.send('POST', path, rule('c', { position: 0 }))
    expect(names(added.body)).toEqual(['c', 'a', 'b'])
    const edited = await server.send('PATCH', `${path}/1`, { name: 'A', enabled: false })
    expect(edited.body.rules[1]).toEqual({ id: 1, ...rule('A', { enabled: false }) })
    expect(names((await server.send('PATCH', `${path}/3`, { position: 2 })).body)).toEqual(['A', 'b', 'c'])
    const removed = await server.send('DELETE', `${path}/2`)
    expect([removed.status, names(removed.body), removed.body.revision]).toEqual([200, ['A', 'c'], 6])
    expect((await server.send('DELETE', `${path}/2`)).status).toBe(404)
    expect((await server.send('PATCH', `${path}/2`, {})).status).toBe(404)
  })

  test('gets an id that no rule had before', async () => {
    await server.send('POST', path, rule('a'))
    await server.send('DELETE', `${path}/1`)
    expect((await server.send('POST', path, rule('b'))).body.rules).toMatchObject([{ id: 2 }])
  })

  test('that is wrong changes nothing and names its own fields', async () => {
    await server.send('POST', path, rule('a'))
    const wrong = await server.send('POST', path, rule('b', { when: { not: {} }, position: 0 }))
    expect([wrong.status, wrong.body.errors.map((one: { field: string }) => one.field)]).toEqual([
      400,
      ['when.not.field', 'when.not.operator'],
    ])
    expect((await server.send('PATCH', `${path}/1`, { name: '' })).body.errors[0].field).toBe('name')
    expect((await server.send('GET', path)).body.revision).toBe(1)
  })
})

test('rules cannot be tried while the warehouse is away, nor wrong ones', async () => {
  const away = await server.send('POST', `${path}/try`, { rules: [rule('a')] })
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5'])
  const wrong = await server.send('POST', `${path}/try`, { rules: [rule('a', { when: 1 })] })
  expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'rules[0].when'])
  const never = await server.send('POST', `${path}/try`, { rules: [], date_range: 'ever' })
  expect([never.status, never.body.errors[0].field]).toEqual([400, 'date_range'])
})

test('the description of the API shows rules and their conditions', async () => {
  const { body } = await server.send('GET', '/api/v1/openapi.json')
  expect(Object.keys(body.components.schemas)).toEqual(
    expect.arrayContaining(['Rule', 'RuleCondition', 'RuleTrial']),
  )
  const put = body.paths['/api/v1/sites/{id}/rules'].put
  expect(put.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/RuleListChange',
  })
})
