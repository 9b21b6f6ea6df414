import { describe, expect, test } from 'vitest'
import { QuestionError } from '../problems.ts'
import { parseFunnel } from './parse.ts'

const STEPS = [{ click: {} }, { page: 'https://www.Cars.example/dealers/' }, { goal: 'Booked' }]

describe('a question about a way', () => {
  test('has its defaults filled in', () => {
    expect(parseFunnel({ date_range: '7d', steps: STEPS })).toMatchObject({
      site: 'default',
      order: 'loose',
      window: 7 * 24 * 3_600_000,
      conditions: [],
      split: null,
      limit: 100,
    })
  })

  test('names its steps by what they are', () => {
    const named = [...STEPS, { click: { campaign: 'spring', link: 'go.example/a' } }]
    expect(parseFunnel({ date_range: '7d', steps: named }).steps.map(({ name }) => name)).toEqual([
      'click',
      'cars.example/dealers',
      'Booked',
      'click: link go.example/a, campaign spring',
    ])
  })

  test.each([
    [{ value: 90, unit: 'minutes' }, 5_400_000],
    [{ value: 2, unit: 'hours' }, 7_200_000],
    [{ value: 90, unit: 'days' }, 7_776_000_000],
    ['session', 'session'],
  ])('takes the window %j', (window, expected) => {
    expect(parseFunnel({ date_range: '7d', steps: STEPS, window }).window).toBe(expected)
  })

  test('says everything that is wrong at once', () => {
    const wrong = {
      date_range: '7d',
      steps: [{ page: '' }, { click: { post: 1 } }, {}],
      window: { value: 0, unit: 'weeks' },
      split: 'x',
    }
    const fields = () => {
      try {
        parseFunnel(wrong)
        return []
      } catch (error) {
        if (!(error instanceof QuestionError)) throw error
        return error.problems.map(({ field }) => field).sort()
      }
    }
    expect(fields()).toEqual([
      'split',
      'steps[0].page',
      'steps[1].click.post',
      'steps[2]',
      'window.unit',
      'window.value',
    ])
  })
})
