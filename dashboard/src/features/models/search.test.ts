import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEURISTIC_MODELS, MODELS } from '../../../../server/domain/attribution/contract.ts'
import { parseAttribution, parsePaths } from '../../../../server/reports/attribution/parse.ts'
import { parseSearch, stringifySearch } from '../../shared/url/search.ts'
import {
  formatModels,
  modelsQuestion,
  modelsSearch,
  optionsSearch,
  parseDaysNumber,
  parseModels,
  parseWeights,
  pathsQuestion,
  viewOf,
} from './search.ts'

const read = (address: string) => viewOf(modelsSearch.parse(parseSearch(address)))

describe('the address of the Models page', () => {
  it('means the defaults of the API where it says nothing', () => {
    expect(modelsQuestion(read(''), undefined)).toEqual({
      date_range: '28d',
      goal: null,
      grain: 'channel',
      window: 30,
      models: MODELS,
      options: {
        collapse: false,
        direct: true,
        nulls: true,
        reuse: true,
        halfLife: 7,
        position: [0.4, 0.2, 0.4],
        order: 1,
      },
      paths: 0,
    })
  })

  it('falls back to a default for whatever it does not understand', () => {
    const wrong =
      '?range=x&grain=planet&models=magic&window=0&halflife=-1&position=1,2&order=9&measure=fame&sort=-magic&model=none&paths=0&steps=x'
    expect(read(wrong)).toEqual(read(''))
  })

  it('keeps any options through the address', () => {
    const weight = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 10_000)
    const days = fc.integer({ min: 1, max: 36_500 }).map((hundredths) => hundredths / 100)
    fc.assert(
      fc.property(
        fc.record({
          collapse: fc.boolean(),
          direct: fc.boolean(),
          nulls: fc.boolean(),
          reuse: fc.boolean(),
          halfLife: days,
          position: fc.tuple(weight, weight, weight).filter((weights) => weights.some((one) => one > 0)),
          order: fc.constantFrom(1, 2, 3),
        }),
        (options) => {
          expect(read(stringifySearch(optionsSearch(options))).options).toEqual(options)
        },
      ),
    )
  })

  it('names models in any order and always asks for those that come in one pass, last touch among them', () => {
    const view = read('?models=shapley,linear')
    expect(view.models).toEqual(['linear', 'shapley'])
    expect(formatModels(view.models)).toBe('linear,shapley')
    expect(modelsQuestion(view, undefined).models).toEqual([...HEURISTIC_MODELS, 'shapley'])
    expect(parseModels(formatModels(MODELS))).toEqual(MODELS)
  })

  it('sorts by a column that is shown, else by one that is', () => {
    expect(read('?sort=markov').sort).toEqual({ key: 'markov', descending: false })
    expect(read('?models=first,linear&sort=-markov').sort).toEqual({ key: 'first', descending: true })
    expect(read('?sort=key').sort).toEqual({ key: 'key', descending: false })
  })

  it('asks about sides only where they matter, and about paths without what only models know', () => {
    const view = read('?sides=with_paid&halflife=3&position=1,1,1&order=2&repeats=collapsed')
    expect(modelsQuestion(view, 'shop')).not.toHaveProperty('sides')
    expect(modelsQuestion(view, 'shop', 'side')).toMatchObject({
      site: 'shop',
      sides: 'with_paid',
      grain: 'side',
    })
    expect(pathsQuestion(view, undefined, { limit: 50, offset: 50 }).options).toEqual({
      collapse: true,
      direct: true,
      nulls: true,
      reuse: true,
    })
  })
})

describe('the questions of the page', () => {
  it('are such as the API takes, whatever the address', () => {
    const value = fc.oneof(
      fc.constantFrom('side', 'post', 'value', 'share', '3', '2', '0.5', '30,40,30', 'collapsed', 'skipped'),
      fc.constantFrom(
        'converting',
        'once',
        'with_paid',
        'custom',
        '2026-01-01..2026-02-01',
        '12mo',
        '-markov',
      ),
      fc.constantFrom('markov,first', 'Email', 'Direct', '365', '1e9'),
      fc.string({ minLength: 1, maxLength: 20 }),
    )
    fc.assert(
      fc.property(
        fc.record(fromKeys(value), { requiredKeys: [] }),
        fc.constantFrom('channel', 'side'),
        (search, grain) => {
          const view = read(stringifySearch(search))
          expect(() => parseAttribution(modelsQuestion(view, undefined))).not.toThrow()
          expect(() => parseAttribution(modelsQuestion(view, 'shop', grain))).not.toThrow()
          expect(() => parsePaths(pathsQuestion(view, 'shop', { limit: 50, offset: 0 }))).not.toThrow()
        },
      ),
    )
  })
})

/** Something under each key that an address of the page may hold. */
function fromKeys<T>(value: fc.Arbitrary<T>): Record<string, fc.Arbitrary<T>> {
  return Object.fromEntries(Object.keys(modelsSearch.shape).map((key) => [key, value]))
}

describe('what is typed', () => {
  it.each([
    ['30', 30],
    [' 7.5 ', 7.5],
    ['0,25', 0.25],
    ['365', 365],
    ['0', undefined],
    ['365.01', undefined],
    ['-3', undefined],
    ['1e2', undefined],
    ['', undefined],
  ])('%j as days is %j', (typed, days) => {
    expect(parseDaysNumber(typed)).toBe(days)
  })

  it.each([
    ['40,20,40', [40, 20, 40]],
    ['1, 0, 0', [1, 0, 0]],
    ['0,0,0', undefined],
    ['1,2', undefined],
    ['1,-1,1', undefined],
  ])('%j as weights is %j', (typed, weights) => {
    expect(parseWeights(typed)).toEqual(weights)
  })
})
