import type { Goal } from '../domain/goals/goal.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import type { Site } from '../domain/site.ts'
import { type LocalDays, localDays } from '../domain/time/local-day.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import type { QueryAnswer } from './contract.ts'
import { checkSides } from './own-channels.ts'
import { checkPatterns } from './patterns.ts'
import { measureConversions } from './plan/external.ts'
import { measureLandings } from './plan/landings.ts'
import { measurePages } from './plan/pages.ts'
import { makePlan, type PeriodPlan, type Plan, type SiteFacts, type Statement } from './plan/plan.ts'
import { allRows, hitsWithoutVisitor, numberOfRows, otherCurrencies, pageOfRows } from './plan/statements.ts'
import { QuestionError } from './problems.ts'
import { asksConversions, names, type Question, timeAxis } from './question.ts'
import { axisRows, type EngineRow, pageRows } from './rows.ts'
import { availableDays, readSnapshot, type Snapshot } from './snapshot.ts'
import { MAX_BUCKETS, tooManyBuckets } from './time/buckets.ts'
import { resolveComparison } from './time/comparison.ts'
import { resolveRange } from './time/date-range.ts'
import type { Period } from './time/period.ts'
import { versionsUsed, warningsOf } from './warnings.ts'

export interface AnswerContext {
  warehouse: Warehouse
  site: Site
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  completeUntil: number
  /** Unix milliseconds. */
  now: number
  /** The channels that the site's rules name; none where it is left out. */
  ownChannels?: () => Promise<readonly string[]>
  /** What its visitors shall do, and what its pages are for; none where these are left out. */
  goals?: () => Promise<readonly Goal[]>
  pageKinds?: () => Promise<readonly PageKind[]>
  signal?: AbortSignal
}

/**
 * Answers a question about a site.
 *
 * @throws {QuestionError} where its dates or patterns cannot be used.
 * @throws {WarehouseError} where the warehouse is away (`unreachable`, `transient`), the question is too heavy
 *   (`limit`) or the signal was given (`aborted`).
 */
export async function answerQuestion(question: Question, context: AnswerContext): Promise<QueryAnswer> {
  const { warehouse, site } = context
  const options: QueryOptions = context.signal ? { signal: context.signal } : {}
  await checkPatterns(warehouse, question.conditions, options)
  const ofRules = context.ownChannels ?? (async () => [])
  await checkSides(question.sides, { warehouse, siteId: site.id, ofRules }, options)
  const snapshot = await readSnapshot(warehouse, site.id, options)
  const zone = localDays(site.timezone)
  const periods = periodsOf(question, zone, snapshot, context.now)
  const plan = makePlan(question, periods, zone, snapshot, await siteFacts(question, context))
  for (const period of [plan.main, plan.compare]) if (period) await measure(warehouse, plan, period, options)
  const [{ results, totalRows }, withoutVisitor, inOtherCurrencies] = await Promise.all([
    count(warehouse, plan, options),
    countWithoutVisitor(warehouse, plan, options),
    countOtherCurrencies(warehouse, plan, options),
  ])
  const { main, compare } = plan
  return {
    results,
    meta: {
      timezone: site.timezone,
      from: main.period.from,
      to: main.period.to,
      completeUntil: new Date(context.completeUntil).toISOString(),
      rulesVersion: versionsUsed(plan).at(-1) ?? snapshot.judged.at(-1)?.rulesVersion ?? 0,
      totalRows,
      warnings: warningsOf(plan, { withoutVisitor, inOtherCurrencies }),
      available: availableDays(snapshot),
    },
    query: {
      site: site.name,
      metrics: question.metrics.map(({ name }) => name),
      dimensions: question.dimensions.map(({ name }) => name),
      filters: question.filters,
      date_range: [main.period.from, main.period.to],
      order_by: question.order.map(({ by, direction }) => {
        const list = by.kind === 'metric' ? question.metrics : question.dimensions
        return [list[by.index]?.name ?? '', direction]
      }),
      sides: question.sides,
      limit: question.limit,
      offset: question.offset,
      compare: compare && [compare.period.from, compare.period.to],
    },
  }
}

/** What the control store has to say, asked for only where the question needs it. */
async function siteFacts(question: Question, { site, goals, pageKinds }: AnswerContext): Promise<SiteFacts> {
  const needsGoals = asksConversions(question)
  const needsKinds = names(question, 'page_kind') || names(question, 'page_label')
  return {
    currency: site.currency,
    goals: needsGoals ? ((await goals?.()) ?? []) : [],
    pageKinds: needsKinds ? ((await pageKinds?.()) ?? []) : [],
  }
}

/** Finds out what a period holds, so that its statements need not look for what is not there. */
async function measure(
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<void> {
  const [pages, landings, conversions] = await Promise.all([
    measurePages(warehouse, plan, period, options),
    measureLandings(warehouse, plan, period, options),
    measureConversions(warehouse, plan, period, options),
  ])
  Object.assign(period, { pages, landings, conversions })
}

function periodsOf(question: Question, zone: LocalDays, snapshot: Snapshot, now: number) {
  const available = availableDays(snapshot)
  const main = resolveRange(question.dateRange, { zone, now, available })
  const compare = question.compare && resolveComparison(question.compare, question.dateRange, main, zone)
  const unit = timeAxis(question)?.dimension.unit
  if (unit) {
    const check = (field: string, period: Period) => {
      if (!tooManyBuckets(unit, period, zone)) return
      const message = `${period.from} to ${period.to} makes more than ${MAX_BUCKETS} rows by ${unit}; ask for fewer days or longer steps.`
      throw new QuestionError([{ field, message }])
    }
    check('date_range', main)
    if (compare) check('compare', compare)
  }
  return { main, compare }
}

async function count(warehouse: Warehouse, plan: Plan, options: QueryOptions) {
  const { question, compare } = plan
  const run = ({ sql, parameters }: Statement) => warehouse.query<EngineRow>(sql, parameters.values, options)
  const { offset, limit } = question
  if (question.dimensions.length === 0 || (question.dimensions.length === 1 && timeAxis(question))) {
    const [rows, compared] = await Promise.all([
      run(allRows(plan, plan.main)),
      compare ? run(allRows(plan, compare)) : null,
    ])
    const all = axisRows(plan, rows, compared)
    return { results: all.slice(offset, offset + limit), totalRows: all.length }
  }
  const rows = await run(pageOfRows(plan))
  if (rows.length > 0 || offset === 0) {
    return { results: pageRows(plan, rows), totalRows: Number(rows[0]?.total ?? 0) }
  }
  const [beyond] = await run(numberOfRows(plan))
  return { results: [], totalRows: Number(beyond?.total ?? 0) }
}

async function countWithoutVisitor(warehouse: Warehouse, plan: Plan, options: QueryOptions): Promise<number> {
  const statement = hitsWithoutVisitor(plan)
  if (!statement) return 0
  const rows = await warehouse.query<{ n: number }>(statement.sql, statement.parameters.values, options)
  return rows[0]?.n ?? 0
}

/** Conversions whose value is left out because it was told in another currency, by that currency. */
async function countOtherCurrencies(
  warehouse: Warehouse,
  plan: Plan,
  options: QueryOptions,
): Promise<{ currency: string; n: number }[]> {
  const statement = otherCurrencies(plan)
  return statement ? warehouse.query(statement.sql, statement.parameters.values, options) : []
}
