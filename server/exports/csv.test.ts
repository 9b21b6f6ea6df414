import { expect, test } from 'vitest'
import type { QueryAnswer, QueryRow } from '../reports/contract.ts'
import { answerToCsv, csvFileName } from './csv.ts'

function answer(results: QueryRow[], compare: [string, string] | null = null): QueryAnswer {
  return {
    results,
    meta: {
      timezone: 'UTC',
      from: '2026-11-01',
      to: '2026-11-02',
      completeUntil: '2026-11-02T00:00:00.000Z',
      rulesVersion: 1,
      totalRows: results.length,
      warnings: [],
      available: null,
    },
    query: {
      site: 'my site/"x"',
      metrics: ['arrivals', 'clicks'],
      dimensions: ['source'],
      filters: [],
      date_range: ['2026-11-01T00:00:00+01:00', '2026-11-02'],
      order_by: [],
      sides: 'organic',
      limit: 100,
      offset: 0,
      compare,
    },
  }
}

test('a header of names, then rows; what is unknown is empty', () => {
  const csv = answerToCsv(answer([{ dimensions: ['a,"b"\nc'], metrics: [null, 12] }]))
  expect(csv).toBe('source,arrivals,clicks\r\n"a,""b""\nc",,12\r\n')
})

test('a comparison adds columns', () => {
  const row = { dimensions: ['a'], metrics: [1, 2], compare: { metrics: [null, 4] } }
  expect(answerToCsv(answer([row], ['2026-10-30', '2026-10-31']))).toBe(
    'source,arrivals,clicks,compare_arrivals,compare_clicks\r\na,1,2,,4\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=cmd|" /C calc"!A0'])(
  '%j is no formula',
  (source) => {
    const [, cell = ''] = answerToCsv(answer([{ dimensions: [source], metrics: [0, 0] }])).split(/\r\n(.*)/s)
    expect(cell.replace(/^"/, '')).toMatch(/^'/)
  },
)

test('figures stay numbers, whatever their sign', () => {
  expect(answerToCsv(answer([{ dimensions: ['a'], metrics: [-1, 2.5] }]))).toContain('a,-1,2.5\r\n')
})

test('the file is named by site and range, in characters that need no quoting', () => {
  expect(csvFileName(answer([]))).toBe('jejak-my_site_x_-2026-11-01T00_00_00_01_00-2026-11-02.csv')
})
