import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRates } from '../../domain/stats/compare-rates.ts'
import { comparedSentence, emptySentence, type Subject } from './sentence.ts'

const SUBJECT: Subject = { a: 'Social', b: 'Search', where: '', goal: '' }
type Side = [k: number, n: number]

function sentence([ka, na]: Side, [kb, nb]: Side, subject: Partial<Subject> = {}): string {
  const compared = compareRates({ k: ka, n: na }, { k: kb, n: nb })
  return comparedSentence(compared, { ...SUBJECT, ...subject })
}

describe('the sentence of a comparison', () => {
  it('names the sides, their rates with intervals, where, and the goal', () => {
    expect(sentence([240, 10_000], [180, 10_000], { where: ' on cars.example/offers', goal: 'Booked' })).toBe(
      'Social converted at 2.4 % [2.1, 2.7] against Search at 1.8 % [1.6, 2.1] on cars.example/offers ' +
        '(goal: Booked); enough data; this compares, it does not prove cause.',
    )
  })

  it('says how many sessions would be needed, and for what', () => {
    expect(sentence([24, 1000], [18, 1000])).toContain(
      '; too little data: about 9,000 sessions a side would be needed to see such a difference; ',
    )
    expect(sentence([100, 1000], [101, 1000])).toContain(
      '; too little data: about 3,500 sessions a side would be needed to see a difference of a fifth, ' +
        'and more for one this small; ',
    )
    expect(sentence([100, 1000], [100, 1000])).toContain('to see a difference of a fifth; this compares')
    expect(sentence([0, 12], [7, 12])).toContain(
      '; too little data: about 18 sessions a side would be needed for 5 conversions, and as many without, to be expected; ',
    )
  })

  it('calls a difference clear neither where its interval holds 0 nor among many, where Holm does not', () => {
    expect(sentence([1000, 10_000], [1010, 10_000])).toContain(
      '; no clear difference (−0.1 points [−0.9, 0.7]); enough data; ',
    )
    const [a, b]: [Side, Side] = [
      [240, 10_000],
      [180, 10_000],
    ]
    expect(sentence(a, b, { among: { tests: 20, holm: 0.06 } })).toContain(
      '; a difference by itself (0.6 points [0.2, 1.0]), but no clear one among 20 comparisons; enough data; ',
    )
    expect(sentence(a, b, { among: { tests: 2, holm: 0.006 } })).toContain('; enough data; ')
  })

  it('knows that nobody, or everybody, is no rate to compare', () => {
    expect(sentence([0, 500], [0, 900])).toContain('too little data: nobody converted on either side')
    expect(sentence([5, 5], [9, 9])).toContain('too little data: everybody converted on both sides')
  })

  it('shows small rates with the decimals that they are sure of', () => {
    expect(sentence([40, 100_000], [60, 100_000])).toContain(
      'converted at 0.04 % [0.03, 0.05] against Search at 0.06 % [0.05, 0.08]',
    )
  })

  it('says “enough data” alone only where the interval of the difference leaves out 0', () => {
    const side = fc
      .integer({ min: 1, max: 100_000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { enough, difference } = compareRates({ k: a[0], n: a[1] }, { k: b[0], n: b[1] })
        const [low, high] = difference.ci
        const text = sentence(a, b)
        expect(text.includes('too little data')).toBe(!enough)
        expect(text.includes('; enough data; ') && !text.includes('no clear difference')).toBe(
          enough && (low > 0 || high < 0),
        )
        expect(text).toMatch(/; this compares, it does not prove cause\.$/)
        expect(text).not.toMatch(/NaN|Infinity|undefined/)
      }),
    )
  })
})

describe('the sentence where nothing can be compared', () => {
  it('names the sides without sessions', () => {
    expect(emptySentence({ a: { n: 0 }, b: { n: 0 } }, { ...SUBJECT, where: ' for country DE' })).toBe(
      'Social and Search had no sessions for country DE in these days: there is nothing to compare.',
    )
  })

  it('does not take unknown for none', () => {
    expect(emptySentence({ a: { n: null }, b: { n: 0 } }, SUBJECT)).toMatch(/^No page data: /)
  })
})
