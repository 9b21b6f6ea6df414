import { HEURISTIC_MODELS, PATH_MODELS } from '../../domain/attribution/contract.ts'
import type { Goal } from '../../domain/goals/goal.ts'
import type { Site } from '../../domain/site.ts'
import { localDays } from '../../domain/time/local-day.ts'
import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import type { QueryMeta } from '../contract.ts'
import { checkSides } from '../own-channels.ts'
import type { Statement } from '../plan/plan.ts'
import { otherCurrencies } from '../plan/statements.ts'
import { availableDays, readSnapshot, rulesVersions, type Snapshot } from '../snapshot.ts'
import { resolveRange } from '../time/date-range.ts'
import type { AttributionAnswer, AttributionRow, NullPaths, PathsAnswer, Progress } from './contract.ts'
import { type CreditsRow, creditsStatement } from './credits.ts'
import { measureJourneys } from './measure.ts'
import type { AttributionQuestion, JourneysQuestion, PathsQuestion } from './parse.ts'
import { type PathChunk, type PathCount, pathChunksStatement, topPathsStatement } from './path-counts.ts'
import { type JourneysPlan, planJourneys } from './plan.ts'
import { creditRows, pathRows, type Summary, summaryOf } from './rows.ts'
import { journeysWarnings } from './warnings.ts'
import type { ModelResults } from './worker/messages.ts'
import { startModels } from './worker/start-models.ts'

export interface AttributionContext {
  warehouse: Warehouse
  site: Site
  /** Unix milliseconds before which everything that the edges received is in the warehouse. */
  completeUntil: number
  /** Unix milliseconds. */
  now: number
  goals: () => Promise<readonly Goal[]>
  /** The channels that the site's rules name; none where it is left out. */
  ownChannels?: () => Promise<readonly string[]>
  signal?: AbortSignal
  onProgress?(progress: Progress): void
}

/** Statements of a whole range's journeys do more than those of a page of figures. */
const MAX_SECONDS = 120

/**
 * Shares out the credit for the conversions of a range among what visitors came by.
 *
 * @throws {QuestionError} where its dates, sides or goal cannot be used.
 * @throws {WarehouseError} where the warehouse is away (`unreachable`, `transient`), the question is too heavy
 *   (`limit`) or the signal was given (`aborted`).
 * @throws {ModelsError} where Markov or Shapley are too heavy (`limit`) or the signal was given (`aborted`).
 */
export async function answerAttribution(
  question: AttributionQuestion,
  context: AttributionContext,
): Promise<AttributionAnswer> {
  const { models, paths } = question
  const found = await openJourneys(question, context)
  const { journeys, run, progress } = found
  const heuristics = HEURISTIC_MODELS.filter((model) => models.includes(model))
  progress(0.1)
  const credits = await run<CreditsRow>(creditsStatement(journeys, heuristics))
  progress(0.5)
  const top = paths > 0 ? await run<PathCount>(topPathsStatement(journeys, { limit: paths, offset: 0 })) : []
  progress(0.8)
  const { results, nulls } = await runPathModels(question, found, context)
  const summary = summaryOf(credits)
  const keys = journeys.facts.keys ?? []
  const rows = creditRows(models, keys, credits, results, summary.totals)
  return {
    results: rows,
    ...summary,
    nulls: nullsOf(journeys, paths > 0 ? (top[0]?.all_nulls ?? 0) : nulls),
    topPaths: pathRows(top, keys, summary.coverage.withTouch, journeys.nulls === 'used'),
    meta: await metaOf(found, context, { summary, results, rows }, rows.length),
    query: { ...understood(journeys), models: [...models], paths },
  }
}

/**
 * The paths themselves, page by page.
 *
 * @throws as `answerAttribution`.
 */
export async function answerPaths(
  question: PathsQuestion,
  context: AttributionContext,
): Promise<PathsAnswer> {
  const { limit, offset } = question
  const found = await openJourneys(question, context)
  const { journeys, run, progress } = found
  progress(0.1)
  const summary = summaryOf(await run<CreditsRow>(creditsStatement(journeys, [])))
  progress(0.5)
  const rows = await run<PathCount>(topPathsStatement(journeys, { limit, offset }))
  const [first] =
    rows.length > 0 || offset === 0
      ? rows
      : await run<PathCount>(topPathsStatement(journeys, { limit: 1, offset: 0 }))
  return {
    results: pathRows(rows, journeys.facts.keys ?? [], summary.coverage.withTouch, journeys.nulls === 'used'),
    totals: summary.totals,
    coverage: summary.coverage,
    nulls: nullsOf(journeys, first?.all_nulls ?? 0),
    meta: await metaOf(found, context, { summary, results: null, rows: [] }, first?.total ?? 0),
    query: { ...understood(journeys), limit, offset },
  }
}

