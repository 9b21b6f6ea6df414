import { HEURISTIC_MODELS, type Model } from '../../server/domain/attribution/contract.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import { answerAttribution, answerPaths } from '../../server/reports/attribution/answer.ts'
import type {
  AttributionAnswer,
  AttributionRequest,
  PathsRequest,
} from '../../server/reports/attribution/contract.ts'
import { parseAttribution, parsePaths } from '../../server/reports/attribution/parse.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import { askableSite, event, hit, type TestSession } from './reports-support.ts'

export const BOOKED: Omit<Goal, 'id' | 'template'> = {
  name: 'Booked',
  match: { type: 'event', name: 'booked' },
  value: { type: 'event' },
  count: 'every',
}
export const ANN = '00000000000000a1'
export const BEN = '00000000000000b1'

export const SOCIAL = { channel: 'Organic Social', side: 'Social', source: 'instagram.com' }
export const SEARCH = { channel: 'Organic Search', side: 'Search', source: 'google' }
export const DIRECT = { channel: 'Direct', side: 'Other', source: '(direct)' }

/** A site of its own, in UTC unless told, with a goal that is reached by an event `booked` each time. */
export function attributedSite(
  warehouse: Warehouse,
  {
    goals = [BOOKED],
    now = Date.parse('2026-12-31T12:00:00Z'),
    timezone = 'UTC',
  }: { goals?: Omit<Goal, 'id' | 'template'>[]; now?: number; timezone?: string } = {},
) {
  const made = askableSite(warehouse, timezone, { goals })
  const context = {
    warehouse,
    site: made.site,
    completeUntil: now,
    now,
    goals: async () => goals.map((goal, index) => ({ ...goal, id: index + 1, template: null })),
  }
  const NOVEMBER = ['2026-11-01', '2026-11-30'] as [string, string]
  return {
    ...made,
    context,
    /** Sessions of one visitor, each with what it was brought by. */
    visits: (visitor: string, ...sessions: (Omit<TestSession, 'visitors'> & { visitors?: string[] })[]) =>
      made.addSessions(...sessions.map((one) => ({ visitors: [visitor], consent: 'granted', ...one }))),
    books: (visitor: string, time: string, value = '') =>
      made.add(
        event(made.site, time, { type: 'custom', name: 'booked', value }, { visitor, consent: 'granted' }),
      ),
    clicks: (visitor: string, time: string, fields: Parameters<typeof hit>[2] = {}) =>
      made.add(hit(made.site, time, { visitor, ...fields })),
    /** By the models that need no thread of their own, unless told. */
    attribute: (request: Partial<AttributionRequest> = {}) =>
      answerAttribution(
        parseAttribution({ date_range: NOVEMBER, models: HEURISTIC_MODELS, ...request }),
        context,
      ),
    paths: async (request: Partial<PathsRequest> = {}) =>
      answerPaths(parsePaths({ date_range: NOVEMBER, ...request }), context),
  }
}

/** What a model gives each key, rounded to a thousandth. */
export function given(
  { results }: AttributionAnswer,
  model: keyof AttributionAnswer['results'][number]['credits'],
) {
  return Object.fromEntries(
    results.map(({ key, credits }) => [key, Math.round((credits[model]?.conversions ?? 0) * 1000) / 1000]),
  )
}

/** The most frequent paths as text, with their conversions. */
export function countedPaths({ topPaths }: AttributionAnswer) {
  return Object.fromEntries(topPaths.map(({ path, conversions }) => [path.join(' > '), conversions]))
}

/** What a model gives all keys together. */
export function sums({ results }: AttributionAnswer, model: Model) {
  const of = (read: 'conversions' | 'value') =>
    results.reduce((sum, { credits }) => sum + (credits[model]?.[read] ?? Number.NaN), 0)
  return { conversions: of('conversions'), value: of('value') }
}
