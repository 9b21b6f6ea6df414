import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startApi, type TestApi } from '../../test/support/api.ts'
import { goalRoutes } from './goals.ts'
import { pageKindRoutes } from './page-kinds.ts'

let server: TestApi
let site: string
let goals: string

beforeEach(async () => {
  server = await startApi()
  server.api.route('/', goalRoutes({ control: server.control }))
  server.api.route('/', pageKindRoutes({ control: server.control }))
  site = `/api/v1/sites/${(await server.control.sites.byName('default'))?.id}`
  goals = `${site}/goals`
})
afterEach(() => server.close())

function goal(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, match: { type: 'event', name: 'booked' }, ...more }
}

const DEFAULTS = { template: null, value: { type: 'none' }, count: 'session' }

describe('goals', () => {
  test('are none at first, and replaced as a whole with defaults filled in', async () => {
    expect((await server.send('GET', goals)).body).toEqual({ revision: 0, goals: [] })
    const put = await server.send('PUT', goals, {
      revision: 0,
      goals: [goal('a'), goal('b', { value: { type: 'fixed', amount: 12.5 }, count: 'every' })],
    })
    expect(put.status).toBe(200)
    expect(put.body).toEqual({
      revision: 1,
      goals: [
        { id: 1, ...goal('a'), ...DEFAULTS },
        { id: 2, ...goal('b'), ...DEFAULTS, value: { type: 'fixed', amount: 12.5 }, count: 'every' },
      ],
    })
    expect((await server.send('GET', goals)).body).toEqual(put.body)
    expect((await server.send('PUT', goals, put.body)).body).toEqual(put.body)
  })

  test('are added, edited, moved and removed one by one', async () => {
    expect((await server.send('POST', goals, goal('a'))).status).toBe(201)
    await server.send('POST', goals, goal('b'))
    const moved = await server.send('PATCH', `${goals}/2`, { position: 0, count: 'every' })
    expect(moved.body.goals).toEqual([
      { id: 2, ...goal('b'), ...DEFAULTS, count: 'every' },
      { id: 1, ...goal('a'), ...DEFAULTS },
    ])
    expect((await server.send('DELETE', `${goals}/2`)).body.goals).toHaveLength(1)
    expect((await server.send('DELETE', `${goals}/2`)).status).toBe(404)
    expect((await server.send('POST', goals, goal('c'))).body.goals[1]).toMatchObject({ id: 3, name: 'c' })
  })

  test('are not replaced by whoever read an older list', async () => {
    await server.send('PUT', goals, { revision: 0, goals: [goal('a')] })
    const late = await server.send('PUT', goals, { revision: 0, goals: [] })
    expect([late.status, late.body.errors[0].field]).toEqual([409, 'revision'])
  })

  test('that are wrong are refused with every field named', async () => {
    const answer = await server.send('PUT', goals, {
      revision: 0,
      goals: [
        goal('a', { match: { type: 'page', page: 'dealers' } }),
        goal('', { match: { type: 'any', of: [{ type: 'external' }] } }),
        goal('c', { value: { type: 'fixed', amount: 1.23456 }, count: 'often', template: 'x', more: 1 }),
        goal('d', {
          match: { type: 'event', name: 'x', props: [{ key: 'k', operator: 'like', values: [] }] },
        }),
        goal('e', { match: { type: 'mail', target: 'info@cars.example' } }),
      ],
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'goals[0].match.page',
      'goals[1].name',
      'goals[1].match.of[0].type',
      'goals[2].more',
      'goals[2].template',
      'goals[2].count',
      'goals[2].value.amount',
      'goals[3].match.props[0].operator',
      'goals[3].match.props[0].values',
      'goals[4].match.target',
    ])
    const one = await server.send('POST', goals, goal('a', { match: { type: 'page' } }))
    expect([one.status, one.body.errors[0].field]).toEqual([400, 'match.page'])
  })

  test('have names of their own within a site, and are a hundred at most', async () => {
    await server.send('POST', goals, goal('Booked'))
    const again = await server.send('POST', goals, goal('booked'))
    expect([again.status, again.body.errors[0].field]).toEqual([400, 'name'])
    const many = Array.from({ length: 101 }, (_, index) => goal(`goal ${index}`))
    expect((await server.send('PUT', goals, { revision: 1, goals: many })).body.errors[0].field).toBe('goals')
    const full = await server.send('PUT', goals, { revision: 1, goals: many.slice(0, 100) })
    expect(full.body.goals).toHaveLength(100)
  })

  test('of no site are not found', async () => {
    expect((await server.send('GET', '/api/v1/sites/999/goals')).status).toBe(404)
    expect((await server.send('POST', '/api/v1/sites/999/goals', goal('a'))).status).toBe(404)
    expect((await server.send('PATCH', `${goals}/7`, {})).status).toBe(404)
    const stranger = await server.send('PUT', goals, { revision: 0, goals: [goal('a', { id: 7 })] })
    expect([stranger.status, stranger.body.errors[0].field]).toEqual([400, 'goals[0].id'])
    expect((await server.send('PUT', goals, { revision: 0 })).body.errors[0].field).toBe('goals')
    expect((await server.send('PUT', goals, { goals: [] })).body.errors[0].field).toBe('revision')
  })

  test('can be made from every template as it is', async () => {
    const { data } = (await server.send('GET', '/api/v1/goal-templates')).body
    expect(data.map(({ name }: { name: string }) => name)).toEqual([
      'Dealer locator search',
      'Dealer selected',
      'Directions or call',
      'Test-drive form started',
      'Test drive booked',
      'Brochure downloaded',
    ])
    for (const { id, description: _, ...rest } of data) {
      const added = await server.send('POST', goals, { ...rest, template: id })
      expect(added.status).toBe(201)
      expect(added.body.goals.at(-1)).toMatchObject({ ...rest, template: id })
    }
  })
})