interface Journeys {
  journeys: JourneysPlan
  snapshot: Snapshot
  run: <Row>(statement: Statement) => Promise<Row[]>
  /** How much of the statements is done. */
  progress: (done: number) => void
}

async function openJourneys(question: JourneysQuestion, context: AttributionContext): Promise<Journeys> {
  const { warehouse, site, completeUntil, signal } = context
  const options: QueryOptions = { maxSeconds: MAX_SECONDS, ...(signal && { signal }) }
  const progress = (done: number) => context.onProgress?.({ stage: 'paths', done })
  progress(0)
  const ofRules = context.ownChannels ?? (async () => [])
  await checkSides(question.sides, { warehouse, siteId: site.id, ofRules }, options)
  const [goals, snapshot] = await Promise.all([context.goals(), readSnapshot(warehouse, site.id, options)])
  const zone = localDays(site.timezone)
  const period = resolveRange(question.dateRange, {
    zone,
    now: context.now,
    available: availableDays(snapshot),
  })
  const journeys = planJourneys(question, period, {
    zone,
    snapshot,
    currency: site.currency,
    goals,
    completeUntil,
  })
  await measureJourneys(warehouse, journeys, options)
  return {
    journeys,
    snapshot,
    run: ({ sql, parameters }) => warehouse.query(sql, parameters.values, options),
    progress,
  }
}

/** Markov and Shapley, from the paths' counts, and how many journeys did not convert; null where none of them was asked for. */
async function runPathModels(
  { models, options }: AttributionQuestion,
  { journeys, run, progress }: Journeys,
  { signal, onProgress }: AttributionContext,
): Promise<{ results: ModelResults | null; nulls: number | null }> {
  const asked = PATH_MODELS.filter((model) => models.includes(model))
  if (asked.length === 0) return { results: null, nulls: null }
  const chunks = await run<PathChunk>(pathChunksStatement(journeys))
  progress(1)
  const work = startModels(
    { models: asked, options: { order: options.order } },
    { ...(signal && { signal }), ...(onProgress && { onProgress: (now) => onProgress(now) }) },
  )
  try {
    for (const { chunk } of chunks) await work.add(chunk)
    const nulls = chunks.reduce((sum, chunk) => sum + chunk.nulls, 0)
    return { results: await work.finish(), nulls }
  } finally {
    await work.close()
  }
}

function nullsOf({ nulls, end, windowMs }: JourneysPlan, paths: number | null): NullPaths {
  return {
    used: nulls === 'used',
    paths: nulls === 'used' ? paths : null,
    censoredUntil: nulls === 'censored' ? new Date(end + windowMs).toISOString() : null,
  }
}

/** What both answers repeat of the question: the range as days or instants, the goal by the name that it has. */
function understood({ question, period, conversions }: JourneysPlan) {
  const { site, goal, grain, windowDays, options, sides } = question
  const date_range: [string, string] = [period.from, period.to]
  const named = goal === null ? null : (conversions.site.goals[0]?.name ?? goal)
  return { site, date_range, goal: named, grain, window: windowDays, options, sides }
}

async function metaOf(
  { journeys, snapshot, run }: Journeys,
  { site, completeUntil }: AttributionContext,
  found: { summary: Summary; results: ModelResults | null; rows: readonly AttributionRow[] },
  totalRows: number,
): Promise<QueryMeta> {
  const { period, counted, touches } = journeys
  const currencies = otherCurrencies(counted)
  const available = availableDays(snapshot)
  return {
    timezone: site.timezone,
    from: period.from,
    to: period.to,
    completeUntil: new Date(completeUntil).toISOString(),
    rulesVersion:
      rulesVersions(snapshot, touches.period.firstDay, period.lastDay).at(-1) ??
      snapshot.judged.at(-1)?.rulesVersion ??
      0,
    totalRows,
    warnings: journeysWarnings(journeys, {
      ...found,
      inOtherCurrencies: currencies ? await run(currencies) : [],
      snapshot,
      firstDay: available?.from ?? null,
    }),
    available,
  }
}
