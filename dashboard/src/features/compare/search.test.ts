import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSides, moveChannel, ORGANIC, parseSides, sideChannels } from '../../shared/sides.ts'
import { parseSearch, stringifySearch } from '../../shared/url/search.ts'
import { FILTER_DIMENSIONS, formatChip, leavesOutSearch, parseChip, withChip } from './filters.ts'
import { baseQuestion, compareSearch, filterSearch, viewOf } from './search.ts'

const chip = fc.record({
  dimension: fc.constantFrom(...FILTER_DIMENSIONS.map(({ name }) => name)),
  operator: fc.constantFrom('is' as const, 'is_not' as const, 'contains' as const),
  values: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 4 }),
})

describe('the address of the Compare page', () => {
  it('brings every filter back, whatever its values hold', () => {
    fc.assert(
      fc.property(fc.array(chip, { minLength: 1, maxLength: 3 }), (chips) => {
        const address = stringifySearch({ filter: filterSearch(chips) })
        expect(viewOf(compareSearch.parse(parseSearch(address))).chips).toEqual(chips)
      }),
    )
  })

  it('means the default view where it is empty or wrong', () => {
    const view = viewOf(compareSearch.parse({}))
    expect(view).toMatchObject({ range: '28d', comparison: 'previous', sides: 'organic', page: 1, chips: [] })
    const wrong = {
      range: 'x',
      compare: ['a'],
      sort: 'nothing',
      p: '-1',
      grain: 'year',
      filter: 'colour:is:red',
    }
    expect(viewOf(compareSearch.parse(wrong))).toEqual(view)
  })

  it('becomes the question that every panel asks', () => {
    const search = compareSearch.parse(
      parseSearch('?range=90d&compare=year&sides=with_paid&filter=campaign:is:a,b&filter=source:is_not:x'),
    )
    expect(baseQuestion(viewOf(search), 'shop')).toEqual({
      site: 'shop',
      date_range: '90d',
      compare: 'year',
      sides: 'with_paid',
      filters: [
        ['is', 'campaign', ['a', 'b']],
        ['is_not', 'source', ['x']],
      ],
    })
  })
})

describe('filters', () => {
  it('that name no known dimension or no value are dropped', () => {
    for (const text of ['', 'x', 'campaign:is:', 'campaign:like:a', 'traffic:is:bot']) {
      expect(parseChip(text)).toBeNull()
    }
    expect(formatChip({ dimension: 'campaign', operator: 'is', values: ['a,b', '100%'] })).toBe(
      'campaign:is:a%2Cb,100%25',
    )
  })

  it('of one dimension and condition replace each other, and go with their last value', () => {
    const is = { dimension: 'campaign', operator: 'is' } as const
    const one = withChip([], { ...is, values: ['a'] })
    const two = withChip(one, { ...is, values: ['b'] })
    expect(two).toEqual([{ ...is, values: ['b'] }])
    expect(withChip(two, { ...is, values: [] })).toEqual([])
  })

  it('that only links can meet are told apart', () => {
    const platform = { dimension: 'platform', operator: 'is', values: ['x'] } as const
    expect(leavesOutSearch([{ ...platform, values: ['x'] }])).toEqual(platform)
    expect(leavesOutSearch([{ ...platform, operator: 'is_not', values: ['x'] }])).toBeUndefined()
    expect(leavesOutSearch([{ ...platform, values: ['(none)'] }])).toBeUndefined()
  })
})

describe('sides of one’s own', () => {
  it('survive the address', () => {
    const own = moveChannel('AI Assistants', 'search', ORGANIC)
    const { sides, search, social } = formatSides(own)
    expect(parseSides(sides, search, social)).toEqual(own)
    expect(own.search).toContain('AI Assistants')
  })

  it('never hold a channel twice', () => {
    const own = moveChannel('Organic Search', 'social', ORGANIC)
    expect(own.search).not.toContain('Organic Search')
    expect(parseSides('custom', 'Email,Direct', 'Direct,SMS')).toEqual({
      search: ['Email', 'Direct'],
      social: ['SMS'],
    })
  })

  it('with an empty side mean the default', () => {
    expect(parseSides('custom', 'Email', '')).toBe('organic')
    expect(parseSides('custom', ' , ', 'Email')).toBe('organic')
  })

  it('may name channels of the site’s own, which its rules offer beside the built-in ones', () => {
    const own = parseSides('custom', 'Organic Search', 'Creators, Partners')
    expect(own).toEqual({ search: ['Organic Search'], social: ['Creators', 'Partners'] })
    const offered = sideChannels(['Press', 'Creators', 'Email'], own)
    expect(offered.slice(-3)).toEqual(['Press', 'Creators', 'Partners'])
    expect(new Set(offered).size).toBe(offered.length)
  })
})
