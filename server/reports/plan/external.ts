import type { QueryOptions, Warehouse } from '../../warehouse/warehouse.ts'
import { Parameters } from '../parameters.ts'
import { asksConversions } from '../question.ts'
import { currentRows } from '../snapshot.ts'
import { FACTS, NO_ID, VISIT, visitsSql } from './conversions.ts'
import { type ConversionFacts, daysAround, type PeriodPlan, type Plan } from './plan.ts'
import type { Writing } from './scope.ts'

/** All days that the warehouse can hold. */
export const EVER = { from: '1970-01-01', to: '2149-06-06' }
const IS_TOLD = "kind = 'conversion' AND event_type = 'external'"
const AGES_AGO = "toDateTime64(0, 3, 'UTC')"

/** What there is among the conversions that a period may hold; null where the question asks for none. */
export async function measureConversions(
  warehouse: Warehouse,
  plan: Plan,
  period: PeriodPlan,
  options: QueryOptions,
): Promise<ConversionFacts | null> {
  if (!asksConversions(plan.question)) return null
  const { goals } = plan.site
  const told = goals.some(({ match }) => match.type === 'external')
  const parameters = new Parameters()
  const ever = currentRows(plan.snapshot, EVER, parameters)
  const near = daysAround(plan, period, { before: 2, after: 2 }, parameters)
  const [[keyed], [external]] = await Promise.all([
    warehouse.query<{ n: number }>(
      `SELECT 1 AS n FROM hits WHERE ${near} AND kind = 'event' AND event_key != '' LIMIT 1`,
      parameters.values,
      options,
    ),
    told
      ? warehouse.query<{ n: number; clicks: number; visitors: number; ids: number }>(
          `SELECT count() AS n, countIf(click_key != 0) AS clicks, countIf(visitor != '') AS visitors,
             countIf(external_id != '') AS ids FROM hits WHERE ${ever} AND ${IS_TOLD}`,
          parameters.values,
          options,
        )
      : [],
  ])
  return {
    keyed: keyed !== undefined,
    external: {
      any: (external?.n ?? 0) > 0,
      byClick: (external?.clicks ?? 0) > 0,
      byVisitor: (external?.visitors ?? 0) > 0,
      byExternalId: (external?.ids ?? 0) > 0,
    },
  }
}

/**
 * Conversions told from elsewhere, in their last version, each with the visit that it is tied to: by its click id the
 * session or the click that has it, else by visitor or by an external id the session that the visitor had last by
 * then. One that happened before its click is tied to nothing.
 */
export function externalSql(writing: Writing, period: PeriodPlan, about: readonly string[]): string {
  const { plan, parameters } = writing
  const ever = currentRows(plan.snapshot, EVER, parameters)
  const facts = period.conversions?.external
  let rows = lastVersions(writing, ever)
  const ties: string[] = [`click_key != 0 AND time < clicked_at, ${nowhere(about)}`]
  const visit = '(session_id, session_day, session_start, about)'

  if (facts?.byClick) {
    const wanted = `click_key GLOBAL IN (SELECT click_key FROM hits WHERE ${ever} AND ${IS_TOLD} AND click_key != 0)`
    const sessions = `${visitsSql(about, 'click_key')} WHERE ${ever} AND ${wanted}`
    const clicks = `SELECT click_key AS clicked_key, tuple(${aboutClick(about)}) AS by_click FROM hits
      WHERE ${ever} AND kind = 'click' AND ${wanted} ORDER BY time, hit_id LIMIT 1 BY click_key`
    rows = `SELECT * FROM (${rows}) AS told
      LEFT ANY JOIN (SELECT key AS session_key, ${visit} AS by_session FROM (${sessions})
        ORDER BY session_start, session_id LIMIT 1 BY key) AS of_click ON click_key = session_key
      LEFT ANY JOIN (${clicks}) AS clicks ON click_key = clicked_key`
    ties.push('session_key != 0, by_session')
    ties.push(`clicked_key != 0, (${NO_ID}, toDate(0), ${AGES_AGO}, by_click)`)
  }
  if (facts?.byVisitor) {
    const wanted = `SELECT visitor FROM hits WHERE ${ever} AND ${IS_TOLD} AND visitor != ''`
    rows = withSession(rows, { key: 'visitor', name: 'visitor', wanted })
    ties.push("visitor_key != '', by_visitor")
  }
  if (facts?.byExternalId) {
    const ids = `SELECT external_id FROM hits WHERE ${ever} AND ${IS_TOLD} AND external_id != ''`
    const identified = `${ever} AND kind = 'event' AND event_type = 'identify' AND visitor != '' AND external_id GLOBAL IN (${ids})`
    rows = `SELECT * FROM (${rows}) AS told
      ASOF LEFT JOIN (SELECT external_id AS known_as, time AS known_at, visitor AS known_visitor FROM hits
        WHERE ${identified}) AS identities ON external_id = known_as AND time >= known_at`
    const wanted = `SELECT visitor FROM hits WHERE ${identified}`
    rows = withSession(rows, { key: 'known_visitor', name: 'identity', wanted })
    ties.push("identity_key != '', by_identity")
  }
  const tied = `multiIf(${ties.join(', ')}, ${nowhere(about)})`
  const parts = VISIT.map((name, index) => `tied.${index + 1} AS ${name}`)
  return `SELECT ${[...FACTS, ...parts].join(', ')} FROM (SELECT *, ${tied} AS tied FROM (${rows}))`

  function withSession(
    from: string,
    { key, name, wanted }: { key: string; name: string; wanted: string },
  ): string {
    const sessions = `SELECT * FROM (${visitsSql(about, 'arrayJoin(visitors)')} WHERE ${ever}) WHERE key GLOBAL IN (${wanted})`
    return `SELECT * FROM (${from}) AS told
      ASOF LEFT JOIN (SELECT key AS ${name}_key, session_start AS ${name}_since, ${visit} AS by_${name}
        FROM (${sessions})) AS ${name}_sessions ON ${key} = ${name}_key AND time >= ${name}_since`
  }
}

/** The last version of each, without those that were taken back, under the goal that they name. */
function lastVersions({ plan, parameters }: Writing, ever: string): string {
  const columns = [
    'time',
    'day',
    'hit_id',
    'toString(event_name) AS event',
    'event_value AS told',
    'event_has_value AS has_told',
    'toString(event_currency) AS told_in',
    'visitor',
    'click_key',
    'clicked_at',
    'external_id',
    'event_cancelled AS cancelled',
  ]
  const names = parameters.bind(
    'Array(String)',
    plan.site.goals.map(({ name, match }) => (match.type === 'external' ? name : '')),
  )
  return `SELECT *, toUInt8(indexOf(${names}, event)) AS place FROM (
      SELECT ${columns.join(', ')} FROM hits WHERE ${ever} AND ${IS_TOLD}
      ORDER BY event_version DESC, time DESC, hit_id DESC LIMIT 1 BY if(event_key = '', toString(hit_id), event_key)
    ) WHERE NOT cancelled AND event != '' AND place > 0`
}

/** What a click says of the visit that it led to. */
function aboutClick(about: readonly string[]): string {
  const columns: Record<string, string> = { entry_page: "''", exit_page: "''", identity: 'visitor' }
  return about.map((name) => columns[name] ?? `toString(${name})`).join(', ')
}

function nowhere(about: readonly string[]): string {
  return `(${NO_ID}, toDate(0), ${AGES_AGO}, tuple(${about.map(() => "''").join(', ')}))`
}
