import type { Goal } from '../../domain/goals/goal.ts'
import { goalNamed } from '../../domain/goals/goal-named.ts'
import type { PageKind } from '../../domain/pages/page-kind.ts'
import type { Site } from '../../domain/site.ts'
import { localDays } from '../../domain/time/local-day.ts'
import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { Parameters } from '../parameters.ts'
import { checkPatterns } from '../patterns.ts'
import type { Statement } from '../plan/plan.ts'
import { QuestionError, shown } from '../problems.ts'
import { availableDays, currentRows, readSnapshot, rulesVersions } from '../snapshot.ts'
import { resolveRange } from '../time/date-range.ts'
import type { FunnelAnswer, FunnelStepFigures } from './contract.ts'
import type { AskedStep, Funnel, FunnelStep } from './funnel.ts'
import { daysRead, type FunnelPlan } from './plan.ts'
import { funnelStatement, nobodysStatement } from './statement.ts'
import { funnelWarnings } from './warnings.ts'

export interface FunnelContext {
  warehouse: Warehouse
  site: Site
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  completeUntil: number
  /** Unix milliseconds. */
  now: number
  goals: () => Promise<readonly Goal[]>
  pageKinds: () => Promise<readonly PageKind[]>
  signal?: AbortSignal
}

/** A row of the statement; `n0`, `s0`, `n1` … by name. */
type EngineRow = Record<string, string | number | null>

/**
 * How far visitors got on a way.
 *
 * @throws {QuestionError} where its dates, patterns or goals cannot be used.
 * @throws {WarehouseError} where the warehouse is away (`unreachable`, `transient`), the question is too heavy
 *   (`limit`) or the signal was given (`aborted`).
 */
export async function answerFunnel(funnel: Funnel, context: FunnelContext): Promise<FunnelAnswer> {
  const { warehouse, site, completeUntil } = context
  const options: QueryOptions = context.signal ? { signal: context.signal } : {}
  await checkPatterns(warehouse, funnel.conditions, options)
  const [goals, pageKinds] = await Promise.all([context.goals(), context.pageKinds()])
  const steps = withGoals(funnel.steps, goals)
  const snapshot = await readSnapshot(warehouse, site.id, options)
  const zone = localDays(site.timezone)
  const available = availableDays(snapshot)
  const period = resolveRange(funnel.dateRange, { zone, now: context.now, available })
  const plan: FunnelPlan = { funnel, steps, period, zone, snapshot, site: { goals, pageKinds }, keyed: false }
  plan.keyed = await hasKeys(warehouse, plan, options)
  const run = <Row>({ sql, parameters }: Statement) => warehouse.query<Row>(sql, parameters.values, options)
  const [rows, [nobodys]] = await Promise.all([
    run<EngineRow>(funnelStatement(plan)),
    run<{ n: number }>(nobodysStatement(plan)),
  ])
  const whole = rows[0] ?? {}
  const versions = rulesVersions(snapshot, period.firstDay, daysRead(plan).to)
  return {
    steps: figures(steps, whole),
    ...(funnel.split && {
      split: rows.slice(1).map((row) => ({ key: String(row.label), steps: figures(steps, row) })),
    }),
    meta: {
      timezone: site.timezone,
      from: period.from,
      to: period.to,
      completeUntil: new Date(completeUntil).toISOString(),
      rulesVersion: versions.at(-1) ?? snapshot.judged.at(-1)?.rulesVersion ?? 0,
      totalRows: funnel.split ? Number(whole.labels ?? 0) : 1,
      warnings: funnelWarnings(plan, {
        visitors: Number(whole.n0 ?? 0),
        cookieless: Number(whole.cookieless ?? 0),
        nobodys: Number(nobodys?.n ?? 0),
        completeUntil,
        versions,
      }),
      available,
    },
  }
}

function withGoals(steps: readonly AskedStep[], goals: readonly Goal[]): FunnelStep[] {
  const unknown = steps.flatMap((step, index) =>
    step.kind === 'goal' && !goalNamed(step.name, goals)
      ? [
          {
            field: `steps[${index}].goal`,
            message: `The site has no goal ${shown(step.name)}.`,
            allowed: goals.map(({ name }) => name),
          },
        ]
      : [],
  )
  if (unknown.length > 0) throw new QuestionError(unknown)
  return steps.flatMap((step): FunnelStep[] => {
    if (step.kind !== 'goal') return [step]
    const goal = goalNamed(step.name, goals)
    return goal ? [{ kind: 'goal', name: goal.name, goal }] : []
  })
}

async function hasKeys(warehouse: Warehouse, plan: FunnelPlan, options: QueryOptions): Promise<boolean> {
  if (plan.steps.every(({ kind }) => kind !== 'goal') && plan.funnel.order === 'loose') return false
  const parameters = new Parameters()
  const days = currentRows(plan.snapshot, daysRead(plan), parameters)
  const sql = `SELECT 1 FROM hits WHERE ${days} AND kind = 'event' AND event_key != '' LIMIT 1`
  return (await warehouse.query(sql, parameters.values, options)).length > 0
}

function figures(steps: readonly FunnelStep[], row: EngineRow): FunnelStepFigures[] {
  const visitors = steps.map((_, index) => Number(row[`n${index}`] ?? 0))
  const rate = (part: number, whole: number | undefined) => (whole ? part / whole : null)
  return steps.map(({ name }, index) => {
    const here = visitors[index] ?? 0
    const seconds = row[`s${index}`] ?? null
    return {
      name,
      visitors: here,
      rate_from_start: rate(here, visitors[0]),
      rate_from_previous: index === 0 ? null : rate(here, visitors[index - 1]),
      median_seconds_from_previous: here === 0 || seconds === null ? null : Number(seconds),
    }
  })
}
