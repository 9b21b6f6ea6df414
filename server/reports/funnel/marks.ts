import { conditionsSql, labelSql } from '../plan/conditions.ts'
import { instantsSql } from '../plan/plan.ts'
import { currentRows } from '../snapshot.ts'
import { stepCondition } from '../steps.ts'
import type { FunnelStep } from './funnel.ts'
import { HIT_NUMBER, looksAtTold, NEVER, passesSql, seenHits, toldHits } from './hits.ts'
import { type FunnelWriting, visitDays } from './plan.ts'

/** Of a hit's marks: bit i − 1 says that it is step i; this one that a way may begin with it; this one that it stands between. */
export const BEGINS = 8
export const BETWEEN = 9

/**
 * The hits that a way may be made of: `mover`, `visit` (0 but where each visit is by itself), `at` in Unix milliseconds,
 * `rank` and `number` that order what is of one instant, `marks`, and of those that a way may begin with `label` and
 * `cookieless`.
 */
export function markedHits(writing: FunnelWriting): string {
  return sourcesOf(writing)
    .map((source) => marked(writing, source))
    .join('\nUNION ALL\n')
}

/** Hits that would be a step, but that nobody is known to have made. */
export function nobodysHits(writing: FunnelWriting): string {
  const { plan } = writing
  const period = inPeriod(writing)
  const steps = plan.steps.map((step) => stepSql(writing, step)).join(' OR ')
  const counts = sourcesOf(writing).map(
    (source) => `SELECT count() AS n FROM (${source}) WHERE mover = '' AND ${period} AND (${steps})`,
  )
  return `SELECT sum(n) AS n FROM (${counts.join(' UNION ALL ')})`
}

function sourcesOf(writing: FunnelWriting): string[] {
  return [seenHits(writing), ...(looksAtTold(writing) ? [toldHits(writing)] : [])]
}

function inPeriod({ plan, parameters }: FunnelWriting): string {
  const { firstDay, lastDay } = plan.period
  const from = parameters.bind('Date32', firstDay)
  const to = parameters.bind('Date32', lastDay)
  return `day >= ${from} AND day <= ${to} AND ${instantsSql(plan.period, parameters) ?? '1'}`
}

function marked(writing: FunnelWriting, source: string): string {
  const { plan, scope } = writing
  const { split, conditions, window } = plan.funnel
  const steps = plan.steps.map((step, index) => `${2 ** index} * ${stepSql(writing, step)}`)
  const label = split ? `toString(${labelSql(split, 'conversions', scope)})` : "''"
  // A hit may be asked for the two pages that only a visit has.
  const hits = `SELECT mover, toUnixTimestamp64Milli(at) AS ms, visit_at, visit_open, cookieless, kind, hit_id,
      toUInt16(${steps.join(' + ')}) AS steps, toUInt8(${beginsSql(writing)}) AS may_begin,
      toUInt8(${betweenSql(writing)}) AS is_between, ${passesSql(writing, 'conversions')} AS own_passes, ${label} AS own_label
    FROM (SELECT *, '' AS entry_page, '' AS exit_page FROM (${source})) WHERE mover != '' AND (steps > 0 OR is_between)`
  const needsVisits = window === 'session' || split !== null || conditions.length > 0
  const rows = needsVisits ? withVisits(writing, hits) : hits
  const has = needsVisits ? `session_start > ${NEVER} AND (visit_open OR visit_at <= session_end)` : '0'
  const of = (mine: string, ofVisit: string) =>
    needsVisits ? `if(${has} AND kind != 'click', ${ofVisit}, ${mine})` : mine
  const begins = `bitAnd(may_begin, ${of('own_passes', 'visit.passes')})`
  const bySession = window === 'session'
  return `SELECT ${bySession ? `if(${has}, visit.identity, mover)` : 'mover'} AS mover,
      ${bySession ? `toUInt128(if(${has}, visit.id, hit_id))` : 'toUInt128(0)'} AS visit,
      ms AS at, toUInt8(multiIf(kind = 'click', 0, kind = 'pageview', 1, kind = 'event', 2, 3)) AS rank,
      ${HIT_NUMBER} AS number,
      toUInt16(steps + ${2 ** BEGINS} * ${begins} + ${2 ** BETWEEN} * is_between) AS marks,
      if(${begins}, ${of('own_label', 'visit.label')}, '') AS label, toUInt8(cookieless) AS cookieless
    FROM (${rows})`
}

/** Each with the visit that its mover had last begun when it was under way. */
function withVisits(writing: FunnelWriting, hits: string): string {
  const { plan, parameters, scope } = writing
  const { split } = plan.funnel
  const days = currentRows(plan.snapshot, visitDays(plan), parameters)
  const label = split ? `toString(${labelSql(split, 'sessions', scope)})` : "''"
  const visit = `tuple(session_id, identity, ${passesSql(writing, 'sessions')}, ${label}, end)`
  const visits = `SELECT key, session_start, last.5 AS session_end,
      CAST((last.1, last.2, last.3, last.4), 'Tuple(id UUID, identity String, passes UInt8, label String)') AS visit
    FROM (
      SELECT arrayJoin(visitors) AS key, start AS session_start,
        argMax(${visit}, (day, ordinal, toUInt128(session_id))) AS last
      FROM (SELECT *, entry_page AS landing_page FROM sessions FINAL WHERE ${days}) GROUP BY key, session_start
    )`
  return `SELECT * FROM (${hits}) AS hits
    ASOF LEFT JOIN (${visits}) AS visits ON mover = key AND visit_at >= session_start`
}

function stepSql(writing: FunnelWriting, step: FunnelStep): string {
  const { scope } = writing
  if (step.kind !== 'click') return stepCondition(step, writing)
  return `(${stepCondition({ kind: 'click' }, writing)} AND ${conditionsSql(step.tests, 'hits', scope)})`
}

/** A way begins in the period, by the first step. */
function beginsSql(writing: FunnelWriting): string {
  const [first] = writing.plan.steps
  if (!first) throw new Error('a way without steps')
  return `${stepSql(writing, first)} AND ${inPeriod(writing)}`
}

/** In strict order pages stand between two steps, and what reaches a goal on the site. */
function betweenSql({ plan, goals }: FunnelWriting): string {
  if (plan.funnel.order === 'loose') return '0'
  const reached = plan.site.goals.flatMap((goal) =>
    goal.match.type === 'external' ? [] : [goals.goal(goal)],
  )
  return `kind = 'pageview' OR (kind = 'event' AND (${['0', ...reached].join(' OR ')}))`
}
