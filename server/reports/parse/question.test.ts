import { describe, expect, test } from 'vitest'
import { QuestionError } from '../problems.ts'
import { parseQuestion } from './question.ts'

const base = { metrics: ['clicks'], date_range: '7d' }

function problemsOf(question: unknown) {
  try {
    parseQuestion(question)
  } catch (error) {
    if (error instanceof QuestionError) return error.problems
    throw error
  }
  throw new Error('the question was accepted')
}

const nested = (depth: number): unknown =>
  depth === 1 ? ['is', 'source', ['x']] : ['and', [nested(depth - 1)]]

describe('what is refused names its field', () => {
  test.each<[string, object, string]>([
    ['no metrics', { metrics: [] }, 'metrics'],
    ['metrics left out', { metrics: undefined }, 'metrics'],
    ['an unknown metric', { metrics: ['clicks', 'sessionz'] }, 'metrics[1]'],
    ['a metric that is a name of Object', { metrics: ['constructor'] }, 'metrics[0]'],
    ['a metric twice', { metrics: ['clicks', 'clicks'] }, 'metrics[1]'],
    ['an unknown dimension', { dimensions: ['color'] }, 'dimensions[0]'],
    ['a dimension twice', { dimensions: ['source', 'source'] }, 'dimensions[1]'],
    ['two time dimensions', { dimensions: ['time:day', 'source', 'time:hour'] }, 'dimensions[2]'],
    ['no range', { date_range: undefined }, 'date_range'],
    ['an unknown range', { date_range: '8d' }, 'date_range'],
    ['half a range', { date_range: ['2026-01-01'] }, 'date_range'],
    ['an unknown key', { metrik: 1 }, 'metrik'],
    ['a limit of none', { limit: 0 }, 'limit'],
    ['a limit too high', { limit: 10_001 }, 'limit'],
    ['a limit in words', { limit: '10' }, 'limit'],
    ['an offset below 0', { offset: -1 }, 'offset'],
    ['an order by what was not asked', { order_by: [['visitors', 'asc']] }, 'order_by[0][0]'],
    ['an order in no direction', { order_by: [['clicks', 'up']] }, 'order_by[0][1]'],
    [
      'an order twice',
      {
        order_by: [
          ['clicks', 'asc'],
          ['clicks', 'desc'],
        ],
      },
      'order_by[1]',
    ],
    ['an unknown comparison', { compare: 'last' }, 'compare'],
    ['an unknown side', { sides: 'paid' }, 'sides'],
    ['a side of no channel', { sides: { search: [''], social: [] } }, 'sides.search[0]'],
    [
      'a channel on both sides',
      { sides: { search: ['Email'], social: ['SMS', 'Email'] } },
      'sides.social[1]',
    ],
    ['half the sides', { sides: { search: ['Email'] } }, 'sides.social'],
    ['a third side', { sides: { search: [], social: [], other: [] } }, 'sides.other'],
    ['a filter that is none', { filters: ['x'] }, 'filters[0]'],
    ['an empty filter', { filters: [[]] }, 'filters[0]'],
    ['an unknown operator', { filters: [['like', 'source', ['x']]] }, 'filters[0][0]'],
    ['an operator that is no text', { filters: [[1, 'source', ['x']]] }, 'filters[0][0]'],
    [
      'an unknown filter dimension',
      {
        filters: [
          ['is', 'source', ['x']],
          ['is', 'colour', ['x']],
        ],
      },
      'filters[1][1]',
    ],
    ['a filter by time', { filters: [['is', 'time:day', ['2026-01-01']]] }, 'filters[0][1]'],
    ['a filter without values', { filters: [['is', 'source', []]] }, 'filters[0][2]'],
    ['a value outside a list', { filters: [['is', 'source', 'x']] }, 'filters[0][2]'],
    ['a value that is no text', { filters: [['is', 'source', ['x', 1]]] }, 'filters[0][2][1]'],
    ['an empty value', { filters: [['contains', 'source', ['']]] }, 'filters[0][2][0]'],
    ['a value too long', { filters: [['is', 'source', ['x'.repeat(2049)]]] }, 'filters[0][2][0]'],
    ['too many values', { filters: [['matches', 'source', Array(21).fill('x')]] }, 'filters[0][2]'],
    ['a part too many', { filters: [['is', 'source', ['x'], 'y']] }, 'filters[0]'],
    ['an empty group', { filters: [['or', []]] }, 'filters[0][1]'],
    [
      'a fault within groups',
      { filters: [['not', ['or', [['is', 'nope', ['x']]]]]] },
      'filters[0][1][1][0][1]',
    ],
    ['filters too deep', { filters: [nested(9)] }, `filters[0]${'[1][0]'.repeat(8)}`],
    ['filters far too deep', { filters: [nested(2000)] }, `filters[0]${'[1][0]'.repeat(8)}`],
    ['too many tests', { filters: Array(101).fill(['is', 'source', ['x']]) }, 'filters[100]'],
  ])('%s', (_, change, field) => {
    const problems = problemsOf({ ...base, ...change })
    expect(problems.map((problem) => problem.field)).toEqual([field])
    expect(problems[0]?.message).toBeTruthy()
  })

  test.each([null, [], 'x', 7])('a body that is %j', (body) => {
    expect(problemsOf(body)[0]?.field).toBe('body')
  })

  test('unknown names come with a list of those that exist', () => {
    const allowed = (change: object) => problemsOf({ ...base, ...change })[0]?.allowed
    expect(allowed({ metrics: ['x'] })).toContain('unique_clicks')
    expect(allowed({ dimensions: ['x'] })).toContain('time:hour')
    expect(allowed({ date_range: 'x' })).toContain('12mo')
    expect(allowed({ filters: [['x', 'source', ['x']]] })).toContain('matches')
    expect(allowed({ filters: [['is', 'x', ['x']]] })).toContain('landing_page')
    expect(allowed({ filters: [['is', 'x', ['x']]] })).not.toContain('time:day')
    expect(allowed({ sides: 'x' })).toEqual(['organic', 'with_paid'])
    expect(allowed({ nope: 1 })).toContain('date_range')
    expect(allowed({ order_by: [['x', 'asc']] })).toEqual(['clicks'])
  })

  test('all that is wrong is said at once', () => {
    const problems = problemsOf({
      ...base,
      metrics: ['clicks', 'clicks'],
      filters: [
        ['is', 'x', ['x']],
        ['y', 'source', ['x']],
      ],
      order_by: [['z', 'asc']],
    })
    expect(problems.map(({ field }) => field)).toEqual([
      'metrics[1]',
      'filters[0][1]',
      'filters[1][0]',
      'order_by[0][0]',
    ])
  })
})

test('defaults are filled in', () => {
  expect(parseQuestion(base)).toMatchObject({
    site: 'default',
    dimensions: [],
    conditions: [],
    compare: null,
    sides: 'organic',
    limit: 100,
    offset: 0,
    order: [{ by: { kind: 'metric', index: 0 }, direction: 'desc' }],
  })
  expect(parseQuestion({ ...base, dimensions: ['source', 'time:day'] }).order).toEqual([
    { by: { kind: 'dimension', index: 1 }, direction: 'asc' },
  ])
})

test('filters eight deep are read', () => {
  expect(parseQuestion({ ...base, filters: [nested(8)] }).conditions).toHaveLength(1)
})
