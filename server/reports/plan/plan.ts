import type { LocalDays } from '../../domain/time/local-day.ts'
import type { Parameters } from '../parameters.ts'
import { names, type Order, type Question, timeAxis } from '../question.ts'
import type { SqlScope } from '../registry/dimensions.ts'
import { type Defaults, STANDARD_DEFAULTS, type Table } from '../registry/metrics.ts'
import { type SideChannels, sideChannels } from '../registry/sides.ts'
import { currentRows, type Snapshot } from '../snapshot.ts'
import { type Bucket, bucketsOf } from '../time/buckets.ts'
import type { Period } from '../time/period.ts'

/** All that the statements of one answer have in common. */
export interface Plan {
  question: Question
  snapshot: Snapshot
  table: Table
  defaults: Defaults
  sides: SideChannels
  main: PeriodPlan
  compare: PeriodPlan | null
}

/** One of the two periods of a question, ready to be counted. */
export interface PeriodPlan {
  period: Period
  /** The time axis; empty where the question has none. */
  buckets: readonly Bucket[]
  /** Which pages can be known about; null where nothing asked depends on it. */
  pages: MeasuredPages | null
}

export interface MeasuredPages {
  /** Hosts that sent a pageview in the period, by a person or not. */
  hosts: readonly string[]
  /** Whether the pages that the question's filters leave are on such a host at all. */
  measured: boolean
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
): Plan {
  const axis = timeAxis(question)
  const periodPlan = (period: Period): PeriodPlan => ({
    period,
    buckets: axis ? bucketsOf(axis.dimension.unit, period, zone) : [],
    pages: null,
  })
  return {
    question,
    snapshot,
    table: 'hits',
    defaults: {
      people: names(question, 'traffic') ? '1' : STANDARD_DEFAULTS.people,
      redirected: names(question, 'outcome') ? '1' : STANDARD_DEFAULTS.redirected,
    },
    sides: sideChannels(question.sides),
    main: periodPlan(periods.main),
    compare: periods.compare && periodPlan(periods.compare),
  }
}

export function scopeOf(plan: Plan, parameters: Parameters): SqlScope {
  return { parameters, sides: plan.sides }
}

/** The rows of a period: current ones of its days, cut to its instants where there are such. */
export function periodSql(
  { snapshot }: Pick<Plan, 'snapshot'>,
  { period }: Pick<PeriodPlan, 'period'>,
  parameters: Parameters,
): string {
  const days = currentRows(snapshot, { from: period.firstDay, to: period.lastDay }, parameters)
  if (!period.instants) return days
  const start = parameters.bind('Int64', period.instants.start)
  const end = parameters.bind('Int64', period.instants.end)
  const instant = (milliseconds: string) => `fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`
  return `${days} AND time >= ${instant(start)} AND time < ${instant(end)}`
}

/** Position on the time axis from 0, for a row of a judged table. */
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
