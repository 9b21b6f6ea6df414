import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MODELS } from '../../domain/attribution/contract.ts'
import { QuestionError } from '../problems.ts'
import { parseAttribution, parsePaths } from './parse.ts'

/** The fields that are complained about. */
function faults(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    return error.problems.map(({ field }) => field).sort()
  }
}

const DEFAULTS = {
  site: 'default',
  dateRange: '28d',
  goal: null,
  grain: 'channel',
  windowDays: 30,
  options: {
    collapse: false,
    direct: true,
    nulls: true,
    reuse: true,
    halfLife: 7,
    position: [0.4, 0.2, 0.4],
    order: 1,
  },
  sides: 'organic',
}

describe('a question about credit', () => {
  test('has its defaults filled in', () => {
    expect(parseAttribution({ date_range: '28d' })).toEqual({ ...DEFAULTS, models: MODELS, paths: 10 })
  })

  test('keeps what it was asked with', () => {
    const asked = {
      site: 'cars',
      goal: 'Booked',
      grain: 'side',
      sides: { search: ['Organic Search'], social: ['SMS'] },
      models: ['shapley', 'first'],
      paths: 0,
      options: { collapse: true, direct: false, nulls: false, reuse: false, position: [0, 0, 1], order: 3 },
    }
    const { window, ...question } = { ...asked, window: 0.25 }
    expect(parseAttribution({ date_range: '28d', window, ...question })).toEqual({
      ...DEFAULTS,
      ...asked,
      options: { ...asked.options, halfLife: 7 },
      windowDays: 0.25,
    })
  })

  test.each<[string, unknown, string[]]>([
    ['no range', {}, ['date_range']],
    ['a window of no time', { window: 0 }, ['window']],
    ['a window beyond a year', { window: 365.5 }, ['window']],
    ['a window in words', { window: '30d' }, ['window']],
    ['no model', { models: [] }, ['models']],
    ['one model that is no list', { models: 'first' }, ['models']],
    ['an unknown model', { models: ['first', 'last', 'magic'] }, ['models[2]']],
    ['a model twice', { models: ['first', 'last', 'first'] }, ['models[2]']],
    ['an unknown grain', { grain: 'post_id' }, ['grain']],
    ['an empty goal', { goal: '' }, ['goal']],
    ['a negative weight', { options: { position: [0.4, -0.2, 0.4] } }, ['options.position[1]']],
    ['a weight in words', { options: { position: ['1', 1, 1] } }, ['options.position[0]']],
    ['a weight beyond all', { options: { position: [1, 1, 1e7] } }, ['options.position[2]']],
    ['weights of nothing', { options: { position: [0, 0, 0] } }, ['options.position']],
    ['two weights', { options: { position: [1, 1] } }, ['options.position']],
    ['a half-life of no time', { options: { halfLife: 0 } }, ['options.halfLife']],
    ['a half-life beyond a year', { options: { halfLife: 366 } }, ['options.halfLife']],
    ['order 4', { options: { order: 4 } }, ['options.order']],
    ['an order in words', { options: { order: '1' } }, ['options.order']],
    ['a switch in words', { options: { direct: 'no' } }, ['options.direct']],
    ['an unknown option', { options: { decay: 1 } }, ['options.decay']],
    ['options that are no object', { options: [] }, ['options']],
    ['too many paths', { paths: 1001 }, ['paths']],
    ['half a path', { paths: 0.5 }, ['paths']],
    ['a page of paths', { limit: 10 }, ['limit']],
    ['a channel on both sides', { sides: { search: ['SMS'], social: ['SMS'] } }, ['sides.social[0]']],
    ['a channel twice', { sides: { search: ['SMS', 'SMS'], social: [] } }, ['sides.search[1]']],
    ['unknown sides', { sides: 'paid' }, ['sides']],
    ['an unknown field', { metrics: [] }, ['metrics']],
    [
      'several at once',
      { window: -1, grain: 'x', options: { order: 0, halfLife: -1 } },
      ['grain', 'options.halfLife', 'options.order', 'window'],
    ],
  ])('with %s names the field', (_, fields, expected) => {
    const body = { ...(expected.includes('date_range') ? {} : { date_range: '28d' }), ...(fields as object) }
    expect(faults(() => parseAttribution(body))).toEqual(expected)
  })

  test.each([null, 'x', 5, [], undefined])('that is %j is a fault of the body as a whole', (body) => {
    expect(faults(() => parseAttribution(body))).toEqual(['body'])
    expect(faults(() => parsePaths(body))).toEqual(['body'])
  })

  test('shows what may stand where the list is closed', () => {
    try {
      parseAttribution({ date_range: '28d', models: ['lats'] })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ problems: [{ field: 'models[0]', allowed: [...MODELS] }] })
    }
  })

  test('is either understood or refused with named fields, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (window, options) => {
        for (const read of [parseAttribution, parsePaths])
          for (const field of faults(() => read({ date_range: '28d', window, options })))
            expect(field).toMatch(/^(window|options)/)
      }),
    )
  })
})

describe('a question about paths', () => {
  test('has its defaults filled in', () => {
    expect(parsePaths({ date_range: '28d' })).toEqual({ ...DEFAULTS, limit: 100, offset: 0 })
  })

  test.each<[string, unknown, string[]]>([
    ['no limit', { limit: 0 }, ['limit']],
    ['a limit beyond all', { limit: 10_001 }, ['limit']],
    ['a negative offset', { offset: -1 }, ['offset']],
    ['models', { models: ['first'] }, ['models']],
    ['a channel on both sides', { sides: { search: ['SMS'], social: ['SMS'] } }, ['sides.social[0]']],
  ])('with %s names the field', (_, fields, expected) => {
    expect(faults(() => parsePaths({ date_range: '28d', ...(fields as object) }))).toEqual(expected)
  })
})
