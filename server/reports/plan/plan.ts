import type { Goal } from '../../domain/goals/goal.ts'
import type { PageKind } from '../../domain/pages/page-kind.ts'
import type { LocalDays } from '../../domain/time/local-day.ts'
import type { Parameters } from '../parameters.ts'
import { type Order, type Question, timeAxis } from '../question.ts'
import { type SideChannels, sideChannels } from '../registry/sides.ts'
import { currentRows, type Snapshot } from '../snapshot.ts'
import { type Bucket, bucketsOf } from '../time/buckets.ts'
import type { Period } from '../time/period.ts'

/** All that the statements of one answer have in common. */
export interface Plan {
  question: Question
  snapshot: Snapshot
  zone: LocalDays
  sides: SideChannels
  site: SiteFacts
  main: PeriodPlan
  compare: PeriodPlan | null
}

/** What the control store knows of a site and a question may need. */
export interface SiteFacts {
  currency: string
  goals: readonly Goal[]
  pageKinds: readonly PageKind[]
}

/** One of the two periods of a question, ready to be counted. */
export interface PeriodPlan {
  period: Period
  /** The time axis; empty where the question has none. */
  buckets: readonly Bucket[]
  /** Which pages can be known about; null where nothing asked depends on it. */
  pages: MeasuredPages | null
  /** Whether what became of clicks has to be looked up: it costs a join. */
  landings: boolean
  /** What there is among the period's conversions; null where none are asked for. */
  conversions: ConversionFacts | null
}

export interface MeasuredPages {
  /** Hosts that sent a pageview in the period, by a person or not. */
  hosts: readonly string[]
  /** Whether the pages that the question's filters leave are on such a host at all. */
  measured: boolean
}

/** What a statement about conversions need not look for where there is none of it. */
export interface ConversionFacts {
  /** Events that carry a key of the caller's own. */
  keyed: boolean
  /** Conversions told from elsewhere, and by what they may be tied to a visit. */
  external: { any: boolean; byClick: boolean; byVisitor: boolean; byExternalId: boolean }
}

export interface Statement {
  sql: string
  parameters: Parameters
}

export function makePlan(
  question: Question,
  periods: { main: Period; compare: Period | null },
  zone: LocalDays,
  snapshot: Snapshot,
  site: SiteFacts,
): Plan {
  const axis = timeAxis(question)
  const periodPlan = (period: Period): PeriodPlan => ({
    period,
    buckets: axis ? bucketsOf(axis.dimension.unit, period, zone) : [],
    pages: null,
    landings: false,
    conversions: null,
  })
  return {
    question,
    snapshot,
    zone,
    sides: sideChannels(question.sides),
    site,
    main: periodPlan(periods.main),
    compare: periods.compare && periodPlan(periods.compare),
  }
}

/** The rows of a period: current ones of its days, cut to its instants where there are such. */
export function periodSql(
  { snapshot }: Pick<Plan, 'snapshot'>,
  { period }: Pick<PeriodPlan, 'period'>,
  parameters: Parameters,
): string {
  const days = currentRows(snapshot, { from: period.firstDay, to: period.lastDay }, parameters)
  const instants = instantsSql(period, parameters)
  return instants === null ? days : `${days} AND ${instants}`
}

/** The condition that a row's `time` lies between a period's instants; null for whole days. */
export function instantsSql({ instants }: Period, parameters: Parameters): string | null {
  if (!instants) return null
  const start = parameters.bind('Int64', instants.start)
  const end = parameters.bind('Int64', instants.end)
  const instant = (milliseconds: string) => `fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`
  return `time >= ${instant(start)} AND time < ${instant(end)}`
}

/** The current rows of the days around a period: so many before its first and after its last. */
export function daysAround(
  { snapshot, zone }: Pick<Plan, 'snapshot' | 'zone'>,
  { period }: Pick<PeriodPlan, 'period'>,
  { before, after }: { before: number; after: number },
  parameters: Parameters,
): string {
  const from = zone.shift(period.firstDay, -before)
  return currentRows(snapshot, { from, to: zone.shift(period.lastDay, after) }, parameters)
}

/** Position on the time axis from 0, for a row with a `time` and a `day`. */
export function positionSql(plan: Plan, { buckets, period }: PeriodPlan, parameters: Parameters): string {
  const axis = timeAxis(plan.question)
  const first = buckets[0]
  if (!axis || !first) throw new Error('a question without a time dimension has no positions')
  if (axis.dimension.unit === 'hour') {
    const starts = parameters.bind(
      'Array(Int64)',
      buckets.map(({ start }) => start / 1000),
    )
    return `transform(roundDown(toInt64(toUnixTimestamp(time)), ${starts}), ${starts}, range(length(${starts})), 0)`
  }
  if (axis.dimension.unit === 'month') {
    return `dateDiff('month', ${parameters.bind('Date32', period.firstDay)}, day)`
  }
  const days = `dateDiff('day', ${parameters.bind('Date32', first.label)}, day)`
  return axis.dimension.unit === 'week' ? `intDiv(${days}, 7)` : days
}

/** `ORDER BY` of a question over the columns `d0…`, `m0…`; what is unknown comes last, ties go by the dimensions. */
export function orderSql({ order, dimensions }: Question, prefix = ''): string {
  const column = ({ by }: Order) => `${prefix}${by.kind === 'metric' ? 'm' : 'd'}${by.index}`
  const asked = order.map((entry) => `${column(entry)} ${entry.direction.toUpperCase()} NULLS LAST`)
  const ties = dimensions.map((_, index) => `${prefix}d${index} ASC`)
  return [...asked, ...ties].join(', ')
}
