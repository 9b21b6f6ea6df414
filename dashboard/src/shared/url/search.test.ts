import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from './search.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 })

describe('the address as the state of a view', () => {
  it('gives back whatever texts and lists were put into it', () => {
    const value = fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 4 }))
    fc.assert(
      fc.property(fc.dictionary(text, value), (search) => {
        expect(parseSearch(stringifySearch(search))).toEqual({ ...search })
      }),
    )
  })

  it('takes any key for a key', () => {
    const search = Object.fromEntries([['__proto__', ['a', 'b']]])
    expect(Object.entries(parseSearch(stringifySearch(search)))).toEqual([['__proto__', ['a', 'b']]])
  })

  it('leaves out what is not set', () => {
    expect(stringifySearch({ range: undefined, find: '', paid: false, panel: null })).toBe('')
  })

  it('stays readable', () => {
    expect(stringifySearch({ filter: ['campaign:is:spring sale', 'landing_page:is:example.com/a,b'] })).toBe(
      '?filter=campaign:is:spring+sale&filter=landing_page:is:example.com/a,b',
    )
  })

  it('writes half a character as the replacement character', () => {
    expect(parseSearch(stringifySearch({ find: 'a\uD800' }))).toEqual({ find: 'a\uFFFD' })
  })
})