describe('page kinds', () => {
  test('are kept in their order, with patterns in the spelling of pages', async () => {
    const put = await server.send('PUT', `${site}/page-kinds`, {
      revision: 0,
      pageKinds: [
        { pattern: 'https://www.Cars.example/dealers/', label: 'Locator', kind: 'dealer_locator' },
        { pattern: '/spring/**', label: 'Spring', kind: 'campaign' },
      ],
    })
    expect(put.body).toEqual({
      revision: 1,
      pageKinds: [
        { id: 1, pattern: 'cars.example/dealers', label: 'Locator', kind: 'dealer_locator' },
        { id: 2, pattern: '/spring/**', label: 'Spring', kind: 'campaign' },
      ],
    })
    expect((await server.send('GET', `${site}/page-kinds`)).body).toEqual(put.body)
    expect((await server.send('GET', goals)).body.goals).toEqual([])
    const moved = await server.send('PATCH', `${site}/page-kinds/2`, { position: 0 })
    expect(moved.body.pageKinds.map(({ id }: { id: number }) => id)).toEqual([2, 1])
  })

  test('that are wrong are refused with every field named', async () => {
    const answer = await server.send('PUT', `${site}/page-kinds`, {
      revision: 0,
      pageKinds: [{ pattern: 'x', label: '', kind: 'home' }, 7],
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'pageKinds[0].label',
      'pageKinds[0].kind',
      'pageKinds[0].pattern',
      'pageKinds[1]',
    ])
    expect(answer.body.errors[1].allowed).toContain('test_drive_booking')
  })
})

test('the description names both lists and their fields', async () => {
  const { body } = await server.send('GET', '/api/v1/openapi.json')
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/api/v1/sites/{id}/goals',
      '/api/v1/sites/{id}/goals/{itemId}',
      '/api/v1/sites/{id}/page-kinds',
      '/api/v1/goal-templates',
    ]),
  )
  expect(body.components.schemas.Goal.required).toEqual(['name', 'match'])
  expect(body.components.schemas.PageKind.properties.kind.enum).toContain('campaign')
})
