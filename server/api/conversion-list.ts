import type { Goal } from '../domain/goals/goal.ts'
import type { Site } from '../domain/site.ts'
import { localDays } from '../domain/time/local-day.ts'
import { parseQuestion } from '../reports/parse/question.ts'
import { NO_ID } from '../reports/plan/conversions.ts'
import { EVER, externalSql } from '../reports/plan/external.ts'
import { makePlan } from '../reports/plan/plan.ts'
import { writing } from '../reports/plan/scope.ts'
import { currentRows, readSnapshot } from '../reports/snapshot.ts'
import { wholeDays } from '../reports/time/period.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import type { ListedConversion, UnmatchedReason } from './conversion-schemas.ts'
import { toIso } from './fields.ts'
import { HttpProblem } from './problem.ts'

export interface ConversionListQuery {
  status: 'all' | 'matched' | 'unmatched'
  cursor?: string | undefined
  limit: number
}

interface Row {
  id: string
  at: number
  day: string
  key: string
  version: number
  goal: string
  cancelled: number
  value: number
  has_value: number
  currency: string
  has_click: number
  before_click: number
  link_id: number
  visitor: string
  external_id: string
  matched: number
  session: string
  channel: string
  source: string
  campaign: string
  link: string
}

/** What is shown of the visit that a conversion is tied to; sessions and clicks both know it. */
const ABOUT = ['channel', 'source', 'campaign', 'link'] as const
const IS_TOLD = "kind = 'conversion' AND event_type = 'external'"

/**
 * The conversions that a site was told, in their last version, latest first, and the visit that each is tied to by the
 * statement that reports count with. Nothing is remembered: one whose visit comes in later is matched from then on.
 *
 * @throws {HttpProblem} 400 for a cursor that no list gave.
 * @throws {WarehouseError} where the warehouse does not answer.
 */
