import { expect, test } from 'vitest'
import { MODELS } from '../domain/attribution/contract.ts'
import type {
  AttributionAnswer,
  AttributionRow,
  PathRow,
  PathsAnswer,
} from '../reports/attribution/contract.ts'
import { parseAttribution, parsePaths } from '../reports/attribution/parse.ts'
import { attributionCsvName, attributionToCsv, pathsToCsv } from './attribution-csv.ts'

const shared = {
  totals: { conversions: 3, value: 30 },
  coverage: {
    withTouch: 2,
    withoutTouch: 1,
    oneDayHorizon: { conversions: 0, share: 0 },
    externallyTold: 0,
    unfollowed: 0,
  },
  nulls: { used: false, paths: null, censoredUntil: null },
  meta: {
    timezone: 'UTC',
    from: '2026-11-01',
    to: '2026-11-02',
    completeUntil: '2026-11-02T00:00:00.000Z',
    rulesVersion: 1,
    totalRows: 1,
    warnings: [],
    available: null,
  },
}

function asked(site = 'default') {
  const { options, sides, grain, goal } = parsePaths({ date_range: '7d' })
  return {
    site,
    date_range: ['2026-11-01', '2026-11-02'] as [string, string],
    goal,
    grain,
    window: 30,
    options,
    sides,
  }
}

function attribution(rows: Pick<AttributionRow, 'key' | 'credits'>[]): AttributionAnswer {
  const models = [...parseAttribution({ date_range: '7d', models: ['last', 'shapleyRate'] }).models]
  return {
    ...shared,
    results: rows.map((row) => ({ ...row, assisted: null, removalEffect: null })),
    statistics: { length: null, lengths: [], secondsToConvert: null, daysToConvert: [] },
    topPaths: [],
    query: { ...asked(), models, paths: 0 },
  }
}

function paths(results: PathRow[], site?: string): PathsAnswer {
  return { ...shared, results, query: { ...asked(site), limit: 100, offset: 0 } }
}

test('credit is a line for each key and model, in the order asked; a share of nothing is empty', () => {
  const last = { conversions: 2.5, value: 0, conversionShare: 0.25, valueShare: null }
  const shapleyRate = { conversions: -1, value: 0, conversionShare: -0.1, valueShare: null }
  expect(attributionToCsv(attribution([{ key: 'Organic, Social', credits: { shapleyRate, last } }]))).toBe(
    'key,model,conversions,value,conversion_share,value_share\r\n' +
      '"Organic, Social",last,2.5,0,0.25,\r\n' +
      '"Organic, Social",shapleyRate,-1,0,-0.1,\r\n',
  )
})

test('a model that was not asked for has no line', () => {
  const credit = { conversions: 1, value: 1, conversionShare: 1, valueShare: 1 }
  const all = Object.fromEntries(MODELS.map((model) => [model, credit]))
  const lines = attributionToCsv(attribution([{ key: 'a', credits: all }]))
    .trim()
    .split('\r\n')
  expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual(['last', 'shapleyRate'])
})

test('a path is its touches in order; what is unknown is empty', () => {
  const found = [
    { path: ['a', 'b', 'a'], conversions: 2, value: 10, nulls: 4, share: 0.5, secondsToConvert: 60.5 },
    { path: ['c'], conversions: 0, value: 0, nulls: null, share: null, secondsToConvert: null },
  ]
  expect(pathsToCsv(paths(found))).toBe(
    'path,conversions,value,nulls,share,seconds_to_convert\r\na > b > a,2,10,4,0.5,60.5\r\nc,0,0,,,\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])(
  '%j is no formula, as a key or in front of a path',
  (key) => {
    const row = { path: [key, 'b'], conversions: 1, value: 0, nulls: 0, share: 1, secondsToConvert: 0 }
    const credit = { conversions: 1, value: 1, conversionShare: 1, valueShare: 1 }
    for (const csv of [
      pathsToCsv(paths([row])),
      attributionToCsv(attribution([{ key, credits: { last: credit } }])),
    ])
      expect(csv.split('\r\n')[1]?.replace(/^"/, '')).toMatch(/^'/)
  },
)

test('the file is named by what it holds, site and range, in characters that need no quoting', () => {
  expect(attributionCsvName('paths', paths([], 'my site/"x"'))).toBe(
    'jejak-paths-my_site_x_-2026-11-01-2026-11-02.csv',
  )
  expect(attributionCsvName('attribution', attribution([]))).toBe(
    'jejak-attribution-default-2026-11-01-2026-11-02.csv',
  )
})
