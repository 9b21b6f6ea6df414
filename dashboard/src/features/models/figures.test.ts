import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Model } from '../../../../server/domain/attribution/contract.ts'
import { type AttributionRow, NO_TOUCH } from '../../../../server/reports/attribution/contract.ts'
import { dayBars } from './bars.ts'
import {
  amountOf,
  columnFormat,
  shifts,
  sideOfKey,
  signedChange,
  signedShare,
  sortedRows,
} from './figures.ts'
import { placeOf, STOPS } from './stops.ts'

/** A row with so many conversions by each model. */
function row(key: string, credits: Partial<Record<Model, number>>): AttributionRow {
  return {
    key,
    credits: Object.fromEntries(
      Object.entries(credits).map(([model, conversions]) => [
        model,
        {
          conversions,
          value: conversions * 10,
          conversionShare: conversions / 100,
          valueShare: conversions / 100,
        },
      ]),
    ),
    assisted: null,
    removalEffect: null,
  }
}

describe('the table of credits', () => {
  it('sorts by a column, equal ones by name, and keeps conversions without touch apart', () => {
    const rows = [
      row(NO_TOUCH, { last: 99 }),
      row('b', { last: 1 }),
      row('a', { last: 1 }),
      row('c', { last: 5 }),
    ]
    const keys = (descending: boolean) =>
      sortedRows(rows, { key: 'last', descending }, 'conversions').map(({ key }) => key)
    expect(keys(true)).toEqual(['c', 'a', 'b'])
    expect(keys(false)).toEqual(['a', 'b', 'c'])
    expect(sortedRows(rows, { key: 'key', descending: true }, 'value').map(({ key }) => key)).toEqual([
      'c',
      'b',
      'a',
    ])
  })

  it('gives nothing by a model that was not asked', () => {
    expect(amountOf(row('a', { last: 1 }), 'markov', 'value')).toEqual({ amount: 0, share: null })
    expect(amountOf(row('a', { last: 2 }), 'last', 'value')).toEqual({ amount: 20, share: 0.02 })
  })

  it.each([
    [[1, 20, 300], 321, 20, '20'],
    [[1.25, 20], 21.25, 20, '20.00'],
    [[1.25, 200], 201.25, 1.25, '1.3'],
    [[0.5, 400_000], 400_000.5, 0.2, '<1'],
    [[-0.001, 200.5], 200, -0.001, '>−0.1'],
    [[-12.5, 200], 187.5, -12.5, '−12.5'],
    [[0, 12.5], 12.5, 0, '0.00'],
    [[12_345_678.9], 12_345_678.9, 12_345_678.9, '12.3M'],
  ])('writes %j of %d: %d as %s', (amounts, total, amount, text) => {
    expect(columnFormat(amounts, total)(amount)).toBe(text)
  })

  it('writes shares and changes with a sign that cannot be missed', () => {
    expect([signedShare(0.2), signedShare(-0.2), signedShare(0), signedShare(0.0001)]).toEqual([
      '20.0%',
      '−20.0%',
      '0.0%',
      '<0.1%',
    ])
    expect([signedChange(0.2), signedChange(-0.2), signedChange(11)]).toEqual(['+20.0%', '−20.0%', '×12'])
  })

  it('colours channels and sides, and nothing else', () => {
    expect(sideOfKey('Organic Search', 'channel', 'organic')).toBe('search')
    expect(sideOfKey('Paid Social', 'channel', 'organic')).toBe('other')
    expect(sideOfKey('Paid Social', 'channel', 'with_paid')).toBe('social')
    expect(sideOfKey('Social', 'side', 'organic')).toBe('social')
    expect(sideOfKey('Organic Search', 'campaign', 'organic')).toBe('other')
  })
})

describe('what changes from last touch', () => {
  it('shows the largest differences and loses none, however many keys there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ last: fc.nat(1000), linear: fc.nat(1000) }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 15 }),
        (credits, most) => {
          const rows = credits.map((credit, at) => row(`key ${at}`, credit))
          const { shown, rest } = shifts(
            [...rows, row(NO_TOUCH, { last: 7, linear: 7 })],
            'linear',
            'conversions',
            most,
          )
          const all = rest === null ? shown : [...shown, rest]
          const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
          expect(shown.length).toBeLessThanOrEqual(most + 1)
          expect(sum(all.map(({ keys }) => keys))).toBe(rows.length)
          expect(sum(all.map(({ delta }) => delta))).toBe(
            sum(credits.map(({ last, linear }) => linear - last)),
          )
          const least = Math.min(...shown.map(({ delta }) => Math.abs(delta)))
          const hidden = rows.filter(({ key }) => !shown.some((shift) => shift.key === key))
          for (const { credits } of hidden) {
            const delta = (credits.linear?.conversions ?? 0) - (credits.last?.conversions ?? 0)
            expect(Math.abs(delta)).toBeLessThanOrEqual(least)
          }
        },
      ),
    )
  })
})

describe('the lookback slider', () => {
  it('has its stops at whole places, anything else between or at the ends', () => {
    expect(STOPS.map(placeOf)).toEqual([0, 1, 2, 3])
    expect(placeOf(45)).toBe(1.5)
    expect([placeOf(1), placeOf(365)]).toEqual([0, 3])
  })
})

describe('the bars of time to convert', () => {
  it('name whole days and end with the window', () => {
    const buckets = [0, 1, 7, 30, 90].map((days) => ({ days, conversions: days < 7 ? 1 : 0 }))
    expect(dayBars(buckets, 30).map(({ label }) => label)).toEqual(['0', '1–6', '7–29'])
    expect(dayBars(buckets, 365).map(({ label }) => label)).toEqual(['0', '1–6', '7–29', '30–89', '90+'])
  })
})
