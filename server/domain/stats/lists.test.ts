import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { benjaminiHochberg, holm } from './adjust.ts'
import { neededPerSide } from './needed-size.ts'
import { weekdayAligned } from './weekdays.ts'

const anyList = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 })

describe('adjusted p-values', () => {
  // The fifteen hypotheses of Benjamini and Hochberg (1995), section 4.2.
  const PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ]

  it('reject in the published example what was rejected there: three by Holm, four by Benjamini and Hochberg', () => {
    expect(holm(PUBLISHED).filter((p) => p <= 0.05)).toHaveLength(3)
    expect(benjaminiHochberg(PUBLISHED).filter((p) => p <= 0.05)).toHaveLength(4)
    expect(benjaminiHochberg(PUBLISHED)[3]).toBeCloseTo(0.035625, 10)
    expect(holm(PUBLISHED)[2]).toBeCloseTo(0.0247, 10)
  })

  it('are what R’s p.adjust gives, in the order of the list', () => {
    const list = [0.04, 0.01, 0.05, 0.02, 0.03]
    expect(holm(list)).toEqual([0.09, 0.05, 0.09, 0.08, 0.09].map((p) => expect.closeTo(p, 12)))
    expect(benjaminiHochberg(list)).toEqual(list.map(() => expect.closeTo(0.05, 12)))
  })

  it('of none are none', () => {
    expect([holm([]), benjaminiHochberg([])]).toEqual([[], []])
  })

  it('never fall below the plain ones, keep their order, and Holm’s are the larger', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const [byHolm, byBh] = [holm(list), benjaminiHochberg(list)]
        for (const [i, p] of list.entries()) {
          expect(byBh[i]).toBeGreaterThanOrEqual(p)
          expect(byHolm[i]).toBeGreaterThanOrEqual((byBh[i] ?? 0) - 1e-12)
          expect(byHolm[i]).toBeLessThanOrEqual(1)
          for (const [j, q] of list.entries()) {
            if (p >= q) continue
            expect(byHolm[i]).toBeLessThanOrEqual(byHolm[j] ?? 0)
            expect(byBh[i]).toBeLessThanOrEqual(byBh[j] ?? 0)
          }
        }
      }),
    )
  })
})

describe('the size that is needed', () => {
  it('is that of R’s power.prop.test(p1 = .50, p2 = .75, power = .90): 76.7', () => {
    const zOf90 = 1.2815515655446004
    expect(neededPerSide(0.5, 0.75, zOf90)).toBe(77)
  })

  it('is near 16·p(1−p)/Δ², which Kohavi et al. (2009) reckon as 121,600 for 5 % and a change of a twentieth', () => {
    expect((neededPerSide(0.05, 0.0525) ?? 0) / 121_600).toBeCloseTo(1, 1)
  })

  it('is nothing for equal rates, and the same whichever comes first', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (p, q) => {
          expect(neededPerSide(p, p)).toBeNull()
          expect(neededPerSide(p, q)).toBe(neededPerSide(q, p))
        },
      ),
    )
  })

  it('shrinks as the difference grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), (rate, apart) => {
        const [p, q, r] = [rate / 1000, (rate + apart) / 1000, (rate + apart + 1) / 1000]
        expect(neededPerSide(p, r) ?? 0).toBeLessThanOrEqual(neededPerSide(p, q) ?? 0)
      }),
    )
  })
})

describe('weekday-aligned days', () => {
  test.each([
    ['seven days', ['2026-11-05', '2026-11-11'], ['2026-10-29', '2026-11-04']],
    ['ten days, which leave four between', ['2026-11-02', '2026-11-11'], ['2026-10-19', '2026-10-28']],
    ['one day', ['2026-11-11', '2026-11-11'], ['2026-11-04', '2026-11-04']],
    ['days over a leap day and a clock change', ['2028-02-25', '2028-03-30'], ['2028-01-21', '2028-02-24']],
  ])('of %s are these', (_, [from = '', to = ''], expected) => {
    expect(Object.values(weekdayAligned({ from, to }))).toEqual(expected)
  })

  it('are as many, lie before, by whole weeks and no more than needed', () => {
    const DAY = 86_400_000
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 800 }), (start, length) => {
        const day = (number: number) => new Date(number * DAY).toISOString().slice(0, 10)
        const days = { from: day(start), to: day(start + length) }
        const before = weekdayAligned(days)
        const shift = (Date.parse(days.from) - Date.parse(before.from)) / DAY
        expect(Date.parse(before.to) - Date.parse(before.from)).toBe(length * DAY)
        expect(shift % 7).toBe(0)
        expect(before.to < days.from).toBe(true)
        expect(shift - length - 1).toBeLessThan(7)
      }),
    )
  })
})