export async function listConversions(
  warehouse: Warehouse,
  site: Site,
  goals: readonly Goal[],
  query: ConversionListQuery,
  options: QueryOptions = {},
): Promise<{ data: ListedConversion[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : fromCursor(query.cursor)
  const rows = await readRows(warehouse, site, goals, query, after, options)
  const page = rows.slice(0, query.limit)
  const clickIds = await readClickIds(warehouse, site.id, page, options)
  const external = new Set(goals.flatMap(({ name, match }) => (match.type === 'external' ? [name] : [])))
  const last = rows.length > page.length ? page.at(-1) : undefined
  return {
    data: page.map((row) => toBody(row, external, clickIds.has(row.id))),
    nextCursor: last ? toCursor(last) : null,
  }
}

async function readRows(
  warehouse: Warehouse,
  site: Site,
  goals: readonly Goal[],
  { status, limit }: ConversionListQuery,
  after: Cursor | null,
  options: QueryOptions,
): Promise<Row[]> {
  const zone = localDays(site.timezone)
  // Conversions told from elsewhere are tied over all days, so the plan's period is of no consequence.
  const question = parseQuestion({ site: site.name, metrics: ['conversions'], date_range: 'day' })
  const main = wholeDays(EVER.from, EVER.from)
  const facts = { currency: site.currency, goals, pageKinds: [] }
  const snapshot = await readSnapshot(warehouse, site.id, options)
  const plan = makePlan(question, { main, compare: null }, zone, snapshot, facts)
  const all = { any: true, byClick: true, byVisitor: true, byExternalId: true }
  const period = { ...plan.main, conversions: { keyed: false, external: all } }
  const statement = writing(plan)
  const { parameters } = statement
  const tied = externalSql(statement, period, ABOUT)
  const ever = currentRows(plan.snapshot, EVER, parameters)
  const wanted = { all: '1', matched: 'matched', unmatched: 'NOT matched AND NOT cancelled' }[status]
  const beyond = after
    ? `(time, id) < (fromUnixTimestamp64Milli(${parameters.bind('Int64', after.at)}, 'UTC'), ${parameters.bind('String', after.id)})`
    : '1'
  const about = ABOUT.map((name, index) => `visit.about.${index + 1} AS ${name}`)
  const sql = `SELECT id, toUnixTimestamp64Milli(time) AS at, toString(day) AS day, key, version, goal, cancelled,
      toFloat64(told) AS value, has_told AS has_value, currency, has_click, before_click, link_id, visitor,
      external_id, matched, if(session_id = ${NO_ID}, '', toString(session_id)) AS session, ${ABOUT.join(', ')}
    FROM (
      SELECT told.*, visit.session_id AS session_id, ${about.join(', ')},
        session_id != ${NO_ID} OR channel != '' AS matched
      FROM (
        SELECT hit_id, replaceAll(toString(hit_id), '-', '') AS id, time, day, event_key AS key,
          event_version AS version, toString(event_name) AS goal, event_cancelled AS cancelled, event_value AS told,
          event_has_value AS has_told, toString(event_currency) AS currency, click_key != 0 AS has_click,
          click_key != 0 AND time < clicked_at AS before_click, link_id, visitor, external_id
        FROM hits WHERE ${ever} AND ${IS_TOLD}
        ORDER BY event_version DESC, time DESC, hit_id DESC LIMIT 1 BY if(event_key = '', toString(hit_id), event_key)
      ) AS told LEFT ANY JOIN (SELECT hit_id, session_id, about FROM (${tied})) AS visit ON told.hit_id = visit.hit_id
    )
    WHERE ${wanted} AND ${beyond}
    ORDER BY time DESC, id DESC LIMIT ${parameters.bind('UInt32', limit + 1)}`
  return warehouse.query<Row>(sql, parameters.values, options)
}

/**
 * Which of these came with a click id that names no click. Judged rows do not say it, and raw ones lie by visitor and
 * UTC day.
 */
async function readClickIds(
  warehouse: Warehouse,
  siteId: number,
  rows: readonly Row[],
  options: QueryOptions,
): Promise<Set<string>> {
  const unsure = rows.filter(({ matched, has_click }) => !matched && !has_click)
  if (unsure.length === 0) return new Set()
  const found = await warehouse.query<{ id: string }>(
    `SELECT DISTINCT replaceAll(toString(hit_id), '-', '') AS id FROM raw_hits
     WHERE site = {site:UInt32} AND toDate(time) IN {days:Array(Date)} AND visitor IN {visitors:Array(String)}
       AND toString(hit_id) IN {ids:Array(String)} AND kind = 'conversion' AND click_id != ''`,
    {
      site: siteId,
      days: [...new Set(unsure.map(({ at }) => new Date(at).toISOString().slice(0, 10)))],
      visitors: [...new Set(unsure.map(({ visitor }) => visitor))],
      ids: unsure.map(({ id }) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')),
    },
    options,
  )
  return new Set(found.map(({ id }) => id))
}

function toBody(row: Row, external: ReadonlySet<string>, hasOddClickId: boolean): ListedConversion {
  const { id, key, version, goal, currency, channel, source, campaign, link, session } = row
  const isMatched = row.matched === 1
  return {
    id,
    key,
    version,
    goal,
    status: row.cancelled ? 'cancelled' : 'confirmed',
    time: toIso(row.at),
    value: row.has_value ? row.value : null,
    currency: currency === '' ? null : currency,
    matched: isMatched,
    reason: isMatched || row.cancelled ? null : reasonOf(row, external, hasOddClickId),
    visit: isMatched
      ? { sessionId: session === '' ? null : session.replaceAll('-', ''), channel, source, campaign, link }
      : null,
  }
}

/** The first of what it was told by that has failed, in the order in which they are tried. */
function reasonOf(row: Row, external: ReadonlySet<string>, hasOddClickId: boolean): UnmatchedReason {
  if (!external.has(row.goal)) return 'no_goal'
  if (row.before_click) return 'before_click'
  if (row.has_click) return 'no_click'
  // Of a click id that is genuine and names no click the link is known.
  if (hasOddClickId) return row.link_id > 0 ? 'link_only' : 'forged'
  if (row.visitor !== '') return 'no_visitor'
  return row.external_id === '' ? 'no_id' : 'no_identity'
}

/** Where the next page begins: behind this one. */
interface Cursor {
  at: number
  id: string
}

function toCursor({ at, id }: Cursor): string {
  return Buffer.from(`conversion:${at}:${id}`).toString('base64url')
}

function fromCursor(cursor: string): Cursor {
  const parts = /^conversion:(\d{1,15}):([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString())
  const [, at, id] = parts ?? []
  if (at === undefined || id === undefined) {
    const message = 'The cursor is not one that a list gave; begin without it.'
    throw new HttpProblem(400, message, [{ field: 'cursor', message }])
  }
  return { at: Number(at), id }
}
