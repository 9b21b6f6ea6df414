import { expect, test } from 'vitest'
import { clickIdKinds, queryOf, readUtm } from './query-values.ts'

test('click ids are named in the spelling of their platform, whatever their case', () => {
  expect(clickIdKinds('a=1&GCLID=x&sccid=y&gclid=z')).toEqual(['gclid', 'ScCid'])
  expect(clickIdKinds('?fbclid=IwAR')).toEqual(['fbclid'])
  expect(clickIdKinds('myfbclid=1&x=gclid')).toEqual([])
  expect(clickIdKinds('')).toEqual([])
})

test('utm values are decoded and trimmed, names compared without case', () => {
  expect(readUtm('UTM_Source=%20Face+book&utm_medium=&utm_medium=social&utm_id=7&utm_term=%zz')).toEqual({
    source: 'Face book',
    medium: 'social',
    campaign: '',
    term: '%zz',
    content: '',
  })
  expect(readUtm('utm_source&utm_medium').source).toBe('')
  expect(readUtm(`utm_content=${'x'.repeat(300)}`).content).toHaveLength(255)
})

test('the query of an address ends at its fragment', () => {
  expect(queryOf('/a?b=1#c?d')).toBe('b=1')
  expect(queryOf('/a#b?c')).toBe('')
  expect(queryOf('/a')).toBe('')
})
