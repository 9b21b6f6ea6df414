import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FunnelStepFigures } from '../../server/reports/funnel/contract.ts'
import { WINDOW_UNITS } from '../../server/reports/funnel/schema.ts'
import { type AskedWay, doings, ways } from '../support/funnel-arbitraries.ts'
import { type About, funnelOf } from '../support/funnel-oracle.ts'
import { sessionsOf } from '../support/session-oracle.ts'
import { askFunnel, GOALS, insertSessionRows } from './funnel-support.ts'
import { insertHits, openTestWarehouse, type TestWarehouse, testSite } from './reports-support.ts'

let store: TestWarehouse
let sites = 0

beforeAll(async () => {
  store = await openTestWarehouse()
})
afterAll(() => store.close())

/** Around the night on which clocks are set back. */
const NOON = '2026-10-24T10:00:00Z'
/** The first, twice as likely as any other, holds everything. */
const RANGES: { dates: [string, string]; days?: [string, string]; instants?: [number, number] }[] = [
  { dates: ['2026-10-01', '2026-10-31'], days: ['2026-10-01', '2026-10-31'] },
  { dates: ['2026-10-01', '2026-10-31'], days: ['2026-10-01', '2026-10-31'] },
  { dates: ['2026-10-24', '2026-10-24'], days: ['2026-10-24', '2026-10-24'] },
  { dates: ['2026-10-25', '2026-10-26'], days: ['2026-10-25', '2026-10-26'] },
  {
    dates: ['2026-10-24T10:10:00Z', '2026-10-24T20:00:00Z'],
    instants: [Date.parse('2026-10-24T10:10:00Z'), Date.parse('2026-10-24T20:00:00Z')],
  },
]

function textOf(dimension: NonNullable<AskedWay['split']>, { hit, session }: About): string {
  const text = {
    channel: session ? String(session.origin.channel) : hit.channel,
    country: session ? String(session.origin.country ?? '') : hit.country,
    platform: session ? String(session.origin.platform) : hit.platform,
    landing_page: session ? session.entry_page : hit.landingPage,
    entry_page: session ? session.entry_page : '',
  }[dimension]
  return text || (dimension === 'country' ? '(unknown)' : '(none)')
}

function rounded(figures: readonly (FunnelStepFigures | Omit<FunnelStepFigures, 'name'>)[]) {
  return figures.map((one) => [
    one.visitors,
    one.rate_from_start,
    one.rate_from_previous,
    one.median_seconds_from_previous === null ? null : one.median_seconds_from_previous.toFixed(4),
  ])
}

test('the engine counts each visitor by the way that the rules say, whatever was done', {
  timeout: 240_000,
}, async () => {
  /** How many questions had somebody at the first, the second … step. */
  const depths = Array.from({ length: 8 }, () => 0)
  await fc.assert(
    fc.asyncProperty(
      // Without fast-check's leaning to the first of each list, by which hardly anybody gets anywhere.
      fc.noBias(doings(testSite(), NOON)),
      fc.noBias(fc.array(fc.tuple(ways, fc.constantFrom(...RANGES)), { minLength: 4, maxLength: 4 })),
      async (made, asked) => {
        const site = testSite({ id: ++sites })
        const hits = made.map((one) => ({ ...one, siteId: site.id }))
        const sessions = sessionsOf(hits)
        await insertHits(store.warehouse, hits)
        await insertSessionRows(store.warehouse, sessions)
        for (const [way, range] of asked) {
          const { steps, order, window, split, country } = way
          const expected = funnelOf(hits, sessions, {
            steps,
            order,
            window: window === 'session' ? window : window.value * WINDOW_UNITS[window.unit],
            within: ({ day, time }) =>
              range.days
                ? day >= range.days[0] && day <= range.days[1]
                : time >= (range.instants?.[0] ?? 0) && time < (range.instants?.[1] ?? 0),
            goals: GOALS,
            label: (about) => (split ? textOf(split, about) : ''),
            passes: (about) => country === null || textOf('country', about) === country,
          })
          const answer = await askFunnel(store.warehouse, site, {
            steps,
            order,
            window,
            split,
            date_range: range.dates,
            ...(country && { filters: [['is', 'country', [country]]] }),
          })
          expect(rounded(answer.steps)).toEqual(rounded(expected.all))
          if (split) {
            const rows = [...expected.split].map(([key, figures]) => ({ key, figures: rounded(figures) }))
            rows.sort(
              (a, b) => Number(b.figures[0]?.[0]) - Number(a.figures[0]?.[0]) || (a.key < b.key ? -1 : 1),
            )
            expect(answer.split?.map((row) => ({ key: row.key, figures: rounded(row.steps) }))).toEqual(rows)
          }
          for (const [level, { visitors }] of expected.all.entries())
            if (visitors > 0) depths[level] = (depths[level] ?? 0) + 1
        }
      },
    ),
    { numRuns: 30, seed: 20261122, endOnFailure: true },
  )
  // What nobody walks proves nothing.
  expect(depths[2]).toBeGreaterThan(20)
  expect(depths[3]).toBeGreaterThan(5)
})
